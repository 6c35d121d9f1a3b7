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
  return TakeLocked(steps);
}

std::size_t Scheduler::Impl::TakeThose(std::span<Step> steps, bool that_keep,
                                       Result<void>& judged) const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    if (!step.IsPlaced() || step.kept.empty() == that_keep) continue;
    if (step.Claims()) {
      const States changed = that_keep ? step.Changed() : States();
      judged = JudgeLocked(that_keep ? changed : step.states, step.after.interval, step.waive);
    }
    if (!judged.ok()) return i;
    step.after.allocations = step.Allocations();
    if (step.Claims()) internal::AddToCalendars(step.after, step.handle, step.states);
  }
  return steps.size();
}

Result<void> Scheduler::Impl::TakeLocked(std::span<Step> steps) {
  for (const Step& step : steps) {
    if (step.Frees())
      internal::RemoveFromCalendars(*step.before, step.handle, StatesOf(*step.before));
  }
  // What is kept is not for others to have, so it is taken again first.
  Result<void> judged;
  std::size_t refused = TakeThose(steps, true, judged);
  const bool kept_fits = judged.ok();
  if (kept_fits) refused = TakeThose(steps, false, judged);
  for (std::size_t i = 0; i < steps.size() && !judged.ok(); ++i) {
    const bool was_taken =
        steps[i].kept.empty() ? kept_fits && i < refused : kept_fits || i < refused;
    if (was_taken) LeaveLocked({&steps[i], 1});
  }
  for (const Step& step : steps) {
    if (step.Frees()) internal::AddToCalendars(*step.before, step.handle, StatesOf(*step.before));
  }
  if (judged.ok()) return {};
  return At(refused, steps.size(), std::move(judged).error());
}

void Scheduler::Impl::LeaveLocked(std::span<const Step> steps) {
  for (const Step& step : steps) {
    if (step.Claims()) internal::RemoveFromCalendars(step.after, step.handle, step.states);
  }
}

Result<void> Scheduler::Impl::Write(UnitOfWork& work, std::span<const Step> steps,
                                    const Command& command) const {
  // Bookings that change places stand in each other's way, until all of them have left.
  const bool meet = steps.size() > 1 && std::ranges::any_of(steps, &Step::Claims);
  for (const Step& step : steps) {
    if (!meet || !step.Frees()) continue;
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
  return WriteDown(steps, command, alongside);
}

Result<void> Scheduler::Impl::WriteDown(std::span<const Step> steps, const Command& command,
                                        const Store::Work& alongside) {
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
    if (step.Frees())
      internal::RemoveFromCalendars(*step.before, step.handle, StatesOf(*step.before));
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
    LeaveLocked(steps);
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

}  // namespace clinic
