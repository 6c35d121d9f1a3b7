// What booking several requests would answer, with nothing booked.
#include <algorithm>
#include <utility>

#include "engine/pool_chooser.hpp"
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
  const bool on_pools = std::ranges::any_of(steps, &Step::AwaitsMembers);
  std::vector<Result<void>> answers = on_pools ? JudgeInOrderOnPools(steps) : JudgeInOrder(steps);
  Abandon(steps);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (answers[i].ok()) continue;
    judged[positions[i]] = WithAlternatives(std::move(answers[i]).error(), steps[i].states,
                                            steps[i].after.interval, steps[i].pools);
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
    internal::AddToCalendars(step.after, step.handle, step.states);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].Claims() || !answers[i].ok()) continue;
    internal::RemoveFromCalendars(steps[i].after, steps[i].handle, steps[i].states);
  }
  return answers;
}

std::vector<Result<void>> Scheduler::Impl::JudgeInOrderOnPools(std::span<const Step> steps) {
  std::vector<Result<void>> answers(steps.size());
  std::vector<Step> taken;  // by those before, and by those who make way for them
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].Claims()) continue;
    taken.push_back(steps[i]);
    if (Result<void> named = JudgeNamed(taken); !named.ok()) {
      Error error = std::move(named).error();
      error.position.reset();
      answers[i] = std::move(error);
    }
    PoolChooser chooser(*this, taken, taken.size());
    if (!chooser.Choose()) {
      answers[i] = answers[i].ok() ? chooser.Refusal()
                                   : Foremost(chooser.Refusal(), std::move(answers[i]).error());
    }
    if (!answers[i].ok()) {
      taken.pop_back();
      continue;
    }
    taken.back().pools.clear();
    taken.back().pool_of.clear();
    for (const PoolChooser::Reassignment& moved : chooser.reassignments()) {
      // What it leaves is nobody's before it has moved.
      Step& place = taken.emplace_back();
      place.after = *moved.booking;
      place.waive = {.past = true};
      for (const Allocation& allocation : moved.allocations) {
        const auto had = std::ranges::find(moved.booking->allocations, allocation.resource,
                                           &Allocation::resource);
        if (had != moved.booking->allocations.end()) continue;
        place.states.push_back(FindState(allocation.resource));
      }
    }
  }
  return answers;
}

}  // namespace clinic
