// Where a visit can go into time that was freed, and how well it fits there.
#pragma once

#include <compare>
#include <vector>

#include "clinic/schedule.hpp"

namespace clinic::internal {

/// The smaller fits better.
struct Fit {
  Duration unusable{};  ///< free time beside the visit that is too short for the usual visit
  Duration over{};      ///< of the freed time, what the visit does not take

  friend auto operator<=>(const Fit&, const Fit&) = default;
};

struct Placement {
  Fit fit{};
  Interval visit{};

  friend auto operator<=>(const Placement&, const Placement&) = default;
};

/// The visits of that length that can be booked on the schedule, overlap `freed`, start at or after
/// `from` and end by `limit`: the best first, then the earliest. They start where FindSlots offers
/// times; where the resource is always open, a whole number of its steps from the start of `freed`.
/// Where these are more than 288, the steps are taken several at once. O(starts x log n).
std::vector<Placement> PlacementsIn(Schedule& schedule, const Interval& freed, Duration length,
                                    Instant from, Instant limit);

}  // namespace clinic::internal
