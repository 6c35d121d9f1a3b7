// Booking: first in memory, then in the store, then for everyone to see.
#include <algorithm>
#include <utility>

#include "engine/scheduler_follower.hpp"

namespace clinic {

using internal::ScheduleLock;

namespace {

Error AlreadyThere(BookingId id) {
  return {ErrorCode::kAlreadyExists, "there is a booking " + ToString(id) + " already"};
}

}  // namespace

Result<Booking> Scheduler::Impl::Book(const BookRequest& request, const Command& command,
                                      const Alongside<Booking>& alongside) {
  if (!request.pools.empty()) return ApplyOne(request, command, alongside);
  Result<Step> step = PrepareBooking(request);
  if (!step.ok()) return std::move(step).error();
  const std::span<Step> steps(&*step, 1);
  Result<void> secured = Secure(steps, command, [&](UnitOfWork& work) {
    return alongside ? alongside(work, step->after) : Result<void>();
  });
  if (!secured.ok()) {
    return WithAlternatives(std::move(secured).error(), step->states, request.interval);
  }
  Settle(steps);
  return std::move(step->after);
}

std::vector<Result<Booking>> Scheduler::Impl::BookEach(std::span<const BookRequest> requests,
                                                       const Command& command,
                                                       const AlongsideEach& alongside) {
  // They are written in one transaction, so what others have changed has to be known before it.
  for (int refreshes = 0; follower_ && refreshes < kMostRefreshes; ++refreshes) {
    const std::uint64_t known = follower_->taken_up();
    auto results = TryBookEach(requests, command, alongside, Partly::kRefused);
    if (results) return *std::move(results);
    if (!CatchUp().ok() || follower_->taken_up() == known) break;
  }
  return *TryBookEach(requests, command, alongside, Partly::kAllowed);
}

std::optional<std::vector<Result<Booking>>> Scheduler::Impl::TryBookEach(
    std::span<const BookRequest> requests, const Command& command, const AlongsideEach& alongside,
    Partly partly) {
  ChangeLocks locks;
  std::vector<Result<std::vector<Step>>> steps = TakeEach(requests, locks);
  std::vector<Result<void>> written(requests.size());
  const auto results = [&] {
    std::vector<Result<Booking>> booked;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (steps[i].ok() && written[i].ok()) {
        booked.emplace_back(steps[i]->front().after);
      } else {
        booked.emplace_back(steps[i].ok() ? written[i].error() : steps[i].error());
      }
    }
    return booked;
  };
  bool outdated = partly == Partly::kRefused && MayBeOutdated(steps);
  Result<void> all;
  if (!outdated) {
    all = Commit([&](UnitOfWork& work) -> Result<void> {
      outdated = false;
      for (std::size_t i = 0; i < requests.size(); ++i) {
        if (!steps[i].ok()) continue;
        written[i] = work.Attempt([&] { return Write(work, *steps[i], command); });
        if (written[i].ok()) continue;
        outdated = partly == Partly::kRefused && MayBeOutdated(written[i]);
        if (outdated || written[i].error().code == ErrorCode::kUnavailable) return written[i];
      }
      return alongside ? alongside(work, results()) : Result<void>();
    });
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!steps[i].ok()) continue;
    if (!all.ok()) written[i] = all.error();
    if (outdated || !written[i].ok()) {
      GiveBack(*steps[i]);
      continue;
    }
    // As in Book, unless all of them are locked already.
    std::unique_lock<std::mutex> change;
    if (locks.empty()) change = std::unique_lock(ChangeLock(steps[i]->front().after.id));
    Settle(*steps[i]);
  }
  if (outdated) return std::nullopt;
  return results();
}

Result<void> Scheduler::Impl::Check(const BookRequest& request) {
  FreeDueHolds();
  const Result<State> initial = InitialState(request);
  if (!initial.ok()) return initial.error();
  Result<States> states = FindAsked(request.resources, request.pools);
  if (!states.ok()) return std::move(states).error();
  if (Result<void> times = CheckTimes(request.interval, request.waive, Now()); !times.ok()) {
    return times;
  }
  if (request.id && FindBooking(*request.id)) return AlreadyThere(*request.id);
  Step step = NewStep(request, *initial, *std::move(states));
  if (!step.after.occupies) return {};
  Result<void> judged;
  if (step.pools.empty()) {
    const ScheduleLock lock(step.states);
    judged = JudgeLocked(step.states, request.interval, request.waive);
  } else {
    judged = JudgeOnPools(step);
  }
  if (judged.ok()) return {};
  return WithAlternatives(std::move(judged).error(), step.Named(), request.interval, request.pools);
}

Result<Scheduler::Impl::Step> Scheduler::Impl::PrepareBooking(const BookRequest& request) {
  FreeDueHolds();
  const Instant now = Now();
  const Result<State> initial = InitialState(request);
  if (!initial.ok()) return initial.error();
  Result<States> states = FindAsked(request.resources, request.pools);
  if (!states.ok()) return std::move(states).error();
  if (!IsProper(request.interval)) return CheckTimes(request.interval, request.waive, now).error();

  const BookingId id = request.id.value_or(BookingId(ids_.NewUuid()));
  const std::optional<BookingHandle> handle = ClaimBooking(id);
  if (!handle) return AlreadyThere(id);
  if (Result<void> times = CheckTimes(request.interval, request.waive, now); !times.ok()) {
    bookings_.Withdraw(id);
    return WithAlternatives(std::move(times).error(), *states, request.interval, request.pools);
  }
  Step step = NewStep(request, *initial, *std::move(states));
  step.after.id = id;
  step.handle = *handle;
  return step;
}

Scheduler::Impl::Step Scheduler::Impl::NewStep(const BookRequest& request, State initial,
                                               States states) const {
  const Instant now = Now();
  return {.before = nullptr,
          .after = {.id = {},
                    .interval = request.interval,
                    .allocations = {},
                    .status = std::string(workflow_.Name(initial)),
                    .occupies = workflow_.Occupies(initial),
                    .overrides = request.waive.conflicts,
                    .expires_at = request.hold ? std::optional(now + *request.hold) : std::nullopt,
                    .series = request.series,
                    .reason = request.reason,
                    .version = 1,
                    .created_at = now,
                    .updated_at = now},
          .handle = {},
          .states = std::move(states),
          .action = request.hold ? "hold" : "book",
          .waive = request.waive,
          .pools = request.pools};
}

Result<State> Scheduler::Impl::InitialState(const BookRequest& request) const {
  if (request.hold) {
    if (!workflow_.held()) {
      return Error{ErrorCode::kIllegalTransition, "the workflow has no holds"};
    }
    if (*request.hold <= Duration{0} || *request.hold > options_.longest_hold) {
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
                                          const Waivers& waive) const {
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
    if (waive.conflicts || state->schedule.HasRoom(visit)) continue;
    for (const Calendar::Entry& entry : state->schedule.Blocking(visit)) {
      conflicts.push_back({state->id, state->kind, IdOf(entry.handle), entry.interval});
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

}  // namespace clinic
