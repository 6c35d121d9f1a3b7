// Civil times of the week, on the time line.
#pragma once

#include <optional>
#include <span>

#include "clinic/result.hpp"
#include "clinic/slot_query.hpp"
#include "clinic/zone.hpp"

namespace clinic::internal {

/// kInvalidArgument where a window is empty, inverted or not inside a day.
Result<void> Validate(std::span<const CivilWindow> windows);

/// The earliest t >= from, with t + length <= until, such that the visit lies inside one of the
/// windows, which are valid. O(windows x days until then).
std::optional<Instant> EarliestInside(std::span<const CivilWindow> windows, const Zone& zone,
                                      Instant from, Duration length, Instant until);

}  // namespace clinic::internal
