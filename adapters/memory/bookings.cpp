#include "adapters/memory/bookings.hpp"

#include <algorithm>
#include <tuple>

#include "clinic/capacity.hpp"

namespace clinic::memory {
namespace {

void AddConflicts(const Tables& tables, const Booking& booking, const Allocation& claim,
                  std::vector<Conflict>& conflicts) {
  const Resource& resource = *tables.resources.Find(claim.resource);
  const auto taken =
      tables.bookings.Taken(claim.resource, claim.occupied, booking.updated_at, booking.id);
  std::vector<Interval> intervals;
  for (const auto& [id, interval] : taken) intervals.push_back(interval);
  for (const std::size_t i : InTheWay(intervals, claim.occupied, resource.capacity)) {
    conflicts.push_back({resource.id, resource.kind, taken[i].first, taken[i].second});
  }
}

}  // namespace

Result<void> Bookings::PutWhereFree(const Booking& booking, const Booking* before) {
  for (const Allocation& allocation : booking.allocations) {
    if (unit_.tables.resources.Find(allocation.resource) == nullptr) {
      return Error{ErrorCode::kUnknownResource,
                   "there is no resource " + ToString(allocation.resource)};
    }
  }
  std::vector<Conflict> conflicts;
  for (const Allocation& claim : TimeToClaim(booking, before)) {
    AddConflicts(unit_.tables, booking, claim, conflicts);
  }
  if (!conflicts.empty()) {
    std::ranges::sort(conflicts, {}, [](const Conflict& conflict) {
      return std::tuple(conflict.interval.start, conflict.resource, conflict.booking);
    });
    return Error{ErrorCode::kConflict, "the time is taken", std::move(conflicts)};
  }
  unit_.tables.bookings.Put(booking, unit_.undo);
  return {};
}

Result<void> Bookings::Insert(const Booking& booking) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    if (unit_.tables.bookings.Find(booking.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "there is a booking " + ToString(booking.id)};
    }
    return PutWhereFree(booking, nullptr);
  });
}

Result<void> Bookings::Update(const Booking& booking) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    const Booking* before = unit_.tables.bookings.Find(booking.id);
    if (before == nullptr) {
      return Error{ErrorCode::kNotFound, "there is no booking " + ToString(booking.id)};
    }
    if (before->version + 1 != booking.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the booking has version " + std::to_string(before->version)};
    }
    return PutWhereFree(booking, before);
  });
}

Result<void> Bookings::Vacate(BookingId id) {
  return unit_.Write([&]() -> Result<void> {
    const Booking* before = unit_.tables.bookings.Find(id);
    if (before == nullptr) {
      return Error{ErrorCode::kNotFound, "there is no booking " + ToString(id)};
    }
    Booking vacant = *before;
    vacant.allocations.clear();
    unit_.tables.bookings.Put(vacant, unit_.undo);
    return {};
  });
}

Result<Booking> Bookings::Get(BookingId id) {
  if (const Booking* booking = unit_.tables.bookings.Find(id)) return *booking;
  return Error{ErrorCode::kNotFound, "there is no booking " + ToString(id)};
}

Result<std::vector<Booking>> Bookings::List(const BookingQuery& query) {
  return unit_.tables.bookings.List(query);
}

Result<void> Bookings::ForEach(const std::function<void(Booking&&)>& visit) {
  for (const auto& [id, booking] : unit_.tables.bookings.rows()) visit(Booking(booking));
  return {};
}

Result<void> Bookings::Append(const Transition& transition) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.bookings.Find(transition.booking) == nullptr) {
      return Error{ErrorCode::kNotFound, "there is no booking " + ToString(transition.booking)};
    }
    const std::pair key(transition.booking, transition.version);
    if (unit_.tables.transitions.Find(key) != nullptr) {
      return Error{ErrorCode::kAlreadyExists,
                   "the booking has a transition to version " + std::to_string(transition.version)};
    }
    unit_.tables.transitions.Put(key, transition, unit_.undo);
    return {};
  });
}

Result<std::vector<Transition>> Bookings::History(BookingId id) {
  std::vector<Transition> history;
  const auto& transitions = unit_.tables.transitions;
  for (auto it = transitions.lower_bound({id, 0}); it != transitions.end() && it->first.first == id;
       ++it) {
    history.push_back(it->second);
  }
  return history;
}

}  // namespace clinic::memory
