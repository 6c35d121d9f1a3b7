#include "engine/pool_assignment.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/pool_jobs.hpp"

namespace clinic {
namespace pool {
namespace {

using Outcome = PoolAssignment::Outcome;

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

/// A job that could be given `member` if `by`, the job that gets it, is not to lack one.
struct Link {
  std::size_t by = kNobody;  ///< the job that takes the member from this one
  std::size_t member = 0;
};

/// The jobs overlapping `job` that the member serves.
std::vector<std::size_t> Holders(const Jobs& jobs, std::size_t job, std::size_t member) {
  std::vector<std::size_t> holders;
  for (const std::size_t other : jobs.overlapping[job]) {
    if (jobs.serves[other][member]) holders.push_back(other);
  }
  return holders;
}

/// Gives `member` to `job`, and along the links what each job loses to the one that takes it.
void Exchange(Jobs& jobs, const std::vector<Link>& links, std::size_t job, std::size_t member) {
  for (;;) {
    jobs.serves[job][member] = true;
    const Link link = links[job];
    if (link.by == kNobody) return;
    jobs.serves[job][link.member] = false;
    member = link.member;
    job = link.by;
  }
}

/// True where no member serves two jobs that overlap.
bool IsConsistent(const Jobs& jobs) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    for (std::size_t member = 0; member < jobs.serves[job].size(); ++member) {
      if (jobs.serves[job][member] && !Holders(jobs, job, member).empty()) return false;
    }
  }
  return true;
}

/// Finds one more member for the job along a shortest chain of exchanges. kNone where there cannot
/// be one: the jobs that the chains reach all meet at an instant, and hold every member that any of
/// them could have. kGivenUp where chains do not tell.
Outcome Augment(Jobs& jobs, std::size_t needy, std::size_t members, std::int64_t& steps) {
  std::vector<Link> links(jobs.size());
  std::vector<bool> seen(jobs.size());
  std::vector<std::size_t> reached{needy};
  seen[needy] = true;
  bool exact = true;
  Interval common = jobs.jobs[needy]->interval;
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const std::size_t job = reached[next];
    common = Intersection(common, jobs.jobs[job]->interval);
    for (const std::size_t member : jobs.jobs[job]->eligible) {
      if (member >= members || jobs.serves[job][member]) continue;
      if (--steps < 0) return Outcome::kGivenUp;
      const std::vector<std::size_t> holders = Holders(jobs, job, member);
      if (holders.empty()) {
        const auto before = jobs.serves;
        Exchange(jobs, links, job, member);
        if (IsConsistent(jobs)) return Outcome::kFound;
        jobs.serves = before;
        exact = false;
      } else if (holders.size() > 1) {
        exact = false;
      } else if (!seen[holders.front()]) {
        seen[holders.front()] = true;
        links[holders.front()] = {job, member};
        reached.push_back(holders.front());
      }
    }
  }
  return exact && common.start < common.end ? Outcome::kNone : Outcome::kGivenUp;
}

/// The jobs at these positions, with those of their members that may stay.
Jobs Linked(std::span<const PoolJob> all, std::span<const std::size_t> positions,
            std::size_t members) {
  Jobs jobs{.jobs = {}, .overlapping = {}, .serves = {}, .missing = {}};
  for (const std::size_t position : positions) jobs.jobs.push_back(&all[position]);
  jobs.overlapping.resize(jobs.size());
  jobs.serves.assign(jobs.size(), std::vector<bool>(members));
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const PoolJob& now = *jobs.jobs[job];
    for (std::size_t later = job + 1; later < jobs.size(); ++later) {
      if (jobs.jobs[later]->interval.start >= now.interval.end) break;
      jobs.overlapping[job].push_back(later);
      jobs.overlapping[later].push_back(job);
    }
    jobs.missing.push_back(now.wanted);
    for (const std::size_t member : now.assigned) {
      const bool stays = jobs.missing[job] > 0 && member < members && !jobs.serves[job][member] &&
                         std::ranges::binary_search(now.eligible, member) &&
                         Holders(jobs, job, member).empty();
      if (!stays) continue;
      jobs.serves[job][member] = true;
      --jobs.missing[job];
    }
  }
  return jobs;
}

Outcome Assign(Jobs& jobs, std::size_t members, std::int64_t& steps) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    for (; jobs.missing[job] > 0; --jobs.missing[job]) {
      const Outcome outcome = Augment(jobs, job, members, steps);
      if (outcome == Outcome::kNone) return outcome;
      if (outcome == Outcome::kGivenUp) return SearchAll(jobs, members, steps);
    }
  }
  return Outcome::kFound;
}

}  // namespace
}  // namespace pool

PoolAssignment AssignMembers(std::span<const PoolJob> jobs, std::size_t members,
                             std::int64_t most_steps) {
  using pool::Outcome;
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t job) { return jobs[job].interval.start; });

  PoolAssignment result{.outcome = Outcome::kFound, .members = {}};
  result.members.resize(jobs.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    Instant until = jobs[order[begin]].interval.end;
    for (; end < order.size() && (end == begin || jobs[order[end]].interval.start < until); ++end) {
      until = std::max(until, jobs[order[end]].interval.end);
    }
    const auto positions = std::span(order).subspan(begin, end - begin);
    pool::Jobs linked = pool::Linked(jobs, positions, members);
    const Outcome outcome = pool::Assign(linked, members, most_steps);
    if (outcome == Outcome::kNone) return {.outcome = outcome, .members = {}};
    if (outcome == Outcome::kGivenUp) result.outcome = outcome;
    for (std::size_t job = 0; job < linked.size(); ++job) {
      for (std::size_t member = 0; member < members; ++member) {
        if (linked.serves[job][member]) result.members[positions[job]].push_back(member);
      }
    }
    begin = end;
  }
  if (result.outcome == Outcome::kGivenUp) result.members.clear();
  return result;
}

}  // namespace clinic
