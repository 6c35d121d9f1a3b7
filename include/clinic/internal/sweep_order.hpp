// Intervals in the order in which a sweep meets them, with all that it needs to know of each in 16
// bytes that it reads one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "clinic/internal/large_array.hpp"

namespace clinic {

struct GroupedInterval;

namespace internal {

/// An interval in a sweep. Keys rise with group and start; a later entry of the order overlaps this
/// one exactly where its key is below `key + length`, which never reaches into the next group.
struct SweepEntry {
  /// For intervals whose length does not fit: what overlaps them is to be looked up in the input.
  static constexpr std::uint32_t kLong = std::numeric_limits<std::uint32_t>::max();

  std::uint64_t key;
  std::uint32_t length;
  std::uint32_t position;  // in the input
};

/// The entries of all intervals that are not empty or inverted, ordered by group, start, position.
class SweepOrder {
 public:
  explicit SweepOrder(std::size_t size)
      : entries_(MakeLargeArray<SweepEntry>(size)), size_(size) {}

  std::span<SweepEntry> entries() { return {entries_.get(), size_}; }
  std::span<const SweepEntry> entries() const { return {entries_.get(), size_}; }

 private:
  LargeArray<SweepEntry> entries_;
  std::size_t size_;
};

/// Sorts on at most `threads` threads. O(n) where all groups and starts together need no more than
/// 63 bits, as a million groups over ten thousand years do, and O(n log n) beyond.
SweepOrder SortForSweep(std::span<const GroupedInterval> items, std::size_t threads);

}  // namespace internal
}  // namespace clinic
