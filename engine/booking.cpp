#include "clinic/booking.hpp"

#include <algorithm>

namespace clinic {

Result<void> Validate(const Booking& booking) {
  if (booking.allocations.empty()) {
    return Error{ErrorCode::kInvalidArgument, "a booking takes time of at least one resource"};
  }
  const auto out_of_order = [](const Allocation& a, const Allocation& b) {
    return a.resource >= b.resource;
  };
  if (std::ranges::adjacent_find(booking.allocations, out_of_order) != booking.allocations.end()) {
    return Error{ErrorCode::kInvalidArgument,
                 "a booking's allocations stand in the order of their resources, each once"};
  }
  const auto is_proper = [&](const Allocation& a) {
    return IsProper(a.occupied) && a.occupied.Contains(booking.interval);
  };
  if (!IsProper(booking.interval) || !std::ranges::all_of(booking.allocations, is_proper)) {
    return Error{
        ErrorCode::kBadInterval,
        "a booking's times end after they start, in the years 1 to 9999, and what it takes "
        "of a resource holds all of the visit"};
  }
  return {};
}

std::vector<Allocation> TimeToClaim(const Booking& booking, const Booking* before) {
  if (booking.overrides || !OccupiesAt(booking, booking.updated_at)) return {};
  if (before == nullptr || !OccupiesAt(*before, booking.updated_at)) return booking.allocations;
  std::vector<Allocation> claims;
  for (const Allocation& wanted : booking.allocations) {
    const bool has_it = std::ranges::any_of(before->allocations, [&](const Allocation& had) {
      return had.resource == wanted.resource && had.occupied.Contains(wanted.occupied);
    });
    if (!has_it) claims.push_back(wanted);
  }
  return claims;
}

}  // namespace clinic
