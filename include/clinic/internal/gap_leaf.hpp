// A leaf of a GapTree (clinic/gap_tree.hpp): up to 128 disjoint intervals in a row, each with a
// value.
//
// One block of memory: a header of one cache line, then three columns of `capacity` elements:
// starts, ends, values. Starts and ends are 31-bit seconds from the first start, so that an entry
// with a 32-bit value takes 12 bytes and one SSE register compares four of them, and yet nothing is
// rounded:
//
//   1. The first start is kept whole, in 64 bits (base_), and starts[0] == 0.
//   2. Every start lies less than kFar seconds (68 years) after the first; what does not fit goes
//      into another leaf (Reaches).
//   3. An end is at most the next start, so it fits too, save the last: that one is kept whole
//      (last_end_), and its place in the column holds kFar where it does not fit.
//   4. Entries rise and do not overlap: starts[i] < ends[i] <= starts[i + 1].
//   5. Starts and ends beyond the last entry hold kFar, so that a search may read whole blocks.
//   6. pivots_[b] == starts[16 * (b + 1)], or kFar where there is no such place: a search reads the
//      header and then a single block of 16 starts.
//   7. widest_gap_ is the greatest starts[i + 1] - ends[i], and 0 for a single entry.
//
// An empty leaf exists only between two steps of a change. Not for use outside GapTree.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "clinic/internal/offset_block.hpp"
#include "clinic/interval.hpp"

namespace clinic::internal {

/// What a parent knows of a child, exactly.
struct GapSummary {
  Instant first;          ///< the first start
  Instant end;            ///< the last end
  Duration widest_gap{};  ///< the greatest gap between two neighbours inside; zero if there is none

  friend bool operator==(const GapSummary&, const GapSummary&) = default;
};

template <typename Entry>
class GapLeaf {
  using Value = decltype(Entry::value);
  static_assert(std::is_trivially_copyable_v<Value> && alignof(Value) <= 8);

 public:
  static constexpr int kMaxEntries = 128;

  /// A new, empty leaf with room for `entries`; Free() takes it back.
  static GapLeaf* Make(int entries) {
    const int capacity = CapacityFor(entries);
    GapLeaf* leaf = new (::operator new(Bytes(capacity))) GapLeaf;
    leaf->capacity_ = static_cast<std::uint16_t>(capacity);
    std::fill_n(leaf->starts(), 2 * capacity, kFar);  // the ends too
    return leaf;
  }

  static void Free(GapLeaf* leaf) { ::operator delete(leaf); }

  static GapLeaf* Copy(const GapLeaf& from) {
    void* block = ::operator new(Bytes(from.capacity_));
    std::memcpy(block, &from, Bytes(from.capacity_));
    return static_cast<GapLeaf*>(block);
  }

  int count() const { return count_; }
  bool full() const { return count_ == kMaxEntries; }
  std::size_t bytes() const { return Bytes(capacity_); }
  GapSummary summary() const { return {base_, last_end_, Duration{widest_gap_}}; }

  Instant StartAt(int i) const { return base_ + Duration{starts()[i]}; }
  Instant EndAt(int i) const { return i + 1 == count_ ? last_end_ : base_ + Duration{ends()[i]}; }
  Entry EntryAt(int i) const { return {{StartAt(i), EndAt(i)}, values()[i]}; }
  void SetValue(int i, Value value) { values()[i] = value; }

  /// How many entries start before `instant`. Free of branches but for the size of a small leaf.
  int CountStartingBefore(Instant instant) const {
    const Duration distance = instant - base_;
    if (distance <= Duration::zero()) return 0;
    const Offset key = ToOffset(distance);
    if (capacity_ < kBlock) [[unlikely]]
      return CountBelowInSmallLeaf(key);
    const int block = CountBelowOfEight(pivots_.data(), key) * kBlock;
    __builtin_prefetch(ends() + block);  // who asks for a place asks for its end next
    return block + CountBelow(starts() + block, key);
  }

  /// The earliest t >= from with [t, t + length) in a gap between two entries. Requires length > 0.
  std::optional<Instant> EarliestGap(Instant from, Duration length) const {
    if (length > Duration{widest_gap_}) return std::nullopt;
    const Offset needed = static_cast<Offset>(length.count());
    const Offset earliest = ToOffset(std::max(from - base_, Duration::zero()));
    const int before = EntryBeforeGap(std::max(0, CountStartingBefore(from) - 1), earliest, needed);
    if (before + 1 >= count_) return std::nullopt;
    return base_ + Duration{std::max(ends()[before], earliest)};
  }

  /// True where an entry that starts at `start` may stand in one leaf with those that are here.
  bool Reaches(Instant start) const {
    return count_ == 0 ||
           std::max(start, StartAt(count_ - 1)) - std::min(start, base_) < Duration{kFar};
  }

  /// Puts `entry` at place `position` in the order, and returns where the leaf is from now on.
  /// Requires !full(), Reaches(entry's start), and an interval that overlaps nothing here.
  [[nodiscard]] GapLeaf* Insert(int position, const Entry& entry) {
    GapLeaf* const leaf = count_ == capacity_ ? Moved(count_ + 1) : this;
    leaf->InsertInPlace(position, entry);
    assert(leaf->BrokenInvariant().empty());
    return leaf;
  }

  /// Takes out the entry at `position`, which may leave the leaf empty, and returns where the leaf
  /// is from now on.
  [[nodiscard]] GapLeaf* Erase(int position) {
    EraseInPlace(position);
    assert(count_ == 0 || BrokenInvariant().empty());
    return CapacityFor(count_ + kSlack) < capacity_ ? Moved(count_ + kSlack) : this;
  }

  /// Cuts the leaf in two before `position`, and frees it. Requires that neither part is empty.
  [[nodiscard]] std::pair<GapLeaf*, GapLeaf*> Split(int position) {
    GapLeaf* const left = Make(position + 1);
    GapLeaf* const right = Make(count_ - position + 1);
    left->Append(*this, 0, position);
    right->Append(*this, position, count_);
    Free(this);
    return {left, right};
  }

  /// Adds the entries of `right`, which is freed, and returns where the leaf is from now on.
  /// Requires that they fit, follow and are within reach.
  [[nodiscard]] GapLeaf* Merge(GapLeaf* right) {
    const int sum = count_ + right->count_;
    GapLeaf* const leaf = sum > capacity_ ? Moved(sum) : this;
    leaf->Append(*right, 0, right->count_);
    Free(right);
    return leaf;
  }

  /// Adds an entry after all others. Requires room and reach.
  void PushBack(const Entry& entry) { InsertInPlace(count_, entry); }

  /// Which of the invariants above does not hold, in words; empty if all do.
  std::string_view BrokenInvariant() const {
    if (count_ < 1 || count_ > capacity_ || capacity_ > kMaxEntries) return "a leaf's size";
    if (starts()[0] != 0) return "1: the first start is the base";
    for (int i = 0; i < count_; ++i) {
      if (starts()[i] >= kFar) return "2: a start lies too far from the first";
      if (EndAt(i) <= StartAt(i)) return "4: an entry is empty";
      if (i > 0 && starts()[i] < ends()[i - 1]) return "4: entries overlap";
    }
    if (ends()[count_ - 1] != ToOffset(last_end_ - base_)) return "3: the last end";
    for (int i = count_; i < capacity_; ++i) {
      if (starts()[i] != kFar || ends()[i] != kFar) return "5: the padding";
    }
    for (int b = 0; b < kBlocks; ++b) {
      if (pivots_[static_cast<std::size_t>(b)] != PivotAt(b)) return "6: pivots";
    }
    if (widest_gap_ != WidestGap()) return "7: the widest gap of a leaf";
    return {};
  }

 private:
  static constexpr int kBlocks = kMaxEntries / kBlock;
  static constexpr int kSlack = 8;  // free places that a leaf may keep when it loses entries

  GapLeaf() { pivots_.fill(kFar); }

  // Small calendars (a patient's) stay small; others grow by whole blocks.
  static constexpr int CapacityFor(int entries) {
    if (entries <= 4) return 4;
    if (entries <= 8) return 8;
    return (entries + kBlock - 1) / kBlock * kBlock;
  }
  static constexpr std::size_t Bytes(int capacity) {
    return sizeof(GapLeaf) +
           static_cast<std::size_t>(capacity) * (2 * sizeof(Offset) + sizeof(Value));
  }
  static Offset ToOffset(Duration distance) {
    return static_cast<Offset>(std::min(distance, Duration{kFar}).count());
  }

  Offset* starts() { return reinterpret_cast<Offset*>(this + 1); }
  const Offset* starts() const { return reinterpret_cast<const Offset*>(this + 1); }
  Offset* ends() { return starts() + capacity_; }
  const Offset* ends() const { return starts() + capacity_; }
  Value* values() { return reinterpret_cast<Value*>(ends() + capacity_); }
  const Value* values() const { return reinterpret_cast<const Value*>(ends() + capacity_); }

  Offset PivotAt(int block) const {
    const int place = (block + 1) * kBlock;
    const Offset start = starts()[std::min(place, capacity_ - 1)];
    return place < capacity_ ? start : kFar;
  }
  // All of them, always: cheaper than to guess where to begin.
  void SetPivots() {
    for (int b = 0; b < kBlocks; ++b) pivots_[static_cast<std::size_t>(b)] = PivotAt(b);
  }

  [[gnu::noinline]] int CountBelowInSmallLeaf(Offset key) const {
    int count = 0;
    while (count < count_ && starts()[count] < key) ++count;
    return count;
  }

  // The entry, `from` or later, with room for `needed` seconds after it and after `earliest`. Where
  // there is none, count_ - 1 or more: the last entry is followed by no start, and whatever is read
  // in the place of one does not matter.
  int EntryBeforeGap(int from, Offset earliest, Offset needed) const {
    if (capacity_ < kBlock) {
      while (from + 1 < count_ && starts()[from + 1] - std::max(ends()[from], earliest) < needed) {
        ++from;
      }
      return from;
    }
    for (int block = from / kBlock * kBlock; block < count_; block += kBlock) {
      const std::uint32_t wide =
          GapsLongerThan(ends() + block, starts() + block + 1, earliest, needed - 1);
      if (wide != 0) return block + std::countr_zero(wide);
    }
    return count_;
  }

  // The gap before entry i. Requires 0 < i < count_.
  Offset GapBefore(int i) const { return starts()[i] - ends()[i - 1]; }
  Offset WidestGap() const {
    Offset widest = 0;
    const Offset* const start = starts() + 1;
    const Offset* const end = ends();
    for (int i = 0; i + 1 < count_; ++i) widest = std::max(widest, start[i] - end[i]);
    return widest;
  }

  // Moves the base by `distance`; requires that the starts that count stay in [0, kFar).
  void Rebase(Duration distance) {
    const Offset change = static_cast<Offset>(distance.count());
    base_ += distance;
    for (int i = 0; i < count_; ++i) starts()[i] -= change;
    for (int i = 0; i + 1 < count_; ++i) ends()[i] -= change;
    if (count_ > 0) ends()[count_ - 1] = ToOffset(last_end_ - base_);
  }

  // Moves the entries from `position` on by one place up or down, in all columns.
  void Shift(int position, int by) {
    const auto move = [&](auto* column) {
      std::memmove(column + position + by, column + position,
                   static_cast<std::size_t>(count_ - position) * sizeof(*column));
    };
    move(starts());
    move(ends());
    move(values());
    count_ = static_cast<std::uint16_t>(count_ + by);
  }

  void InsertInPlace(int position, const Entry& entry) {
    const int last = count_;
    // The gap that the entry falls into; outside the outer entries there is none yet.
    const bool inner = 0 < position && position < last;
    const bool narrows = inner && GapBefore(position) == widest_gap_;
    if (last == 0) base_ = entry.interval.start;
    if (position == 0) Rebase(entry.interval.start - base_);
    if (position == last) last_end_ = entry.interval.end;
    Shift(position, 1);
    starts()[position] = ToOffset(entry.interval.start - base_);
    ends()[position] = ToOffset(entry.interval.end - base_);
    values()[position] = entry.value;
    SetPivots();
    if (narrows) {
      widest_gap_ = WidestGap();
    } else if (!inner && last > 0) {
      widest_gap_ = std::max(widest_gap_, GapBefore(position == 0 ? 1 : position));
    }
  }

  void EraseInPlace(int position) {
    const bool first = position == 0;
    const bool last = position + 1 == count_;
    const Offset lost = count_ == 1 ? 0 : GapBefore(first ? 1 : position);
    if (last && !first) last_end_ = EndAt(position - 1);
    Shift(position + 1, -1);
    starts()[count_] = kFar;
    ends()[count_] = kFar;
    if (count_ == 0) return;
    if (first) Rebase(Duration{starts()[0]});
    SetPivots();
    if (first || last) {
      if (lost == widest_gap_) widest_gap_ = WidestGap();
    } else {
      widest_gap_ = std::max(widest_gap_, GapBefore(position));
    }
  }

  // Adds places [from, to) of `other` at the end. Requires room, reach and order.
  void Append(const GapLeaf& other, int from, int to) {
    if (count_ == 0) base_ = other.StartAt(from);
    const Offset change = static_cast<Offset>((other.base_ - base_).count());
    for (int i = from, place = count_; i < to; ++i, ++place) {
      starts()[place] = other.starts()[i] + change;
      ends()[place] = ToOffset(other.EndAt(i) - base_);
      values()[place] = other.values()[i];
    }
    count_ = static_cast<std::uint16_t>(count_ + to - from);
    last_end_ = other.EndAt(to - 1);
    SetPivots();
    widest_gap_ = WidestGap();
  }

  // A copy with room for `entries` in place of this leaf, which is freed.
  GapLeaf* Moved(int entries) {
    GapLeaf* const moved = Make(entries);
    if (count_ > 0) moved->Append(*this, 0, count_);
    Free(this);
    return moved;
  }

  Instant base_{};
  Instant last_end_{};
  std::uint16_t count_ = 0;
  std::uint16_t capacity_ = 0;
  Offset widest_gap_ = 0;
  std::array<Offset, kBlocks> pivots_;
};

}  // namespace clinic::internal
