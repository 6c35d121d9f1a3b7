// A hash table from keys to the numbers of the slots in which they are kept; the keys themselves
// stay in the slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace clinic::internal {

/// Eight bytes a cell, at most three quarters of the cells in use, probed one after the other. A
/// cell keeps half of the hash, so that a look-up seldom touches a slot but the right one, and
/// growing touches none. O(1). Not thread-safe.
class SlotIndex {
 public:
  /// The slot that was inserted with that hash and for which `matches(slot)` is true.
  template <typename Matches>
  std::optional<std::uint32_t> Find(std::uint64_t hash, Matches&& matches) const {
    if (cells_.empty()) return std::nullopt;
    const std::uint32_t tag = TagOf(hash);
    for (std::size_t i = Home(tag); cells_[i].slot != kNone; i = Next(i)) {
      if (cells_[i].tag == tag && matches(cells_[i].slot)) return cells_[i].slot;
    }
    return std::nullopt;
  }

  /// Requires that the slot is not in the index.
  void Insert(std::uint64_t hash, std::uint32_t slot) {
    if (size_ + 1 > cells_.size() / 4 * 3) Grow(cells_.empty() ? 16 : cells_.size() * 2);
    Place({TagOf(hash), slot});
    ++size_;
  }

  /// Requires that the slot was inserted with that hash.
  void Erase(std::uint64_t hash, std::uint32_t slot) {
    std::size_t hole = Home(TagOf(hash));
    while (cells_[hole].slot != slot) hole = Next(hole);
    // What was probed past the hole moves into it, so that no probe ends there too early.
    for (std::size_t i = Next(hole); cells_[i].slot != kNone; i = Next(i)) {
      const std::size_t home = Home(cells_[i].tag);
      if (((i - home) & Mask()) < ((i - hole) & Mask())) continue;
      cells_[hole] = cells_[i];
      hole = i;
    }
    cells_[hole].slot = kNone;
    --size_;
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  struct Cell {
    std::uint32_t tag = 0;
    std::uint32_t slot = kNone;
  };

  static std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::size_t Mask() const { return cells_.size() - 1; }  // the size is a power of two
  std::size_t Home(std::uint32_t tag) const { return tag & Mask(); }
  std::size_t Next(std::size_t i) const { return (i + 1) & Mask(); }

  void Place(Cell cell) {
    std::size_t i = Home(cell.tag);
    while (cells_[i].slot != kNone) i = Next(i);
    cells_[i] = cell;
  }

  void Grow(std::size_t cells) {
    std::vector<Cell> before(cells);
    before.swap(cells_);
    for (const Cell& cell : before) {
      if (cell.slot != kNone) Place(cell);
    }
  }

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
};

}  // namespace clinic::internal
