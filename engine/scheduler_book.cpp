// Booking: first in memory, then in the store, then for everyone to see.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ScheduleLock;

namespace {

Error AlreadyThere(BookingId id) {
  return {ErrorCode::kAlreadyExists, "there is a booking " + ToString(id) + " already"};
}

}  // namespace

Result<Booking> Scheduler::Impl::Book(const BookRequest& request, std::optional<Duration> hold_ttl,
                                      const Command& command, const Alongside<Booking>& alongside) {
  Result<Pending> pending = Reserve(request, hold_ttl);
  if (!pending.ok()) return std::move(pending).error();
  const Booking& booking = pending->booking;

  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> recorded = Record(work, booking, hold_ttl ? "hold" : "book", "", command);
    return recorded.ok() && alongside ? alongside(work, booking) : recorded;
  });
  if (!written.ok()) {
    Abandon(*pending);
    return WithAlternatives(std::move(written).error(), pending->states, booking.interval);
  }
  Accept(*pending);
  return std::move(pending->booking);
}

std::vector<Result<Booking>> Scheduler::Impl::BookEach(std::span<const BookRequest> requests,
                                                       const Command& command) {
  std::vector<Result<Pending>> reserved;
  reserved.reserve(requests.size());
  for (const BookRequest& request : requests) reserved.push_back(Reserve(request, std::nullopt));

  std::vector<Result<void>> written(requests.size());
  const Result<void> all = Commit([&](UnitOfWork& work) -> Result<void> {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (!reserved[i].ok()) continue;
      written[i] =
          work.Attempt([&] { return Record(work, reserved[i]->booking, "book", "", command); });
      if (!written[i].ok() && written[i].error().code == ErrorCode::kUnavailable) return written[i];
    }
    return {};
  });

  std::vector<Result<Booking>> results;
  results.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!reserved[i].ok()) {
      results.emplace_back(std::move(reserved[i]).error());
    } else if (!all.ok() || !written[i].ok()) {
      Abandon(*reserved[i]);
      results.emplace_back(all.ok() ? written[i].error() : all.error());
    } else {
      Accept(*reserved[i]);
      results.emplace_back(std::move(reserved[i]->booking));
    }
  }
  return results;
}

Result<void> Scheduler::Impl::Check(const BookRequest& request) {
  FreeDueHolds();
  const Result<State> initial = InitialState(request, std::nullopt);
  if (!initial.ok()) return initial.error();
  Result<States> states = resources_.FindAll(request.resources);
  if (!states.ok()) return std::move(states).error();
  if (Result<void> times = CheckTimes(request.interval, request.waive, Now()); !times.ok()) {
    return times;
  }
  if (request.id && bookings_.Contains(*request.id)) return AlreadyThere(*request.id);
  Result<void> judged;
  if (workflow_.Occupies(*initial)) {
    const ScheduleLock lock(*states);
    judged = JudgeLocked(*states, request.interval, request.waive, std::nullopt);
  }
  if (judged.ok()) return {};
  return WithAlternatives(std::move(judged).error(), *states, request.interval);
}

Result<Scheduler::Impl::Pending> Scheduler::Impl::Reserve(const BookRequest& request,
                                                          std::optional<Duration> hold_ttl) {
  FreeDueHolds();
  const Instant now = Now();
  const Result<State> initial = InitialState(request, hold_ttl);
  if (!initial.ok()) return initial.error();
  Result<States> states = resources_.FindAll(request.resources);
  if (!states.ok()) return std::move(states).error();
  if (!IsProper(request.interval)) return CheckTimes(request.interval, request.waive, now).error();

  const BookingId id = request.id.value_or(BookingId(ids_.NewUuid()));
  const std::optional<BookingHandle> handle = bookings_.Claim(id);
  if (!handle) return AlreadyThere(id);
  Pending pending{
      .booking = {.id = id,
                  .interval = request.interval,
                  .allocations = {},
                  .status = std::string(workflow_.Name(*initial)),
                  .occupies = workflow_.Occupies(*initial),
                  .overrides = request.waive.conflicts,
                  .expires_at = hold_ttl ? std::optional(now + *hold_ttl) : std::nullopt,
                  .series = request.series,
                  .reason = request.reason,
                  .version = 1,
                  .created_at = now,
                  .updated_at = now},
      .handle = *handle,
      .states = *std::move(states),
      .hold_ttl = hold_ttl};
  Result<void> judged = CheckTimes(request.interval, request.waive, now);
  if (judged.ok()) {
    const ScheduleLock lock(pending.states);
    if (pending.booking.occupies) {
      judged = JudgeLocked(pending.states, request.interval, request.waive, std::nullopt);
    }
    pending.booking.allocations = Allocate(pending.states, request.interval);
    if (judged.ok()) AddToCalendars(pending.booking, *handle, pending.states);
  }
  if (judged.ok()) return pending;
  bookings_.Withdraw(id);
  return WithAlternatives(std::move(judged).error(), pending.states, request.interval);
}

void Scheduler::Impl::Accept(const Pending& pending) {
  // Nobody changes the booking before it is in the queue as well.
  const std::lock_guard change(ChangeLock(pending.booking.id));
  bookings_.Publish(pending.booking);
  if (pending.hold_ttl) holds_.Add(*pending.booking.expires_at, pending.booking.id);
}

void Scheduler::Impl::Abandon(const Pending& pending) {
  if (pending.booking.occupies) RemoveFromCalendars(pending.booking, pending.handle);
  bookings_.Withdraw(pending.booking.id);
}

Result<State> Scheduler::Impl::InitialState(const BookRequest& request,
                                            std::optional<Duration> hold_ttl) const {
  if (hold_ttl) {
    if (!workflow_.held()) {
      return Error{ErrorCode::kIllegalTransition, "the workflow has no holds"};
    }
    if (*hold_ttl <= Duration{0} || *hold_ttl > options_.longest_hold) {
      return Error{ErrorCode::kInvalidArgument, "a hold lasts longer than nothing and at most " +
                                                    std::to_string(options_.longest_hold.count()) +
                                                    " seconds"};
    }
    return *workflow_.held();
  }
  if (!request.status) return workflow_.booked();
  const std::optional<State> state = workflow_.Find(*request.status);
  if (!state || !workflow_.IsInitial(*state) || workflow_.IsHeld(*state)) {
    return Error{ErrorCode::kInvalidArgument,
                 "a booking cannot begin as \"" + *request.status + "\""};
  }
  return *state;
}

Result<void> Scheduler::Impl::CheckTimes(const Interval& visit, const Waivers& waive,
                                         Instant now) const {
  if (!IsProper(visit)) {
    return Error{ErrorCode::kBadInterval, visit.start < visit.end
                                              ? "the time lies outside the years 1 to 9999"
                                              : "the end must come after the start"};
  }
  if (!waive.past && visit.start < now) {
    return Error{ErrorCode::kInThePast, "the time has passed already"};
  }
  if (visit.length() > options_.longest_booking) {
    return Error{ErrorCode::kTooLong, "a booking takes at most " +
                                          std::to_string(options_.longest_booking.count() / 60) +
                                          " minutes"};
  }
  if (!waive.availability && visit.end > Horizon(now)) {
    return Error{ErrorCode::kBeyondHorizon, "bookings are taken at most " +
                                                std::to_string(options_.horizon.count() / 86'400) +
                                                " days ahead"};
  }
  return {};
}

Result<void> Scheduler::Impl::JudgeLocked(const States& states, const Interval& visit,
                                          const Waivers& waive,
                                          std::optional<BookingHandle> ignored) const {
  bool off_grid = false;
  std::vector<Conflict> conflicts;
  for (const internal::ResourceStatePtr& state : states) {
    if (!IsProper(state->schedule.Occupied(visit))) {
      return Error{ErrorCode::kBadInterval,
                   "with its buffers the time lies outside the years 1 to 9999"};
    }
  }
  for (const internal::ResourceStatePtr& state : states) {
    if (!waive.availability) {
      const Result<Schedule::Opening> opening = state->schedule.OpeningFor(visit);
      if (!opening.ok()) return opening.error();
      if (*opening == Schedule::Opening::kClosed) {
        return Error{ErrorCode::kOutsideAvailability, "the " + std::string(ToString(state->kind)) +
                                                          " is not available at that time"};
      }
      off_grid |= *opening == Schedule::Opening::kOffGrid;
    }
    if (waive.conflicts || (!ignored && state->schedule.HasRoom(visit))) continue;
    for (const Calendar::Entry& entry : state->schedule.Blocking(visit, ignored)) {
      conflicts.push_back({state->id, state->kind, bookings_.IdOf(entry.handle), entry.interval});
    }
  }
  if (off_grid) {
    return Error{ErrorCode::kOffGrid, "bookings do not start at that time of the working hours"};
  }
  if (conflicts.empty()) return {};
  std::ranges::sort(conflicts, {},
                    [](const Conflict& c) { return std::pair(c.interval, c.resource); });
  return Error{ErrorCode::kConflict, "the time is taken", std::move(conflicts)};
}

std::vector<Allocation> Scheduler::Impl::Allocate(const States& states,
                                                  const Interval& visit) const {
  std::vector<Allocation> allocations;
  allocations.reserve(states.size());
  for (const internal::ResourceStatePtr& state : states) {
    allocations.push_back({state->id, state->schedule.Occupied(visit)});
  }
  return allocations;
}

void Scheduler::Impl::AddToCalendars(const Booking& booking, BookingHandle handle,
                                     const States& states) {
  if (!booking.occupies) return;
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i]->schedule.Add(booking.allocations[i].occupied, handle);
  }
}

void Scheduler::Impl::RemoveFromCalendars(const std::vector<Allocation>& allocations,
                                          BookingHandle handle) {
  for (const Allocation& allocation : allocations) {
    const internal::ResourceStatePtr state = resources_.Find(allocation.resource);
    const std::lock_guard lock(state->mutex);
    state->schedule.Remove(allocation.occupied, handle);
  }
}

}  // namespace clinic
