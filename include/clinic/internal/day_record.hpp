// One day of a Timeline (clinic/timeline.hpp): a cache line that says which cells of five minutes
// are touched, and where the entries stand that start on this day.
//
// Those entries are one block of memory of two columns, keys and values, in no order: so booking is
// to write behind the last, cancelling is to move the last, and nothing else moves. A key is an
// interval in 32 bits, to the second:
//
//     31            15   14  13          0
//     second of the day | unit | length       unit 0: seconds (up to 4.5 hours)
//                                             unit 1: cells (up to 56 days)
//
// What has no key (Key says so) or finds 288 entries before it stands elsewhere.
//
//   1. The intervals of the keys do not overlap.
//   2. A block has room for `capacity` entries and holds `count` of them; no entries, no block.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

#include "clinic/internal/day_cells.hpp"
#include "clinic/internal/key_search.hpp"

namespace clinic::internal {

/// A number that searches, which may run at the same time, set to zero, and nobody else changes
/// meanwhile.
class ResettableByte {
 public:
  ResettableByte() = default;
  ResettableByte(const ResettableByte& other) : value_(other.get()) {}
  ResettableByte& operator=(const ResettableByte& other) {
    set(other.get());
    return *this;
  }
  std::uint8_t get() const { return std::atomic_ref(value_).load(std::memory_order_relaxed); }
  void set(std::uint8_t value) { std::atomic_ref(value_).store(value, std::memory_order_relaxed); }

 private:
  mutable std::uint8_t value_ = 0;  // as an atomic_ref cannot refer to what is const
};

struct alignas(64) DayRecord {
  DayCells touched;            ///< by any entry, wherever it stands
  std::byte* block = nullptr;  ///< the entries that start here and have a key
  std::uint16_t count = 0;
  std::uint16_t capacity = 0;
  std::uint32_t odd_ends = 0;  ///< starts and ends of entries within a cell of this day
  std::uint32_t guests = 0;    ///< entries that touch this day and stand in no block
  /// How many days ago the entry started that stands in a block and goes on into this day; 0: none.
  std::uint8_t days_since_start = 0;
  /// What the gap bytes (day_gaps.hpp) say at least, so that a cancellation that frees no more need
  /// not look there: that class of this day, or the greatest of this day, or also of the day
  /// before.
  static constexpr std::uint8_t kFloorOfDay = 254;
  static constexpr std::uint8_t kFloorOfTwoDays = 255;
  ResettableByte gap_floor;
};
static_assert(sizeof(DayRecord) == 64);

using DayKey = std::uint32_t;

inline constexpr int kLengthBits = 14;
inline constexpr std::int64_t kLengths = 1 << kLengthBits;
inline constexpr DayKey kInCells = DayKey{1} << kLengthBits;

/// The lowest key of those that start at that second of the day.
constexpr DayKey FirstKeyAt(std::int64_t second) {
  return static_cast<DayKey>(second << (kLengthBits + 1));
}

/// The key of an interval; nothing where its length does not fit.
constexpr std::optional<DayKey> KeyOf(std::int64_t second, Duration length) {
  if (length.count() < kLengths) return FirstKeyAt(second) | static_cast<DayKey>(length.count());
  if (length % kCell != Duration{0} || length / kCell >= kLengths) return std::nullopt;
  return FirstKeyAt(second) | kInCells | static_cast<DayKey>(length / kCell);
}

constexpr Duration StartOf(DayKey key) { return Duration{key >> (kLengthBits + 1)}; }
constexpr Duration LengthOf(DayKey key) {
  const Duration unit = (key & kInCells) != 0 ? kCell : Duration{1};
  return unit * (key & (kInCells - 1));
}

/// The entries of a day, in its block. Places are numbered from 0, in no order.
template <typename Value>
class DayEntries {
  static_assert(std::is_trivially_copyable_v<Value> && alignof(Value) <= 8);

 public:
  static constexpr int kMaxEntries = 288;

  static DayKey KeyAt(const DayRecord& day, int i) { return Keys(day)[i]; }
  static Value ValueAt(const DayRecord& day, int i) {
    if constexpr (kValueBytes == 0) {
      return Value{};
    } else {
      return Values(day)[i];
    }
  }
  static void SetValueAt(const DayRecord& day, int i, Value value) {
    if constexpr (kValueBytes > 0) Values(day)[i] = value;
  }

  /// The place of the entry that starts at that second; `count` where there is none.
  static int Find(const DayRecord& day, std::int64_t second) {
    const DayKey* const keys = Keys(day);
    const DayKey wanted = FirstKeyAt(second);
    // What is read behind the last key is memory of the block all the same, and does not count.
    const auto is_block = [&day](int count) { return Bytes(day.capacity) >= 4 * Size(count); };
    std::uint64_t found = 0;
    if (is_block(32)) [[likely]] {
      found = KeysLikeOf32(keys, wanted, kStartBits);
    } else {
      int i = 0;
      for (; i < day.count && is_block(i + 4); i += 4) {
        found |= std::uint64_t{KeysLikeOfFour(keys + i, wanted, kStartBits)} << i;
      }
      for (; i < day.count; ++i) {
        found |= std::uint64_t{((keys[i] ^ wanted) & kStartBits) == 0} << i;
      }
    }
    int place = std::countr_zero(found | std::uint64_t{1} << std::min<int>(day.count, 32));
    if (place == 32) [[unlikely]] {
      while (place < day.count && ((keys[place] ^ wanted) & kStartBits) != 0) ++place;
    }
    return place;
  }

  /// The place of the first entry, by start, that starts at `second` or later; `count` where there
  /// is none. O(count).
  static int FirstFrom(const DayRecord& day, std::int64_t second) {
    const DayKey* const keys = Keys(day);
    int first = day.count;
    for (int i = 0; i < day.count; ++i) {
      if (keys[i] >= FirstKeyAt(second) && (first == day.count || keys[i] < keys[first])) first = i;
    }
    return first;
  }

  /// The place of the last entry, by start, that starts before `second`; `count` where there is
  /// none. O(count).
  static int LastBefore(const DayRecord& day, std::int64_t second) {
    const DayKey* const keys = Keys(day);
    int last = day.count;
    for (int i = 0; i < day.count; ++i) {
      if (keys[i] < FirstKeyAt(second) && (last == day.count || keys[i] > keys[last])) last = i;
    }
    return last;
  }

  /// Requires fewer than kMaxEntries, and that the time is free. True where the block has moved.
  static bool Insert(DayRecord& day, DayKey key, Value value) {
    const bool is_full = day.count == day.capacity;
    if (is_full) [[unlikely]]
      Move(day, CapacityFor(day.count + 1));
    Keys(day)[day.count] = key;
    if constexpr (kValueBytes > 0) Values(day)[day.count] = value;
    ++day.count;
    return is_full;
  }

  /// Takes out the entry at `place`. True where the block has moved, or is no more.
  static bool Erase(DayRecord& day, int place) {
    --day.count;
    Keys(day)[place] = Keys(day)[day.count];
    if constexpr (kValueBytes > 0) Values(day)[place] = Values(day)[day.count];
    const bool is_loose = day.capacity >= day.count + kSlack || day.count == 0;
    if (is_loose) [[unlikely]]
      Shrink(day);
    return is_loose;
  }

  static void Free(DayRecord& day) {
    ::operator delete(day.block);
    day.block = nullptr;
    day.count = 0;
    day.capacity = 0;
  }

  /// Gives `day` a block of its own in place of the one that it was copied with.
  static void CopyBlock(DayRecord& day) {
    if (day.block == nullptr) return;
    void* const block = ::operator new(Bytes(day.capacity));
    std::memcpy(block, day.block, Bytes(day.capacity));
    day.block = static_cast<std::byte*>(block);
  }

  static std::size_t BytesOf(const DayRecord& day) { return day.block ? Bytes(day.capacity) : 0; }

  /// Which of the invariants above does not hold; empty if both do.
  static std::string_view BrokenInvariant(const DayRecord& day) {
    if ((day.block == nullptr) != (day.count == 0)) return "a block without entries";
    if (day.count > day.capacity || day.count > kMaxEntries) return "a block's size";
    for (int i = 0; i < day.count; ++i) {
      const Duration end = StartOf(KeyAt(day, i)) + LengthOf(KeyAt(day, i));
      const int next = FirstFrom(day, StartOf(KeyAt(day, i)).count() + 1);
      if (next < day.count && StartOf(KeyAt(day, next)) < end) return "keys overlap";
    }
    return {};
  }

 private:
  static constexpr std::size_t kValueBytes = std::is_empty_v<Value> ? 0 : sizeof(Value);
  static constexpr DayKey kStartBits = ~DayKey{0} << (kLengthBits + 1);
  static constexpr int kSlack = 6;  // free places that a block does not keep when it loses entries

  static constexpr std::size_t Size(int count) { return static_cast<std::size_t>(count); }
  static constexpr std::size_t ValuesAt(int capacity) {
    return (Size(capacity) * sizeof(DayKey) + alignof(Value) - 1) / alignof(Value) * alignof(Value);
  }
  static constexpr std::size_t Bytes(int capacity) {
    return ValuesAt(capacity) + Size(capacity) * kValueBytes;
  }

  // Room for `count`, and for as many more as the allocator would round up anyway: to sixteens,
  // less the eight bytes that it keeps for itself.
  static int CapacityFor(int count) {
    const std::size_t bytes = (Bytes(count) + 8 + 15) / 16 * 16 - 8;
    while (Bytes(count + 1) <= bytes) ++count;
    return count;
  }

  static DayKey* Keys(const DayRecord& day) { return reinterpret_cast<DayKey*>(day.block); }
  static Value* Values(const DayRecord& day) {
    return reinterpret_cast<Value*>(day.block + ValuesAt(day.capacity));
  }

  [[gnu::noinline]] static void Shrink(DayRecord& day) {
    if (day.count == 0) {
      Free(day);
    } else if (const int capacity = CapacityFor(day.count + 1); capacity < day.capacity) {
      Move(day, capacity);
    }
  }

  // Moves the entries into a block of another capacity, which is enough for them.
  [[gnu::noinline]] static void Move(DayRecord& day, int capacity) {
    DayRecord moved = day;
    moved.capacity = static_cast<std::uint16_t>(capacity);
    moved.block = static_cast<std::byte*>(::operator new(Bytes(capacity)));
    if (day.count > 0) {
      std::memcpy(Keys(moved), Keys(day), Size(day.count) * sizeof(DayKey));
      if constexpr (kValueBytes > 0) {
        std::memcpy(Values(moved), Values(day), Size(day.count) * sizeof(Value));
      }
    }
    ::operator delete(day.block);
    day.block = moved.block;
    day.capacity = moved.capacity;
  }
};

}  // namespace clinic::internal
