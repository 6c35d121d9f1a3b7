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
// pair found, and nothing is kept between steps. Group and start are sorted as one number, digit by
// digit; what is in order already is not sorted again.
//
// All functions here are pure, and safe to call from any thread. They use the caller's thread, and
// others only where they are allowed to; what they find, and in which order, does not depend on how
// many there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clinic/internal/sweep_order.hpp"
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

struct OverlapOptions {
  /// How many threads may be at work at once, the caller's included; 0 counts as 1. Where the
  /// system gives no more, fewer do the work.
  std::size_t threads = 1;
};

namespace internal {

/// Whether `second`, which stands behind `first` in the order, overlaps it.
inline bool Meets(const SweepEntry& first, const SweepEntry& second,
                  std::span<const GroupedInterval> items) {
  if (first.length != SweepEntry::kLong) return second.key < first.key + first.length;
  const GroupedInterval& a = items[first.position];
  const GroupedInterval& b = items[second.position];
  return a.group == b.group && b.interval.start < a.interval.end;
}

}  // namespace internal

/// Calls `visit(OverlappingPair)` on the caller's thread, once for every pair of the same group
/// that overlaps, ordered by group, then by the first's start and position, then by the second's.
/// Intervals are half-open, and an empty or inverted one overlaps nothing. O(n + pairs) time, O(n
/// log n + pairs) where groups and starts need more than 63 bits together (more than 2^24 groups
/// over ten thousand years); O(n) memory, however many pairs there are. Requires fewer than 2^32
/// items.
template <typename Visitor>
void ForEachOverlap(std::span<const GroupedInterval> items, Visitor&& visit,
                    const OverlapOptions& options = {}) {
  const internal::SweepOrder order = internal::SortForSweep(items, options.threads);
  const std::span<const internal::SweepEntry> entries = order.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = i + 1; j < entries.size(); ++j) {
      if (!internal::Meets(entries[i], entries[j], items)) break;
      visit(OverlappingPair{entries[i].position, entries[j].position});
    }
  }
}

/// The pairs that ForEachOverlap visits, in its order. Time as there; O(n + pairs) memory.
std::vector<OverlappingPair> FindOverlaps(std::span<const GroupedInterval> items,
                                          const OverlapOptions& options = {});

}  // namespace clinic
