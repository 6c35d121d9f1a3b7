// Half-open intervals of time.
//
// An Interval holds its start and not its end: 14:30-15:00 and 15:00-15:30 touch and do not overlap.
// Everything here is constexpr, O(1), pure, and safe to call from any thread.
#pragma once

#include <algorithm>
#include <compare>

#include "clinic/time.hpp"

namespace clinic {

/// The half-open interval [start, end) of time. A plain value: it can be empty (start == end) or
/// inverted (end < start); whoever takes one says whether it accepts those (IsProper).
struct Interval {
  Instant start{};
  Instant end{};

  constexpr Duration length() const { return end - start; }

  /// True where `instant` lies inside: start <= instant < end.
  constexpr bool Contains(Instant instant) const { return start <= instant && instant < end; }

  /// True where every instant of `other` lies inside; an interval contains itself.
  constexpr bool Contains(const Interval& other) const {
    return start <= other.start && other.end <= end;
  }

  friend constexpr auto operator<=>(const Interval&, const Interval&) = default;
};

/// True where the two have an instant in common. Intervals that only touch do not overlap, and an
/// empty interval overlaps nothing.
constexpr bool Overlaps(const Interval& a, const Interval& b) {
  return std::max(a.start, b.start) < std::min(a.end, b.end);
}

/// What `a` and `b` have in common; empty or inverted where they do not overlap.
constexpr Interval Intersection(const Interval& a, const Interval& b) {
  return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

/// True where the interval is not empty, not inverted, and inside [kEarliest, kLatest]: what can be
/// booked.
constexpr bool IsProper(const Interval& interval) {
  return kEarliest <= interval.start && interval.start < interval.end && interval.end <= kLatest;
}

}  // namespace clinic
