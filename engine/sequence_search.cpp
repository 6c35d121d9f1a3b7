#include "engine/sequence_search.hpp"

#include <algorithm>
#include <utility>

namespace clinic::internal {

SequenceSearch::SequenceSearch(const Scheduler& scheduler, std::vector<SearchedStep> steps,
                               Interval range)
    : scheduler_(scheduler),
      steps_(std::move(steps)),
      range_(range),
      found_(steps_.size(), {.choice = 0, .start = range.start}) {
  for (const SearchedStep& step : steps_) answers_.emplace_back(step.choices.size());
}

Result<std::optional<std::vector<FoundStep>>> SequenceSearch::EarliestFrom(Instant from) {
  found_.front().start = std::max(found_.front().start, from);
  // From the last step back to the first one, so that what cannot be followed is left at once.
  std::size_t settled = 0;
  for (std::size_t step = steps_.size() - 1; settled < steps_.size() && !exhausted_;
       step = (step == 0 ? steps_.size() : step) - 1) {
    const Result<std::optional<FoundStep>> next = EarliestStart(step, LowerBound(step));
    if (!next.ok()) return next.error();
    if (!*next) {
      exhausted_ = true;
      break;
    }
    settled = (*next)->start == found_[step].start ? settled + 1 : 1;
    found_[step] = **next;
  }
  if (exhausted_) return std::optional<std::vector<FoundStep>>();
  return std::optional(found_);
}

Instant SequenceSearch::LowerBound(std::size_t step) const {
  Instant bound = found_[step].start;
  for (std::size_t before = 0; before < step; ++before) {
    bound = std::max(
        bound, found_[before].start + steps_[before].duration + steps_[step].gaps_min[before]);
  }
  if (step + 1 == steps_.size()) return bound;
  return std::max(bound, found_[step + 1].start - steps_[step + 1].gap_max - steps_[step].duration);
}

Result<std::optional<FoundStep>> SequenceSearch::EarliestStart(std::size_t step, Instant from) {
  const SearchedStep& searched = steps_[step];
  std::optional<FoundStep> earliest;
  for (std::size_t choice = 0; choice < searched.choices.size(); ++choice) {
    Answer& answer = answers_[step][choice];
    if (!answer.asked || (answer.start && *answer.start < from)) {
      const Result<std::optional<Instant>> start =
          scheduler_.EarliestStart(searched.choices[choice], from, searched.duration, range_.end);
      // One whose rules cannot be expanded that far does not keep the others from being found.
      const bool others = searched.choices.size() > 1;
      if (!start.ok() && !(others && start.error().code == ErrorCode::kUnbounded)) {
        return start.error();
      }
      answer = {.asked = true, .start = start.ok() ? *start : std::nullopt};
    }
    if (answer.start && (!earliest || *answer.start < earliest->start)) {
      earliest = FoundStep{.choice = choice, .start = *answer.start};
    }
  }
  return earliest;
}

}  // namespace clinic::internal
