#include <algorithm>
#include <optional>
#include <utility>

#include "engine/pool_jobs.hpp"

namespace clinic::pool {
namespace {

using Outcome = PoolAssignment::Outcome;

/// Backtracking with forward checking. Invariant: a job may have a member only where those that
/// have taken the member leave room for it.
class Search {
 public:
  Search(Jobs& jobs, std::int64_t& steps)
      : jobs_(jobs),
        steps_(steps),
        may_(jobs.size(), std::vector<bool>(jobs.members.size())),
        taken_(jobs.size(), std::vector<bool>(jobs.members.size())),
        choices_(jobs.size()) {
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      for (const std::size_t member : jobs.possible[job]) may_[job][member] = true;
      choices_[job] = jobs.possible[job].size();
      missing_.push_back(jobs.jobs[job]->wanted);
    }
  }

  Outcome Run() {
    std::vector<Question> waiting;  // those whose answer "no" has not been tried
    bool hopeful = std::ranges::equal(missing_, choices_, std::ranges::less_equal{});
    while (steps_ > 0) {
      if (hopeful) {
        const std::optional<std::size_t> job = MostConstrained();
        if (!job) {
          jobs_.serves = taken_;
          return Outcome::kFound;
        }
        waiting.push_back({*job, MemberFor(*job), undo_.size()});
        hopeful = Take(*job, waiting.back().member);
        continue;
      }
      if (waiting.empty()) return Outcome::kNone;
      const Question question = waiting.back();
      waiting.pop_back();
      Undo(question.undo);
      hopeful = Strike(question.job, question.member);
    }
    return Outcome::kGivenUp;
  }

 private:
  /// Does the job take the member?
  struct Question {
    std::size_t job;
    std::size_t member;
    std::size_t undo;  ///< how much there was to undo before
  };

  struct Change {
    std::size_t job;
    std::size_t member;
    bool took;  ///< the job took the member; else the member was struck from its list
  };

  /// The job that lacks members and has the fewest to spare; of those the earliest.
  std::optional<std::size_t> MostConstrained() const {
    std::optional<std::size_t> most;
    const auto spare = [&](std::size_t job) { return choices_[job] - missing_[job]; };
    for (std::size_t job = 0; job < jobs_.size(); ++job) {
      if (missing_[job] > 0 && (!most || spare(job) < spare(*most))) most = job;
    }
    return most;
  }

  /// One that serves the job now, else the one that the fewest others want.
  std::size_t MemberFor(std::size_t job) {
    std::optional<std::pair<std::size_t, std::size_t>> best;  // how many want the member, which
    for (const std::size_t member : jobs_.possible[job]) {
      if (!may_[job][member]) continue;
      --steps_;
      if (jobs_.serves[job][member]) return member;
      const auto wants = [&](std::size_t other) {
        return missing_[other] > 0 && may_[other][member];
      };
      const std::pair wanted(
          static_cast<std::size_t>(std::ranges::count_if(jobs_.overlapping[job], wants)), member);
      if (!best || wanted < *best) best = wanted;
    }
    return best->second;
  }

  /// False where a job is left with too few.
  bool Take(std::size_t job, std::size_t member) {
    may_[job][member] = false;
    taken_[job][member] = true;
    --choices_[job];
    --missing_[job];
    undo_.push_back({job, member, true});
    return std::ranges::all_of(jobs_.overlapping[job], [&](std::size_t other) {
      --steps_;
      if (!may_[other][member] || jobs_.Holders(taken_, other, member).empty()) return true;
      return Strike(other, member);
    });
  }

  bool Strike(std::size_t job, std::size_t member) {
    may_[job][member] = false;
    --choices_[job];
    undo_.push_back({job, member, false});
    return missing_[job] <= choices_[job];
  }

  void Undo(std::size_t left) {
    for (; undo_.size() > left; undo_.pop_back()) {
      const auto [job, member, took] = undo_.back();
      may_[job][member] = true;
      ++choices_[job];
      if (!took) continue;
      taken_[job][member] = false;
      ++missing_[job];
    }
  }

  Jobs& jobs_;
  std::int64_t& steps_;
  Serves may_;                        ///< it could still take it
  Serves taken_;                      ///< it has taken it
  std::vector<std::size_t> choices_;  ///< for each job, how many it may take
  std::vector<std::size_t> missing_;  ///< for each job, how many it has yet to take
  std::vector<Change> undo_;
};

}  // namespace

Outcome SearchAll(Jobs& jobs, std::int64_t& steps) { return Search(jobs, steps).Run(); }

}  // namespace clinic::pool
