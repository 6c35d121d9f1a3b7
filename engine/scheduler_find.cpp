// Finding bookings, the next time on some resources, and times instead of one that was refused.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {
namespace {

// How far back from a refused time earlier alternatives are looked for.
constexpr Duration kAlternativesBefore = std::chrono::hours{4};

using internal::ResourceStatePtr;

}  // namespace

Instant Scheduler::Impl::Horizon(Instant now) const {
  if (options_.horizon >= kLatest - now) return kLatest;
  return std::min(now + options_.horizon, kLatest);
}

Result<Booking> Scheduler::Impl::Find(BookingId id) {
  FreeDueHolds();
  const std::shared_ptr<const Booking> booking = FindBooking(id);
  if (!booking) return Error{ErrorCode::kNotFound, "there is no booking " + ToString(id)};
  return *booking;
}

Result<std::vector<Booking>> Scheduler::Impl::BookingsOf(ResourceId id, const Interval& range) {
  FreeDueHolds();
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  if (!IsProper(range)) {
    return Error{ErrorCode::kBadInterval, "the end of the range must come after its start"};
  }
  std::vector<BookingId> ids;
  {
    const std::lock_guard lock((*state)->mutex);
    for (const Calendar::Entry& entry : (*state)->schedule.calendar().Overlapping(range)) {
      ids.push_back(IdOf(entry.handle));
    }
  }
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  std::vector<Booking> found;
  for (const BookingId booking_id : ids) {
    // What is not published yet is not there yet, and what has moved away meanwhile is not here.
    const std::shared_ptr<const Booking> booking = FindBooking(booking_id);
    if (!booking || !booking->occupies) continue;
    const bool overlaps = std::ranges::any_of(booking->allocations, [&](const Allocation& a) {
      return a.resource == id && Overlaps(a.occupied, range);
    });
    if (overlaps) found.push_back(*booking);
  }
  std::ranges::sort(found, {}, [](const Booking& b) { return std::pair(b.interval.start, b.id); });
  return found;
}

Result<std::optional<Instant>> Scheduler::Impl::EarliestStart(std::span<const ResourceId> resources,
                                                              Instant from, Duration length,
                                                              Instant until) {
  FreeDueHolds();
  const Result<States> states =
      FindStates(std::vector<ResourceId>(resources.begin(), resources.end()));
  if (!states.ok()) return states.error();
  if (length <= Duration{0}) {
    return Error{ErrorCode::kInvalidArgument, "the duration must be longer than nothing"};
  }
  if (length > options_.longest_booking) {
    return Error{ErrorCode::kTooLong, "no booking takes that long"};
  }
  const Instant now = Now();
  return EarliestStart(*states, std::max(from, now), length, std::min(until, Horizon(now)));
}

Result<std::optional<Instant>> Scheduler::Impl::EarliestStart(const States& states, Instant from,
                                                              Duration length,
                                                              Instant limit) const {
  Instant candidate = from;
  std::size_t agreed = 0;
  for (std::size_t i = 0; agreed < states.size(); i = (i + 1) % states.size()) {
    const std::lock_guard lock(states[i]->mutex);
    const Result<std::optional<Instant>> start =
        states[i]->schedule.EarliestStart(candidate, length, limit);
    if (!start.ok() || !*start) return start;
    agreed = **start == candidate ? agreed + 1 : 1;
    candidate = **start;
  }
  return std::optional(candidate);
}

bool Scheduler::Impl::StartsAreOnAGrid(const States& states,
                                       const std::vector<PoolRequest>& pools) const {
  const auto has_hours = [](ResourceStatePtr state) {
    const std::lock_guard lock(state->mutex);
    return state->schedule.resource().hours == Resource::Hours::kByRules;
  };
  return std::ranges::any_of(states, has_hours) ||
         std::ranges::any_of(pools, [&](const PoolRequest& pool) {
           return std::ranges::all_of(StatesWithSpecialty(pool.specialty), has_hours);
         });
}

Duration Scheduler::Impl::StepBetweenStarts(States states,
                                            const std::vector<PoolRequest>& pools) const {
  Duration step{1};
  if (StartsAreOnAGrid(states, pools)) return step;
  for (const PoolRequest& pool : pools) {
    const States members = StatesWithSpecialty(pool.specialty);
    states.insert(states.end(), members.begin(), members.end());
  }
  for (const ResourceStatePtr state : states) {
    const std::lock_guard lock(state->mutex);
    step = std::max(step, state->schedule.resource().slot_step);
  }
  return step;
}

std::vector<Interval> Scheduler::Impl::Alternatives(const States& states, const Interval& visit,
                                                    const std::vector<PoolRequest>& pools) const {
  const Instant now = Now();
  const Instant limit = Horizon(now);
  const Duration length = visit.length();
  const Duration step = StepBetweenStarts(states, pools);
  std::vector<Interval> nearest;
  const auto collect = [&](Instant from, Instant until, std::size_t most) {
    std::vector<Interval> found;
    while (found.size() < most && from < until) {
      const auto start = EarliestStart(states, pools, from, length, limit);
      if (!start.ok() || !*start || **start >= until) break;
      found.push_back({**start, **start + length});
      from = **start + step;
    }
    return found;
  };
  const Instant earliest = std::max({now, kEarliest, visit.start - kAlternativesBefore});
  for (const Interval& before : collect(earliest, visit.start, SIZE_MAX)) nearest.push_back(before);
  for (const Interval& after : collect(std::max(now, visit.start), limit, options_.alternatives)) {
    nearest.push_back(after);
  }
  std::ranges::stable_sort(nearest, {}, [&](const Interval& interval) {
    return std::chrono::abs(interval.start - visit.start);
  });
  if (nearest.size() > options_.alternatives) nearest.resize(options_.alternatives);
  std::ranges::sort(nearest);
  return nearest;
}

Error Scheduler::Impl::WithAlternatives(Error error, const States& states, const Interval& visit,
                                        const std::vector<PoolRequest>& pools) const {
  const bool helps = error.code == ErrorCode::kOutsideAvailability ||
                     error.code == ErrorCode::kOffGrid || error.code == ErrorCode::kConflict;
  if (helps && options_.alternatives > 0) error.alternatives = Alternatives(states, visit, pools);
  return error;
}

}  // namespace clinic
