// The search for the earliest sequence, told in clinic/sequence.hpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "clinic/scheduler.hpp"

namespace clinic::internal {

/// A step as the search sees it.
struct SearchedStep {
  /// One of these sets of resources is taken.
  std::vector<std::vector<ResourceId>> choices;
  Duration duration{};
  /// How long after the end of each of the steps before it starts at least.
  std::vector<Duration> gaps_min;
  /// How long after the end of the step before it starts at most.
  Duration gap_max{};
};

/// Where a step was found: its choice, and its start.
struct FoundStep {
  std::size_t choice = 0;
  Instant start{};

  friend bool operator==(const FoundStep&, const FoundStep&) = default;
};

/// Finds one earliest sequence after the other. One thread at a time.
///
/// The steps' starts only ever rise. Each answer of the scheduler is kept, and asked for again only
/// once the search has passed it.
class SequenceSearch {
 public:
  /// Both must outlive the search. Requires that the scheduler takes the steps' resources and
  /// durations, and that gap_max is not longer than time.
  SequenceSearch(const Scheduler& scheduler, std::vector<SearchedStep> steps, Interval range);

  /// The earliest sequence whose first step starts at or after `from`, which never falls from one
  /// call to the next; none where there is none. In it every step starts as early as in any of
  /// them. Error: kUnbounded.
  Result<std::optional<std::vector<FoundStep>>> EarliestFrom(Instant from);

 private:
  /// The earliest start of a choice, and from where on it is that.
  struct Answer {
    bool asked = false;
    std::optional<Instant> start;
  };

  /// Where a step may start at the earliest, as the other steps stand.
  Instant LowerBound(std::size_t step) const;
  /// The step's earliest start at or after `from`, among its choices.
  Result<std::optional<FoundStep>> EarliestStart(std::size_t step, Instant from);

  const Scheduler& scheduler_;
  const std::vector<SearchedStep> steps_;
  const Interval range_;
  std::vector<FoundStep> found_;              // a lower bound of every sequence still to be found
  std::vector<std::vector<Answer>> answers_;  // by step and choice
  bool exhausted_ = false;
};

}  // namespace clinic::internal
