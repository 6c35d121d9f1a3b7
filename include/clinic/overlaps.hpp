// Every double booking among a set of intervals.
//
// The intervals need not come in order and need not belong to one resource: each says which group
// it is in (a practitioner, a room), and only intervals of the same group are compared.
//
//   const std::vector<GroupedInterval> visits = {{0, {nine, ten}}, {0, {half_past_nine, eleven}},
//                                                {1, {nine, ten}}};
//   FindOverlaps(visits);  // {{0, 1}}: visits[2] is in another group
//
// Sorted by group and start, the intervals that overlap a given one and start no earlier stand
// right behind it: they are those that start before it ends. Walking them costs one step for each
// pair found, and nothing is kept between steps.
//
// All functions here are pure, and safe to call from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic {

/// An interval, and the group within which it must not overlap another.
struct GroupedInterval {
  std::uint32_t group = 0;
  Interval interval;
};

/// Two intervals that overlap, by their positions in the input; `first` starts no later than
/// `second`, and of two that start together is the one that came first in the input.
struct OverlappingPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  friend bool operator==(const OverlappingPair&, const OverlappingPair&) = default;
};

/// The positions in `items` of all that can overlap anything (those that are not empty or
/// inverted), ordered by group, start, and position. O(n log n). Requires fewer than 2^32 items.
std::vector<std::uint32_t> OrderByGroupAndStart(std::span<const GroupedInterval> items);

/// Calls `visit(OverlappingPair)` once for every pair of the same group that overlaps, ordered by
/// group, then by the first's start and position, then by the second's. Intervals are half-open,
/// and an empty or inverted one overlaps nothing. O(n log n + pairs) time, O(n) memory, however
/// many pairs there are. Requires fewer than 2^32 items.
template <typename Visitor>
void ForEachOverlap(std::span<const GroupedInterval> items, Visitor&& visit) {
  const std::vector<std::uint32_t> order = OrderByGroupAndStart(items);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const GroupedInterval& first = items[order[i]];
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      const GroupedInterval& second = items[order[j]];
      if (second.group != first.group || second.interval.start >= first.interval.end) break;
      visit(OverlappingPair{order[i], order[j]});
    }
  }
}

/// The pairs that ForEachOverlap visits, in its order. O(n log n + pairs) time, O(n + pairs)
/// memory.
std::vector<OverlappingPair> FindOverlaps(std::span<const GroupedInterval> items);

}  // namespace clinic
