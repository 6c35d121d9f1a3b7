// Changing a booking: the new time is taken before the store is asked, the old one is given up
// after it has agreed. Whatever happens in between, nobody else has either.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ScheduleLock;

Result<Booking> Scheduler::Impl::Transition(BookingId id, std::string_view action,
                                            const Command& command,
                                            const Alongside<Booking>& alongside) {
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  const std::lock_guard change(ChangeLock(id));
  const Result<std::shared_ptr<const Booking>> found = FindForChange(id, command);
  if (!found.ok()) return found.error();
  const Booking& before = **found;
  const std::optional<State> next = workflow_.Next(*workflow_.Find(before.status), action);
  if (!next) return IllegalTransition(before, action);

  Booking after = before;
  after.status = workflow_.Name(*next);
  after.occupies = workflow_.Occupies(*next);
  after.version += 1;
  after.updated_at = Now();
  after.expires_at.reset();
  if (workflow_.IsHeld(*next)) after.expires_at = after.updated_at + options_.default_hold;

  if (Result<void> taken = TakeHold(before); !taken.ok()) return std::move(taken).error();
  const BookingHandle handle = bookings_.HandleOf(id);
  const bool takes_time = after.occupies && !before.occupies;
  Result<void> done;
  if (takes_time) {
    std::vector<ResourceId> resources;
    for (const Allocation& allocation : before.allocations)
      resources.push_back(allocation.resource);
    const Result<States> states = resources_.FindAll(std::move(resources));
    done = states.ok() ? TakeTime(*states, after, handle, {.past = true, .availability = true})
                       : Result<void>(states.error());
  }
  if (done.ok()) {
    done = Commit([&](UnitOfWork& work) {
      Result<void> recorded = Record(work, after, action, before.status, command);
      return recorded.ok() && alongside ? alongside(work, after) : recorded;
    });
    if (!done.ok() && takes_time) RemoveFromCalendars(after, handle);
  }
  if (!done.ok()) {
    KeepHold(before);
    return std::move(done).error();
  }
  if (before.occupies && !after.occupies) RemoveFromCalendars(before, handle);
  bookings_.Publish(after);
  KeepHold(after);
  return after;
}

Result<Booking> Scheduler::Impl::Reschedule(BookingId id, const RescheduleRequest& request,
                                            const Command& command,
                                            const Alongside<Booking>& alongside) {
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  const std::lock_guard change(ChangeLock(id));
  const Result<std::shared_ptr<const Booking>> found = FindForChange(id, command);
  if (!found.ok()) return found.error();
  const Booking& before = **found;
  const State state = *workflow_.Find(before.status);
  if (state != workflow_.booked() && !workflow_.IsHeld(state)) {
    return IllegalTransition(before, "reschedule");
  }
  std::vector<ResourceId> resources;
  for (const Allocation& allocation : before.allocations) resources.push_back(allocation.resource);
  const Result<States> states =
      resources_.FindAll(request.resources.value_or(std::move(resources)));
  if (!states.ok()) return states.error();

  Booking after = before;
  after.interval = request.interval;
  after.overrides = request.waive.conflicts;
  after.version += 1;
  after.updated_at = Now();
  if (Result<void> times = CheckTimes(after.interval, request.waive, after.updated_at);
      !times.ok()) {
    return WithAlternatives(std::move(times).error(), *states, after.interval);
  }
  if (Result<void> held = TakeHold(before); !held.ok()) return std::move(held).error();
  const BookingHandle handle = bookings_.HandleOf(id);
  if (Result<void> taken = TakeTime(*states, after, handle, request.waive); !taken.ok()) {
    KeepHold(before);
    return WithAlternatives(std::move(taken).error(), *states, after.interval);
  }
  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> recorded = Record(work, after, "reschedule", before.status, command);
    return recorded.ok() && alongside ? alongside(work, after) : recorded;
  });
  RemoveFromCalendars(written.ok() ? before : after, handle);
  if (!written.ok()) {
    KeepHold(before);
    return std::move(written).error();
  }
  bookings_.Publish(after);
  KeepHold(after);
  return after;
}

Result<std::shared_ptr<const Booking>> Scheduler::Impl::FindForChange(BookingId id,
                                                                      const Command& command) {
  std::shared_ptr<const Booking> booking = bookings_.Find(id);
  if (!booking) return Error{ErrorCode::kNotFound, "there is no booking " + ToString(id)};
  if (command.expected_version && *command.expected_version != booking->version) {
    return Error{ErrorCode::kStaleVersion, "the booking was changed since: it has version " +
                                               std::to_string(booking->version)};
  }
  return booking;
}

Error Scheduler::Impl::IllegalTransition(const Booking& booking, std::string_view action) const {
  if (!booking.occupies && booking.expires_at && *booking.expires_at <= Now()) {
    return {ErrorCode::kHoldExpired, "the hold ran out"};
  }
  Error error{ErrorCode::kIllegalTransition, "a booking that is " + booking.status +
                                                 " does not allow \"" + std::string(action) + "\""};
  error.allowed = workflow_.ActionsFrom(*workflow_.Find(booking.status));
  std::erase(error.allowed, action::kExpire);
  return error;
}

Result<void> Scheduler::Impl::TakeHold(const Booking& booking) {
  if (!workflow_.IsHeld(*workflow_.Find(booking.status))) return {};
  if (Now() < *booking.expires_at && holds_.Take(*booking.expires_at, booking.id)) return {};
  return Error{ErrorCode::kHoldExpired, "the hold ran out"};
}

void Scheduler::Impl::KeepHold(const Booking& booking) {
  if (workflow_.IsHeld(*workflow_.Find(booking.status)))
    holds_.Add(*booking.expires_at, booking.id);
}

Result<void> Scheduler::Impl::TakeTime(const States& states, Booking& booking, BookingHandle handle,
                                       const Waivers& waive) {
  const ScheduleLock lock(states);
  Result<void> judged = JudgeLocked(states, booking.interval, waive, handle);
  if (!judged.ok()) return judged;
  booking.allocations = Allocate(states, booking.interval);
  AddToCalendars(booking, handle, states);
  return {};
}

}  // namespace clinic
