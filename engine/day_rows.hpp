// Which of many members have time left on one day: bits, a row for each five minutes.
//
// Members stand in blocks of 512: in a block a row is one cache line, and rows that follow each
// other in time follow each other in memory. So "who has half an hour from 10:20 on?" reads six
// lines in a row and answers for 512 members.
//
// Invariants:
//   1. A member's bit in a row is set where some part of those five minutes is not blocked.
//   2. Rows outside [first, last) are zero and are not kept.
//   3. A cell of `open` is touched where a bit of its row is set in any block; and perhaps where
//      none is any more.
//   4. The longest run of a block is at least as many cells as any of its members has set in a row,
//      beginning on this day and going on into the next ones.
//   5. Each member stands in the mask of one grid: the one by which its starts on that day go, or
//      the first, which has them anywhere.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "clinic/internal/day_cells.hpp"
#include "clinic/schedule.hpp"

namespace clinic::internal {

/// A bit for each of 512 members.
struct alignas(64) MemberBits {
  static constexpr std::uint32_t kMembers = 512;

  std::array<std::uint64_t, 8> words{};

  void Set(std::uint32_t member) { words[member / 64] |= Bit(member); }
  void Reset(std::uint32_t member) { words[member / 64] &= ~Bit(member); }
  bool Has(std::uint32_t member) const { return (words[member / 64] & Bit(member)) != 0; }
  bool Any() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words) any |= word;
    return any != 0;
  }
  MemberBits& operator&=(const MemberBits& other) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] &= other.words[i];
    return *this;
  }
  MemberBits& operator|=(const MemberBits& other) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] |= other.words[i];
    return *this;
  }
  MemberBits& Subtract(const MemberBits& other) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] &= ~other.words[i];
    return *this;
  }

 private:
  static constexpr std::uint64_t Bit(std::uint32_t member) {
    return std::uint64_t{1} << member % 64;
  }
};

/// Calls to const members, and LowerLongestRun, are safe together; whoever changes it otherwise
/// must be alone.
class DayRows {
 public:
  /// What is known of one member's day.
  struct Member {
    DayCells blocked;
    Schedule::StartGrid grid;
  };

  DayRows(std::chrono::sys_days day, std::span<const Member> members);

  std::size_t blocks() const { return blocks_; }
  const DayCells& open() const { return open_; }

  /// O(1).
  const MemberBits& Row(std::size_t block, int cell) const {
    if (cell < first_ || cell >= last_) return kNobody;
    return rows_[block * static_cast<std::size_t>(last_ - first_) +
                 static_cast<std::size_t>(cell - first_)];
  }

  /// Those who can start where the cell begins; or, where `inside`, in the rest of it.
  MemberBits CanStart(std::size_t block, int cell, bool inside) const;

  int LongestRun(std::size_t block) const {
    return longest_runs_[block].load(std::memory_order_relaxed);
  }
  /// Requires that no member of the block has more cells in a row.
  void LowerLongestRun(std::size_t block, int cells) const {
    if (cells < LongestRun(block)) {
      longest_runs_[block].store(static_cast<std::uint16_t>(cells), std::memory_order_relaxed);
    }
  }
  /// The same holds for none of the blocks' members any more.
  void ForgetLongestRun(std::size_t block) {
    longest_runs_[block].store(kEndless, std::memory_order_relaxed);
  }

  enum class Change {
    kNone,
    kMoreTime,  ///< a bit was set
    kNoPlace,   ///< a row is needed that is not kept: make it anew
  };

  /// A member's cells [from, to) have changed.
  Change SetCells(std::uint32_t member, const DayCells& blocked, int from, int to);
  void SetGrid(std::uint32_t member, Schedule::StartGrid grid);

  /// O(1), without the object itself.
  std::size_t MemoryBytes() const;

 private:
  struct Grid {
    Schedule::StartGrid grid;
    std::vector<MemberBits> masks;  // by block
  };
  static constexpr std::uint16_t kEndless = std::numeric_limits<std::uint16_t>::max();
  // So many are told apart. Who goes by another is asked more often, that is all.
  static constexpr std::size_t kMostGrids = 8;
  static const MemberBits kNobody;

  const std::int64_t first_number_;  // of the day's first cell, counted from kEarliest on
  std::size_t blocks_;
  int first_ = kCellsADay;
  int last_ = 0;
  DayCells open_;
  std::vector<MemberBits> rows_;  // block by block, in each by time
  std::vector<Grid> grids_;
  mutable std::vector<std::atomic<std::uint16_t>> longest_runs_;
};

}  // namespace clinic::internal
