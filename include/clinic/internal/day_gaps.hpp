// How long the longest free time of each day is at most, one byte a day: what a Timeline
// (clinic/timeline.hpp) reads to find a far gap without looking at the days between.
//
// A byte holds the class of a length (GapClass). Above the bytes of the days stand levels of
// maxima, one byte for 64 of the level below, as many as it takes until one level has 64 or fewer.
//
//   1. A day's byte is the class of its longest free run or more.
//   2. A byte of a higher level is the greatest of the 64 below it or more.
//   3. Bytes beyond the last one of a level, up to a whole line of 64, are zero.
//
// Bounds may be too high, never too low: booking needs to change nothing, cancelling raises a byte,
// and a search that was led astray lowers it. Searches may run at the same time: they read and
// write whole words, relaxed, and since each of them only writes what is true, it does not matter
// whose word stays.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "clinic/internal/byte_search.hpp"
#include "clinic/internal/day_cells.hpp"

namespace clinic::internal {

/// The class of a day and of everything longer.
inline constexpr std::uint8_t kLongestGap = 255;

/// A coarser measure of lengths, from 0 for nothing to 255 for a day and more. Never falls: what is
/// at least as long is of at least the same class. Up to five hours a whole number of cells has a
/// class of its own; above, two cells share one.
constexpr std::uint8_t GapClassOfCells(std::int64_t cells) {
  if (cells < 60) return static_cast<std::uint8_t>(2 * cells);
  if (cells < kCellsADay) return static_cast<std::uint8_t>(120 + (cells - 60) / 2);
  return kLongestGap;
}
constexpr std::uint8_t GapClass(Duration length) {
  const std::int64_t cells = length / kCell;
  const bool is_more = cells < 60 && length % kCell > Duration{0};
  return static_cast<std::uint8_t>(GapClassOfCells(cells) + (is_more ? 1 : 0));
}

/// A view of the bytes, which lie in words that their owner allocates.
class DayGaps {
 public:
  DayGaps(std::uint64_t* words, std::size_t days) : words_(words), days_(days) {}

  /// How many words the bytes of `days` take.
  static std::size_t WordsFor(std::size_t days) { return Levels(days).words(); }

  /// Every day may be free as a whole. To be called first.
  void Fill() {
    const Levels levels(days_);
    for (std::size_t level = 0; level <= levels.top; ++level) {
      const auto [offset, size] = levels[level];
      std::uint64_t* const words = words_ + offset;
      for (std::size_t w = 0; w < WordsOf(size); ++w) Store(words + w, 0);
      for (std::size_t i = 0; i < size; ++i) SetByte(words, i, kLongestGap);
    }
  }

  void CopyFrom(const DayGaps& other) {
    for (std::size_t w = 0; w < WordsFor(days_); ++w) Store(words_ + w, Load(other.words_ + w));
  }

  std::uint8_t at(std::size_t day) const { return Byte(words_, day); }

  /// There may be free time of that class in `day` from now on.
  void Raise(std::size_t day, std::uint8_t gap) {
    if (Byte(words_, day) < gap) RaiseAll(day, gap);
  }

  /// There is no free time of a higher class than that in `day`.
  void Lower(std::size_t day, std::uint8_t gap) {
    if (gap < Byte(words_, day)) SetByte(words_, day, gap);
  }

  /// The first day, `from` or later, whose bound is `gap` or more; how many days there are where
  /// none is. Requires gap >= 1. O(log days), and what it lowers.
  std::size_t FirstAtLeast(std::size_t from, std::uint8_t gap) {
    if (from >= days_) return days_;
    const std::uint64_t found = Scan(words_, from, gap);
    return found != 0 ? FirstOf(found, from) : FirstBeyond(from, gap);
  }

  /// Which of the second and third invariant does not hold; empty if both do.
  std::string_view BrokenInvariant() const {
    const Levels levels(days_);
    for (std::size_t level = 0; level <= levels.top; ++level) {
      const auto [offset, size] = levels[level];
      for (std::size_t i = 0; i < size && level < levels.top; ++i) {
        const std::uint8_t greatest = Byte(words_ + levels[level + 1].offset, i / kGroup);
        if (greatest < Byte(words_ + offset, i)) return "a maximum over days is too low";
      }
      for (std::size_t i = size; i < WordsOf(size) * kBytes; ++i) {
        if (Byte(words_ + offset, i) != 0) return "a gap behind the last day";
      }
    }
    return {};
  }

 private:
  static constexpr std::size_t kBytes = sizeof(std::uint64_t);
  static constexpr std::size_t kGroup = 64;

  // Of a level: lines of the cache, where the first of them begins with one.
  static std::size_t WordsOf(std::size_t bytes) {
    return (bytes + kGroup - 1) / kGroup * (kGroup / kBytes);
  }

  // Where the levels lie, the days' own first.
  struct Level {
    std::size_t offset;  // of its first word
    std::size_t size;    // in bytes
  };
  struct Levels {
    explicit Levels(std::size_t days) {
      all[0] = {0, days};
      for (; all[top].size > kGroup; ++top) {
        const auto [offset, size] = all[top];
        all[top + 1] = {offset + WordsOf(size), (size + kGroup - 1) / kGroup};
      }
    }
    const Level& operator[](std::size_t level) const { return all[level]; }
    std::size_t words() const { return all[top].offset + WordsOf(all[top].size); }

    std::array<Level, 4> all;  // enough for 64^4 days
    std::size_t top = 0;
  };

  static std::uint64_t Load(std::uint64_t* word) {
    return std::atomic_ref(*word).load(std::memory_order_relaxed);
  }
  static void Store(std::uint64_t* word, std::uint64_t value) {
    std::atomic_ref(*word).store(value, std::memory_order_relaxed);
  }
  static std::uint8_t Byte(std::uint64_t* level, std::size_t i) {
    return static_cast<std::uint8_t>(Load(level + i / kBytes) >> 8 * (i % kBytes));
  }
  static void SetByte(std::uint64_t* level, std::size_t i, std::uint8_t value) {
    const std::uint64_t others =
        Load(level + i / kBytes) & ~(std::uint64_t{0xFF} << 8 * (i % kBytes));
    Store(level + i / kBytes, others | std::uint64_t{value} << 8 * (i % kBytes));
  }

  // The same, by the levels of maxima.
  [[gnu::noinline]] std::size_t FirstBeyond(std::size_t from, std::uint8_t gap) {
    const Levels levels(days_);
    std::size_t level = 0;
    std::size_t index = from;
    for (;;) {
      const auto [offset, size] = levels[level];
      if (index >= size) return days_;
      const std::size_t end = std::min(size, (index / kGroup + 1) * kGroup);
      const std::uint64_t found = Scan(words_ + offset, index, gap);
      if (found != 0) {
        index = FirstOf(found, index);
        if (level == 0) return index;
        --level;
        index *= kGroup;
        continue;
      }
      if (level == levels.top) return days_;
      if (index % kGroup == 0) {
        const std::uint8_t greatest = Greatest(words_ + offset, index, end);
        SetByte(words_ + levels[level + 1].offset, index / kGroup, greatest);
      }
      ++level;
      index = index / kGroup + 1;
    }
  }

  [[gnu::noinline]] void RaiseAll(std::size_t day, std::uint8_t gap) {
    const Levels levels(days_);
    for (std::size_t level = 0; level <= levels.top; ++level, day /= kGroup) {
      std::uint64_t* const bytes = words_ + levels[level].offset;
      if (Byte(bytes, day) >= gap) return;
      SetByte(bytes, day, gap);
    }
  }

  // Which bytes of the group of `from`, itself or later, are `gap` or more.
  static std::uint64_t Scan(std::uint64_t* level, std::size_t from, std::uint8_t gap) {
    const std::uint64_t found = BytesAtLeast(level + from / kGroup * (kGroup / kBytes), gap);
    return found & ~std::uint64_t{0} << (from % kGroup);
  }
  static std::size_t FirstOf(std::uint64_t found, std::size_t from) {
    return from / kGroup * kGroup + static_cast<std::size_t>(std::countr_zero(found));
  }

  static std::uint8_t Greatest(std::uint64_t* level, std::size_t from, std::size_t to) {
    std::uint8_t greatest = 0;
    for (std::size_t i = from; i < to; ++i) greatest = std::max(greatest, Byte(level, i));
    return greatest;
  }

  std::uint64_t* words_;
  std::size_t days_;
};

}  // namespace clinic::internal
