// An inner node of a GapTree (clinic/gap_tree.hpp): up to 64 children, and of each what a search
// must know before it goes there. What the children are, leaves or inner nodes, only the tree
// knows.
//
//   1. first[i], end[i] and gap[i] are the summary of children[i], exactly.
//   2. Children rise and do not overlap: end[i] <= first[i + 1].
//   3. first[i] beyond the last child is Instant::max(), so that a search may read whole blocks.
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

  GapInner() { first_.fill(Instant::max()); }

  int count() const { return count_; }
  bool full() const { return count_ == kMaxChildren; }

  void*& child(int i) { return children_[Index(i)]; }
  const void* child(int i) const { return children_[Index(i)]; }
  Instant first(int i) const { return first_[Index(i)]; }
  Instant end(int i) const { return end_[Index(i)]; }
  Duration gap(int i) const { return gap_[Index(i)]; }
  GapSummary child_summary(int i) const { return {first(i), end(i), gap(i)}; }

  /// How many children start before `instant`: a step over blocks, then a step inside one.
  int CountStartingBefore(Instant instant) const {
    int block = 0;
    for (int i = kBlock; i < kMaxChildren; i += kBlock) block += first(i) < instant ? 1 : 0;
    int count = 0;
    for (int i = 0; i < kBlock; ++i) count += first(block * kBlock + i) < instant ? 1 : 0;
    return block * kBlock + count;
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
    first_[Index(i)] = summary.first;
    end_[Index(i)] = summary.end;
    gap_[Index(i)] = summary.widest_gap;
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
    first_[Index(i)] = summary.first;
    end_[Index(i)] = summary.end;
    gap_[Index(i)] = summary.widest_gap;
  }

  /// Forgets child `i`, whose owner is now the caller.
  void Remove(int i) {
    EachColumn([&](auto& column) {
      std::move(column.begin() + i + 1, column.begin() + count_, column.begin() + i);
    });
    --count_;
    first_[Index(count_)] = Instant::max();
  }

  /// Moves the children from `i` on to the end of `target`. Requires that they fit there.
  void MoveTail(int i, GapInner& target) {
    assert(target.count_ + count_ - i <= kMaxChildren);
    for (int from = i; from < count_; ++from) {
      target.Insert(target.count_, children_[Index(from)], child_summary(from));
    }
    std::fill(first_.begin() + i, first_.begin() + count_, Instant::max());
    count_ = i;
  }

  /// Which of invariants 2 and 3 does not hold, in words; empty if both do. The tree checks the
  /// first.
  std::string_view BrokenInvariant() const {
    if (count_ < 1 || count_ > kMaxChildren) return "an inner node's size";
    for (int i = 1; i < count_; ++i) {
      if (first(i) < end(i - 1)) return "2: children overlap";
    }
    for (int i = count_; i < kMaxChildren; ++i) {
      if (first(i) != Instant::max()) return "3: the padding of first starts";
    }
    return {};
  }

 private:
  static constexpr int kBlock = 8;
  template <typename T>
  using Column = std::array<T, kMaxChildren>;

  static constexpr std::size_t Index(int i) { return static_cast<std::size_t>(i); }

  template <typename F>
  void EachColumn(F f) {
    f(first_);
    f(end_);
    f(gap_);
    f(children_);
  }

  Column<Instant> first_;
  Column<Instant> end_{};
  Column<Duration> gap_{};
  Column<void*> children_{};
  int count_ = 0;
};

}  // namespace clinic::internal
