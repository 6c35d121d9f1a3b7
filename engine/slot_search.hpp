// Finding times, the first in rank first, without asking more of those who could have one than it
// takes.
#pragma once

#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "engine/scheduler_impl.hpp"
#include "engine/slot_candidates.hpp"

namespace clinic {

/// One question for times. A candidate is asked for its first start only when nothing that is known
/// comes before whatever it may answer; and for the next one when the one before was given out.
class Scheduler::Impl::SlotSearch {
 public:
  /// Visits end by `limit`, which may lie before the query's own. The query, which is valid,
  /// outlives the search.
  SlotSearch(const Impl& scheduler, const SlotQuery& query, States together, Instant limit);

  /// Asks those first, from `from` on, as candidates that are preferred. They are not asked again.
  Result<void> AskPreferred(States preferred, Instant from);

  /// Finds times of the candidates, by rank, until there are as many as asked for. `is_only` where
  /// there is but one candidate, whose failure is that of the search; else one whose rules cannot
  /// be expanded that far does not keep the others from being found.
  Result<void> Run(internal::SlotCandidates& candidates, bool is_only);

  std::vector<Slot>& slots() { return slots_; }

 private:
  /// What comes first: the instant, those that are preferred, the lower id.
  using Rank = std::tuple<Instant, bool, ResourceId>;

  struct Found {
    Rank rank;
    Instant start;
    internal::ResourceStatePtr state;
    Duration length;
    Duration step;

    friend bool operator>(const Found& a, const Found& b) { return a.rank > b.rank; }
  };

  bool IsFull() const { return slots_.size() >= query_.limit; }
  /// The earliest instant from then on at which all that does not depend on the candidate lets a
  /// visit start.
  Instant NotBefore(Instant from);
  Instant ComputeNotBefore(Instant from) const;
  bool IsPreferred(internal::ResourceStatePtr state) const;
  Result<void> Ask(const internal::Candidate& candidate);
  Result<void> AskAgain(Found found, Instant from);
  Result<std::optional<Instant>> EarliestFor(internal::ResourceStatePtr state, Instant from,
                                             Duration length) const;
  Result<std::optional<Instant>> EarliestTogether(internal::ResourceStatePtr state, Instant from,
                                                  Duration length) const;
  void GiveOut(const Found& found);

  const Impl& scheduler_;
  const SlotQuery& query_;
  const States together_;
  const Instant limit_;
  const bool others_on_grid_;  // all but the candidates
  std::optional<Zone> times_zone_;  // none: that of each candidate
  States preferred_;
  bool is_only_ = false;
  // NotBefore of `asked_` and of all up to `allowed_` is `allowed_`.
  Instant asked_ = Instant::max();
  Instant allowed_ = Instant::min();
  std::priority_queue<Found, std::vector<Found>, std::greater<>> found_;
  std::vector<Slot> slots_;
  std::vector<Slot> others_;  // that leave gaps, where those that leave none come first
};

}  // namespace clinic
