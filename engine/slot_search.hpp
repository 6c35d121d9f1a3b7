// Finding times, the earliest first, without asking more of those who could have one than it takes.
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
  /// Visits end by `limit`, which may lie before the query's own. The query outlives the search.
  SlotSearch(const Impl& scheduler, const SlotQuery& query, States together, Instant limit)
      : scheduler_(scheduler), query_(query), together_(std::move(together)), limit_(limit) {}

  /// Finds times of the candidates, by start, then by resource, until there are as many as asked
  /// for. `is_only` where there is but one candidate, whose failure is that of the search; else one
  /// whose rules cannot be expanded that far does not keep the others from being found.
  Result<void> Run(internal::SlotCandidates& candidates, bool is_only);

  std::vector<Slot>& slots() { return slots_; }

 private:
  struct Found {
    Instant start;
    internal::ResourceStatePtr state;
    Duration length;
    Duration step;

    auto Key() const { return std::pair(start, state->id); }
    friend bool operator>(const Found& a, const Found& b) { return a.Key() > b.Key(); }
  };

  bool IsFull() const { return slots_.size() >= query_.limit; }
  /// The shortest visit that is looked for, where that is the same for all.
  Duration ShortestVisit() const { return query_.duration.value_or(Duration{1}); }
  Result<void> Ask(const internal::Candidate& candidate);
  Result<void> AskAgain(Found found, Instant from);
  Result<std::optional<Instant>> EarliestTogether(internal::ResourceStatePtr state, Instant from,
                                                  Duration length) const;
  Result<void> Push(Found found, const Result<std::optional<Instant>>& start);

  const Impl& scheduler_;
  const SlotQuery& query_;
  const States together_;
  const Instant limit_;
  bool is_only_ = false;
  std::priority_queue<Found, std::vector<Found>, std::greater<>> found_;
  std::vector<Slot> slots_;
};

}  // namespace clinic
