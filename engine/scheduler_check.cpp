// What booking several requests would answer, with nothing booked.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ResourceStatePtr;
using internal::ScheduleLock;

std::vector<Result<void>> Scheduler::Impl::CheckEach(std::span<const BookRequest> requests) {
  std::vector<Result<void>> judged(requests.size());
  std::vector<Step> steps;
  std::vector<std::size_t> positions;  // of the steps among the requests
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Result<Step> step = PrepareBooking(requests[i]);
    if (!step.ok()) {
      judged[i] = std::move(step).error();
      continue;
    }
    steps.push_back(*std::move(step));
    positions.push_back(i);
  }
  std::vector<Result<void>> answers = JudgeInOrder(steps);
  Abandon(steps);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (answers[i].ok()) continue;
    judged[positions[i]] =
        WithAlternatives(std::move(answers[i]).error(), steps[i].states, steps[i].after.interval);
  }
  return judged;
}

std::vector<Result<void>> Scheduler::Impl::JudgeInOrder(std::span<Step> steps) {
  std::vector<Result<void>> answers(steps.size());
  const ScheduleLock lock(StatesOf(steps, true));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    if (!step.Claims()) continue;
    answers[i] = JudgeLocked(step.states, step.after.interval, step.waive);
    if (!answers[i].ok()) continue;
    for (const ResourceStatePtr& state : step.states) {
      step.after.allocations.push_back({state->id, state->schedule.Occupied(step.after.interval)});
    }
    AddToCalendars(step.after, step.handle, step.states);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].Claims() || !answers[i].ok()) continue;
    RemoveFromCalendars(steps[i].after, steps[i].handle, steps[i].states);
  }
  return answers;
}

}  // namespace clinic
