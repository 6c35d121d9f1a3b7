// Finding and booking sequences.
#include "clinic/sequence.hpp"

#include <algorithm>
#include <utility>

#include "engine/sequence_choices.hpp"
#include "engine/sequence_search.hpp"

namespace clinic {
namespace {

using internal::FoundStep;
using internal::SearchedStep;
using internal::SequenceSearch;

// How often a sequence is looked for again after somebody else took its time.
constexpr int kAttempts = 16;

/// One of the searches, and the earliest sequence that it has found and nobody has taken.
struct Candidate {
  SequenceSearch search;
  const std::vector<SearchedStep>& steps;
  std::optional<std::vector<FoundStep>> found{};

  Instant start() const { return found->front().start; }
  Instant end() const { return found->back().start + steps.back().duration; }
};

bool IsBetter(const Candidate& a, const Candidate& b) {
  if (a.start() != b.start()) return a.start() < b.start();
  if (a.end() != b.end()) return a.end() < b.end();
  return std::ranges::lexicographical_compare(*a.found, *b.found, {}, &FoundStep::start,
                                              &FoundStep::start);
}

SequencePlan PlanOf(const Candidate& candidate, const SequenceQuery& query) {
  SequencePlan plan;
  for (std::size_t i = 0; i < query.steps.size(); ++i) {
    const auto [choice, start] = (*candidate.found)[i];
    plan.steps.push_back({.resources = candidate.steps[i].choices[choice],
                          .interval = {start, start + query.steps[i].duration},
                          .reason = query.steps[i].reason});
  }
  return plan;
}

bool SomebodyWasFaster(ErrorCode code) {
  return code == ErrorCode::kConflict || code == ErrorCode::kOutsideAvailability ||
         code == ErrorCode::kOffGrid || code == ErrorCode::kInThePast;
}

}  // namespace

Result<std::vector<SequencePlan>> FindSequences(const Scheduler& scheduler,
                                                const SequenceQuery& query) {
  const Result<std::vector<std::vector<SearchedStep>>> searches =
      internal::SearchesOf(scheduler, query);
  if (!searches.ok()) return searches.error();
  std::vector<Candidate> candidates;
  for (const std::vector<SearchedStep>& steps : *searches) {
    candidates.push_back({.search = {scheduler, steps, query.range}, .steps = steps});
  }
  std::vector<SequencePlan> plans;
  Instant from = query.range.start;
  while (plans.size() < query.limit) {
    const Candidate* best = nullptr;
    for (Candidate& candidate : candidates) {
      if (plans.empty() || (candidate.found && candidate.start() < from)) {
        auto found = candidate.search.EarliestFrom(from);
        if (!found.ok()) return std::move(found).error();
        candidate.found = *std::move(found);
      }
      if (candidate.found && (best == nullptr || IsBetter(candidate, *best))) best = &candidate;
    }
    if (best == nullptr) break;
    plans.push_back(PlanOf(*best, query));
    if (query.apart > query.range.end - best->start()) break;
    from = best->start() + query.apart;
  }
  return plans;
}

Result<std::vector<Booking>> BookSequenceAt(Scheduler& scheduler, const SequencePlan& plan,
                                            const Command& command,
                                            const Alongside<std::vector<Booking>>& alongside) {
  std::vector<Change> changes;
  const SeriesId series(scheduler.NewUuid());
  for (BookRequest step : plan.steps) {
    if (!step.series) step.series = series;
    changes.emplace_back(std::move(step));
  }
  return scheduler.Apply(changes, command, alongside);
}

Result<std::vector<Booking>> BookSequence(Scheduler& scheduler, const SequenceQuery& query,
                                          const Command& command,
                                          const Alongside<std::vector<Booking>>& alongside) {
  SequenceQuery earliest = query;
  earliest.limit = 1;
  for (int attempt = 1;; ++attempt) {
    const Result<std::vector<SequencePlan>> plans = FindSequences(scheduler, earliest);
    if (!plans.ok()) return plans.error();
    if (plans->empty()) {
      return Error{ErrorCode::kConflict, "there is no time for all of the steps in that range"};
    }
    Result<std::vector<Booking>> booked =
        BookSequenceAt(scheduler, plans->front(), command, alongside);
    const bool again = !booked.ok() && SomebodyWasFaster(booked.error().code);
    if (!again || attempt == kAttempts) return booked;
  }
}

}  // namespace clinic
