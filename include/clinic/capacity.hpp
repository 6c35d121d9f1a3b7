// How many bookings fit beside each other.
//
//   const std::vector<Interval> taken = {{nine, ten}, {nine, ten}, {half_past_ten, eleven}};
//   InTheWay(taken, {nine, eleven}, 2);  // {0, 1}: the third one shares its time with nobody
//
// Pure, and safe to call from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic {

/// The positions in `taken`, rising, of what stands in the way of `wanted` on a resource of that
/// capacity: the intervals that are there at an instant of `wanted` when `capacity` or more of them
/// are. Empty where it fits. Intervals are half-open. Requires a capacity of at least 1. O(n) where
/// it is 1, else O(n + k²) in the k intervals that overlap `wanted`.
std::vector<std::size_t> InTheWay(std::span<const Interval> taken, const Interval& wanted,
                                  std::int32_t capacity);

}  // namespace clinic
