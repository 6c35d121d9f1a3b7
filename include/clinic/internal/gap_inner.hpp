// An inner node of a GapTree (clinic/gap_tree.hpp): up to 64 children, and of each what a search
// must know before it goes there. What the children are, leaves or inner nodes, only the tree
// knows.
//
//   1. first[i], end[i] and gap[i] are the summary of children[i], exactly.
//   2. Children rise and do not overlap: end[i] <= first[i + 1].
//   3. near[i] is first[i] in seconds from first[0], or kFar where that is 68 years or more, and
//   kFar
//      beyond the last child: what is searched, unless for an instant that is kFar itself.
//
// Not for use outside GapTree.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <string_view>

#include "clinic/internal/gap_leaf.hpp"

namespace clinic::internal {

class GapInner {
 public:
  static constexpr int kMaxChildren = 64;

  GapInner() { near_.fill(kFar); }

  int count() const { return count_; }
  bool full() const { return count_ == kMaxChildren; }

  void*& child(int i) { return children_[Index(i)]; }
  const void* child(int i) const { return children_[Index(i)]; }
  Instant first(int i) const { return first_[Index(i)]; }
  Instant end(int i) const { return end_[Index(i)]; }
  Duration gap(int i) const { return gap_[Index(i)]; }
  GapSummary child_summary(int i) const { return {first(i), end(i), gap(i)}; }

  /// How many children start before `instant`.
  int CountStartingBefore(Instant instant) const {
    const Duration distance = instant - first(0);
    if (distance <= Duration::zero()) return 0;
    if (distance >= Duration{kFar}) [[unlikely]]
      return CountInFull(instant);
    const auto key = static_cast<Offset>(distance.count());
    int block = 0;
    for (int i = kBlock; i < kMaxChildren; i += kBlock) block += near_[Index(i)] < key ? kBlock : 0;
    return block + CountBelow(&near_[Index(block)], key);
  }

  /// The child that holds the last entry that starts before `instant`; -1 where there is none.
  int ChildBefore(Instant instant) const { return CountStartingBefore(instant) - 1; }

  /// What the parent of this node has to know. O(children).
  GapSummary summary() const {
    Duration widest = gap(0);
    for (int i = 1; i < count_; ++i) widest = std::max({widest, gap(i), first(i) - end(i - 1)});
    return {first(0), end(count_ - 1), widest};
  }

  /// Notes what child `i` has become; true if that is news.
  bool Update(int i, const GapSummary& summary) {
    if (child_summary(i) == summary) return false;
    Set(i, summary);
    return true;
  }

  /// Puts a child at place `i`. Requires !full().
  void Insert(int i, void* child, const GapSummary& summary) {
    assert(!full());
    ++count_;
    EachColumn([&](auto& column) {
      std::move_backward(column.begin() + i, column.begin() + count_ - 1, column.begin() + count_);
    });
    children_[Index(i)] = child;
    Set(i, summary);
  }

  /// Forgets child `i`, whose owner is now the caller.
  void Remove(int i) {
    EachColumn([&](auto& column) {
      std::move(column.begin() + i + 1, column.begin() + count_, column.begin() + i);
    });
    --count_;
    near_[Index(count_)] = kFar;
    if (i == 0) SetNear();
  }

  /// Moves the children from `i` on to the end of `target`. Requires that they fit there.
  void MoveTail(int i, GapInner& target) {
    assert(target.count_ + count_ - i <= kMaxChildren);
    for (int from = i; from < count_; ++from) {
      target.Insert(target.count_, children_[Index(from)], child_summary(from));
    }
    std::fill(near_.begin() + i, near_.begin() + count_, kFar);
    count_ = i;
  }

  /// Which of invariants 2 and 3 does not hold, in words; empty if both do. The tree checks the
  /// first.
  std::string_view BrokenInvariant() const {
    if (count_ < 1 || count_ > kMaxChildren) return "an inner node's size";
    for (int i = 1; i < count_; ++i) {
      if (first(i) < end(i - 1)) return "2: children overlap";
    }
    for (int i = 0; i < kMaxChildren; ++i) {
      if (near_[Index(i)] != (i < count_ ? NearOf(i) : kFar)) return "3: near";
    }
    return {};
  }

 private:
  template <typename T>
  using Column = std::array<T, kMaxChildren>;

  static constexpr std::size_t Index(int i) { return static_cast<std::size_t>(i); }

  // Fewer than 68 years lie between the first child and any other in all but strange calendars.
  [[gnu::noinline]] int CountInFull(Instant instant) const {
    const auto end = first_.begin() + count_;
    return static_cast<int>(std::lower_bound(first_.begin(), end, instant) - first_.begin());
  }

  Offset NearOf(int i) const {
    return static_cast<Offset>(std::min(first(i) - first(0), Duration{kFar}).count());
  }
  void SetNear() {
    for (int i = 0; i < count_; ++i) near_[Index(i)] = NearOf(i);
  }

  void Set(int i, const GapSummary& summary) {
    first_[Index(i)] = summary.first;
    end_[Index(i)] = summary.end;
    gap_[Index(i)] = summary.widest_gap;
    near_[Index(i)] = NearOf(i);
    if (i == 0) SetNear();
  }

  template <typename F>
  void EachColumn(F f) {
    f(near_);
    f(first_);
    f(end_);
    f(gap_);
    f(children_);
  }

  Column<Offset> near_;
  Column<Instant> first_{};
  Column<Instant> end_{};
  Column<Duration> gap_{};
  Column<void*> children_{};
  int count_ = 0;
};

}  // namespace clinic::internal
