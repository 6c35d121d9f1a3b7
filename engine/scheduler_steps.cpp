// How a change happens: its new time is taken in memory before the store is asked, its old time is
// given up after the store has agreed. Whatever happens in between, nobody else has either.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ResourceStatePtr;
using internal::ScheduleLock;

namespace {

Error At(std::size_t position, std::size_t steps, Error error) {
  if (steps > 1) error.position = position;
  return error;
}

}  // namespace

Result<void> Scheduler::Impl::Take(std::span<Step> steps, std::optional<internal::Epoch> seen) {
  if (!seen && std::ranges::none_of(steps, &Step::IsPlaced)) return {};
  const States all = StatesOf(steps, true);
  const ScheduleLock lock(all);
  for (const ResourceStatePtr& state : all) {
    if (!seen || state->written <= *seen) continue;
    return Error{ErrorCode::kStaleVersion,
                 "the calendar of " + state->schedule.resource().name + " was changed since"};
  }
  KeepVersions(all, versions_.Now());
  for (const Step& step : steps) {
    if (step.Frees()) RemoveFromCalendars(*step.before, step.handle, StatesOf(*step.before));
  }
  Result<void> judged;
  std::size_t taken = 0;
  for (; taken < steps.size(); ++taken) {
    Step& step = steps[taken];
    if (!step.IsPlaced()) continue;
    const Interval visit = step.after.interval;
    if (step.Claims()) judged = JudgeLocked(step.states, visit, step.waive);
    if (!judged.ok()) break;
    step.after.allocations.clear();
    for (const ResourceStatePtr& state : step.states) {
      step.after.allocations.push_back({state->id, state->schedule.Occupied(visit)});
    }
    if (step.Claims()) AddToCalendars(step.after, step.handle, step.states);
  }
  if (!judged.ok()) {
    for (const Step& step : steps.first(taken)) {
      if (step.Claims()) RemoveFromCalendars(step.after, step.handle, step.states);
    }
  }
  for (const Step& step : steps) {
    if (step.Frees()) AddToCalendars(*step.before, step.handle, StatesOf(*step.before));
  }
  if (judged.ok()) return {};
  return At(taken, steps.size(), std::move(judged).error());
}

Result<void> Scheduler::Impl::Write(UnitOfWork& work, std::span<const Step> steps,
                                    const Command& command) const {
  // Bookings that change places stand in each other's way, until all of them have left.
  const auto moves = std::ranges::count_if(steps, [](const Step& s) { return s.Frees(); });
  for (const Step& step : steps) {
    if (moves < 2 || !step.Frees() || !step.Claims()) continue;
    if (Result<void> left = work.bookings().Vacate(step.before->id); !left.ok()) return left;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const std::string_view from = step.before ? std::string_view(step.before->status) : "";
    Result<void> recorded = Record(work, step.after, step.action, from, command);
    if (!recorded.ok()) return At(i, steps.size(), std::move(recorded).error());
  }
  return {};
}

Result<void> Scheduler::Impl::Secure(std::span<Step> steps, const Command& command,
                                     const Store::Work& alongside,
                                     std::optional<internal::Epoch> seen) {
  if (Result<void> taken = Take(steps, seen); !taken.ok()) {
    Abandon(steps);
    return taken;
  }
  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> recorded = Write(work, steps, command);
    return recorded.ok() ? alongside(work) : recorded;
  });
  if (!written.ok()) GiveBack(steps);
  return written;
}

void Scheduler::Impl::Settle(std::span<const Step> steps) {
  const States freed = StatesOf(steps, false);
  const ScheduleLock lock(freed);
  const auto versions = LockVersions(steps);
  const internal::Epoch now = versions_.Now();
  KeepVersions(freed, now);
  for (const Step& step : steps) {
    if (step.Frees()) RemoveFromCalendars(*step.before, step.handle, StatesOf(*step.before));
    if (step.waitlist) SettleEntry(*step.waitlist);
    PublishAndKeepHold(step.after, now);
    if (IsBranch()) NoteDifference(step);
  }
}

void Scheduler::Impl::GiveBack(std::span<const Step> steps) {
  {
    const States all = StatesOf(steps, true);
    const ScheduleLock lock(all);
    KeepVersions(all, versions_.Now());
    for (const Step& step : steps) {
      if (step.Claims()) RemoveFromCalendars(step.after, step.handle, step.states);
    }
  }
  Abandon(steps);
}

void Scheduler::Impl::Abandon(std::span<const Step> steps) {
  for (const Step& step : steps) {
    if (step.waitlist) waitlist_.PutBack(*step.waitlist->before);
    if (step.before) {
      KeepHold(*step.before);
    } else {
      bookings_.Withdraw(step.after.id);
    }
  }
}

Scheduler::Impl::States Scheduler::Impl::StatesOf(const Booking& booking) const {
  States states;
  states.reserve(booking.allocations.size());
  for (const Allocation& allocation : booking.allocations) {
    states.push_back(FindState(allocation.resource));
  }
  return states;
}

Scheduler::Impl::States Scheduler::Impl::StatesOf(std::span<const Step> steps, bool placed) const {
  States all;
  for (const Step& step : steps) {
    if (placed) all.insert(all.end(), step.states.begin(), step.states.end());
    if (!step.Frees()) continue;
    const States freed = StatesOf(*step.before);
    all.insert(all.end(), freed.begin(), freed.end());
  }
  std::ranges::sort(all, {}, [](const ResourceStatePtr& state) { return state->id; });
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  return all;
}

void Scheduler::Impl::AddToCalendars(const Booking& booking, BookingHandle handle,
                                     const States& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i]->schedule.Add(booking.allocations[i].occupied, handle);
  }
}

void Scheduler::Impl::RemoveFromCalendars(const Booking& booking, BookingHandle handle,
                                          const States& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i]->schedule.Remove(booking.allocations[i].occupied, handle);
  }
}

}  // namespace clinic
