// Changing bookings: one step of the workflow, another time, or several of these at once.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

Result<Booking> Scheduler::Impl::Transition(BookingId id, std::string_view action,
                                            const Command& command,
                                            const Alongside<Booking>& alongside) {
  const Act act{id, std::string(action), command.expected_version};
  if (ConcernsPools(act)) return ApplyOne(act, command, alongside);
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  const std::lock_guard change(ChangeLock(id));
  Result<Step> step = PrepareTransition(act);
  if (!step.ok()) return std::move(step).error();
  return Finish(*std::move(step), command, alongside);
}

Result<Booking> Scheduler::Impl::Reschedule(BookingId id, const RescheduleRequest& request,
                                            const Command& command,
                                            const Alongside<Booking>& alongside) {
  const Move move{id, request, command.expected_version};
  if (ConcernsPools(move)) return ApplyOne(move, command, alongside);
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  const std::lock_guard change(ChangeLock(id));
  Result<Step> step = PrepareMove(move);
  if (!step.ok()) return std::move(step).error();
  const States states = step->states;
  Result<Booking> moved = Finish(*std::move(step), command, alongside);
  if (moved.ok()) return moved;
  return WithAlternatives(std::move(moved).error(), states, request.interval);
}

Result<Booking> Scheduler::Impl::Finish(Step step, const Command& command,
                                        const Alongside<Booking>& alongside) {
  std::vector<Step> steps;
  steps.push_back(std::move(step));
  Result<void> secured = SecureAndOffer(steps, command, [&](UnitOfWork& work) {
    return alongside ? alongside(work, steps.front().after) : Result<void>();
  });
  if (!secured.ok()) return std::move(secured).error();
  Settle(steps);
  return std::move(steps.front().after);
}

Result<std::vector<Booking>> Scheduler::Impl::Apply(
    std::span<const Change> changes, const Command& command,
    const Alongside<std::vector<Booking>>& alongside) {
  // Each booking has its id from here on, so that the locks can be taken in their order.
  std::vector<Change> wanted(changes.begin(), changes.end());
  std::vector<BookingId> ids;
  for (Change& change : wanted) {
    if (auto* request = std::get_if<BookRequest>(&change)) {
      if (!request->id) request->id = BookingId(ids_.NewUuid());
    }
    ids.push_back(BookingOf(change));
  }
  std::vector<BookingId> distinct = ids;
  std::ranges::sort(distinct);
  if (std::ranges::adjacent_find(distinct) != distinct.end()) {
    return Error{ErrorCode::kInvalidArgument, "a booking is changed twice at once"};
  }
  if (wanted.empty()) return std::vector<Booking>();
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  ChangeLocks locks;
  Result<std::vector<Step>> steps = TakeChanges(wanted, ids, locks);
  if (!steps.ok()) return std::move(steps).error();
  return Finish(*std::move(steps), wanted.size(), command, alongside);
}

Result<std::vector<Booking>> Scheduler::Impl::Finish(
    std::vector<Step> steps, std::size_t asked, const Command& command,
    const Alongside<std::vector<Booking>>& alongside) {
  std::vector<Booking> results;
  for (const Step& step : std::span(steps).first(asked)) results.push_back(step.after);
  Result<void> written = WriteAndOffer(steps, command, [&](UnitOfWork& work) {
    return alongside ? alongside(work, results) : Result<void>();
  });
  if (written.ok()) {
    Settle(steps);
    return results;
  }
  Error error = std::move(written).error();
  if (asked == 1 || error.position >= asked) error.position.reset();
  const Step& refused = steps[error.position.value_or(0)];
  return WithAlternatives(std::move(error), refused.Named(), refused.after.interval, refused.pools);
}

Result<Scheduler::Impl::Step> Scheduler::Impl::PrepareChange(const Change& change) {
  if (const auto* request = std::get_if<BookRequest>(&change)) return PrepareBooking(*request);
  if (const auto* move = std::get_if<Move>(&change)) return PrepareMove(*move);
  return PrepareTransition(std::get<Act>(change));
}

Result<Scheduler::Impl::Step> Scheduler::Impl::PrepareTransition(const Act& act) {
  Result<std::shared_ptr<const Booking>> found = FindForChange(act.booking, act.expected_version);
  if (!found.ok()) return std::move(found).error();
  const Booking& before = **found;
  const std::optional<State> next = workflow_.Next(*workflow_.Find(before.status), act.action);
  if (!next) return IllegalTransition(before, act.action);

  Step step{.before = *found,
            .after = before,
            .handle = HandleOf(act.booking),
            .states = {},
            .action = act.action,
            .waive = {.past = true, .availability = true}};
  Booking& after = step.after;
  after.status = workflow_.Name(*next);
  after.occupies = workflow_.Occupies(*next);
  after.version += 1;
  after.updated_at = Now();
  after.expires_at.reset();
  if (workflow_.IsHeld(*next)) after.expires_at = after.updated_at + options_.default_hold;
  if (after.occupies && !before.occupies) AskAgain(step, before);
  if (Result<void> held = TakeHold(before); !held.ok()) return std::move(held).error();
  return step;
}

Result<Scheduler::Impl::Step> Scheduler::Impl::PrepareMove(const Move& move) {
  Result<std::shared_ptr<const Booking>> found = FindForChange(move.booking, move.expected_version);
  if (!found.ok()) return std::move(found).error();
  const Booking& before = **found;
  const State state = *workflow_.Find(before.status);
  if (state != workflow_.booked() && !workflow_.IsHeld(state)) {
    return IllegalTransition(before, "reschedule");
  }
  Step step{.before = *found,
            .after = before,
            .handle = HandleOf(move.booking),
            .states = {},
            .action = "reschedule",
            .waive = move.to.waive};
  if (move.to.resources || move.to.pools) {
    step.pools = move.to.pools.value_or(std::vector<PoolRequest>());
    Result<States> states =
        FindAsked(move.to.resources.value_or(std::vector<ResourceId>()), step.pools);
    if (!states.ok()) return std::move(states).error();
    step.states = *std::move(states);
  } else {
    AskAgain(step, before);
  }
  Booking& after = step.after;
  after.interval = move.to.interval;
  after.overrides = move.to.waive.conflicts;
  after.version += 1;
  after.updated_at = Now();
  Result<void> times = CheckTimes(after.interval, step.waive, after.updated_at);
  if (!times.ok()) {
    return WithAlternatives(std::move(times).error(), step.states, after.interval, step.pools);
  }
  if (Result<void> held = TakeHold(before); !held.ok()) return std::move(held).error();
  return step;
}

Result<std::vector<Scheduler::Impl::Step>> Scheduler::Impl::PrepareAll(
    std::size_t count, const std::function<Result<Step>(std::size_t)>& prepare) {
  std::vector<Step> steps;
  steps.reserve(count);
  while (steps.size() < count) {
    Result<Step> step = prepare(steps.size());
    if (!step.ok()) {
      Abandon(steps);
      Error error = std::move(step).error();
      if (count > 1) error.position = steps.size();
      return error;
    }
    steps.push_back(*std::move(step));
  }
  return steps;
}

BookingId Scheduler::Impl::BookingOf(const Change& change) {
  if (const auto* request = std::get_if<BookRequest>(&change)) return *request->id;
  if (const auto* move = std::get_if<Move>(&change)) return move->booking;
  return std::get<Act>(change).booking;
}

std::vector<std::unique_lock<std::mutex>> Scheduler::Impl::LockChanges(
    std::span<const BookingId> ids) {
  std::vector<std::mutex*> locks;
  for (const BookingId id : ids) locks.push_back(&ChangeLock(id));
  return internal::LockInOrder(std::move(locks));
}

Result<std::shared_ptr<const Booking>> Scheduler::Impl::FindForChange(
    BookingId id, std::optional<std::uint32_t> expected_version) const {
  std::shared_ptr<const Booking> booking = FindBooking(id);
  if (!booking) return Error{ErrorCode::kNotFound, "there is no booking " + ToString(id)};
  if (expected_version && *expected_version != booking->version) {
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
  // What a branch saw when it began does not run out in it.
  if (IsBranch() && !bookings_.Contains(booking.id)) return {};
  if (Now() < *booking.expires_at && holds_.Take(*booking.expires_at, booking.id)) return {};
  return Error{ErrorCode::kHoldExpired, "the hold ran out"};
}

void Scheduler::Impl::KeepHold(const Booking& booking) {
  if (workflow_.IsHeld(*workflow_.Find(booking.status))) {
    holds_.Add(*booking.expires_at, booking.id, [] {});
  }
}

void Scheduler::Impl::PublishAndKeepHold(const Booking& booking, internal::Epoch now) {
  if (workflow_.IsHeld(*workflow_.Find(booking.status))) {
    holds_.Add(*booking.expires_at, booking.id, [&] { Publish(booking, now); });
  } else {
    Publish(booking, now);
  }
}

}  // namespace clinic
