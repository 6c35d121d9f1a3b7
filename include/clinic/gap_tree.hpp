// The ordered tree at the heart of every calendar: which times are taken, by what, and where the
// next gap is.
//
// A GapTree holds disjoint half-open intervals in order, each with a small value, usually a handle
// to what took the time. Next to the usual work of an ordered set it knows the widest gap below
// each of its nodes, and so finds the earliest gap of a length without walking the entries between:
//
//   GapTree<std::uint32_t> calendar;
//   calendar.Insert({nine, ten}, 7);                     // true: the time was free
//   calendar.IsFree({half_past_nine, eleven});           // false: entry 7 is in the way
//   calendar.EarliestGap(nine, 30min, evening);          // ten
//
// It is a B+-tree. Leaves hold up to 128 entries in 12 bytes each (internal/gap_leaf.hpp), inner
// nodes up to 64 children (internal/gap_inner.hpp), so that a practitioner's year of three thousand
// bookings is one inner node and its leaves: about 15 bytes an entry with everything. Times are
// exact to the second over the whole of [kEarliest, kLatest); entries far apart only need more
// leaves.
//
// Invariants, beside those of the nodes:
//   1. All leaves are equally deep: height_ inner nodes stand above each.
//   2. No node is empty; an inner root has two children or more; an empty tree has no root.
//   3. What an inner node knows of a child (first start, last end, widest gap) is exact.
//   4. A node that shrinks to a quarter is merged with a neighbour below the same parent, if the
//   two
//      fit into three quarters of a node and reach each other, so that the height stays O(log n).
//   5. size_ is the number of entries.
// BrokenInvariant() checks all but the fourth; debug builds check a leaf after every change.
//
// Copies are deep. Calls to const members are safe together; whoever changes the tree must be
// alone. All instants and lengths are accepted everywhere; what cannot be booked is refused or not
// found.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "clinic/internal/gap_inner.hpp"
#include "clinic/internal/gap_leaf.hpp"
#include "clinic/interval.hpp"

namespace clinic {

template <typename Value>
class GapTree {
 public:
  struct Entry {
    Interval interval;
    Value value;

    friend bool operator==(const Entry&, const Entry&) = default;
  };
  class Iterator;
  using const_iterator = Iterator;

  GapTree() = default;
  GapTree(const GapTree& other)
      : root_(other.root_ ? Copy(other.root_, other.height_) : nullptr),
        height_(other.height_),
        size_(other.size_) {}
  GapTree(GapTree&& other) noexcept { Swap(other); }
  GapTree& operator=(GapTree other) noexcept {
    Swap(other);
    return *this;
  }
  ~GapTree() { Clear(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// True exactly where Insert would be accepted: `interval` is proper (IsProper) and overlaps no
  /// entry. O(log n).
  bool IsFree(const Interval& interval) const {
    if (!IsProper(interval)) return false;
    const Place place = LastBefore(interval.end);
    return place.leaf == nullptr || place.leaf->EndAt(place.index) <= interval.start;
  }

  /// Adds an entry; false, and nothing changed, where IsFree(interval) is false. O(log n).
  bool Insert(const Interval& interval, Value value);

  /// Takes out the entry that starts at `start` exactly; false where there is none. O(log n).
  bool Erase(Instant start) { return Extract(start).has_value(); }

  /// As Erase, and returns what was taken out.
  std::optional<Entry> Extract(Instant start);

  /// Gives another value to the entry that starts at `start` exactly; false where there is none.
  /// O(log n).
  bool SetValue(Instant start, Value value) {
    const Place place = Find(start);
    if (place.leaf == nullptr) return false;
    const_cast<Leaf*>(place.leaf)->SetValue(place.index, value);
    return true;
  }

  /// The entry that starts at `start` exactly. O(log n).
  std::optional<Entry> FindAt(Instant start) const {
    const Place place = Find(start);
    return place.leaf ? std::optional<Entry>(place.leaf->EntryAt(place.index)) : std::nullopt;
  }

  /// The earliest entry that overlaps `interval`; nothing overlaps an empty or inverted one. O(log
  /// n).
  std::optional<Entry> FirstOverlapping(const Interval& interval) const {
    const Iterator found = FindOverlap(interval);
    return found != end() ? std::optional<Entry>(*found) : std::nullopt;
  }

  /// Where that entry stands; end() where there is none. O(log n).
  Iterator FindOverlap(Interval interval) const {
    interval = Intersection(interval, {kEarliest, kLatest});
    if (root_ == nullptr || interval.end <= interval.start) return end();
    const Place before = LastBefore(interval.start + Duration{1});
    Iterator it = before.leaf ? Iterator(this, before) : begin();
    if (before.leaf && before.leaf->EndAt(before.index) <= interval.start) ++it;
    return it != end() && Overlaps((*it).interval, interval) ? it : end();
  }

  /// The last entry that starts before `instant`. O(log n).
  std::optional<Entry> LastStartingBefore(Instant instant) const {
    const Place place = LastBefore(std::clamp(instant, kEarliest, kLatest));
    return place.leaf ? std::optional<Entry>(place.leaf->EntryAt(place.index)) : std::nullopt;
  }

  /// Calls `f` with each entry that overlaps `interval`, in order; where `f` returns a bool, false
  /// ends the walk. `f` must not change the tree. O(log n + entries visited).
  template <typename F>
  void ForEachOverlapping(const Interval& interval, F f) const {
    for (Iterator it = FindOverlap(interval); it != end(); ++it) {
      const Entry entry = *it;
      if (entry.interval.start >= interval.end) return;
      if constexpr (std::is_same_v<std::invoke_result_t<F&, const Entry&>, bool>) {
        if (!f(entry)) return;
      } else {
        f(entry);
      }
    }
  }

  /// The earliest t >= from such that [t, t + length) is free and ends by `limit`. Before the first
  /// entry and after the last all time is free, inside [kEarliest, kLatest). Nothing for a length
  /// that is not positive. O(log n).
  std::optional<Instant> EarliestGap(Instant from, Duration length, Instant limit) const {
    from = std::max(from, kEarliest);
    limit = std::min(limit, kLatest);
    if (length <= Duration::zero() || from >= limit || length > limit - from) return std::nullopt;
    const Instant found = root_ ? EarliestGapAnywhere(from, length) : from;
    return found <= limit - length ? std::optional<Instant>(found) : std::nullopt;
  }

  /// Entries by start. An iterator is valid until the tree changes; it gives entries by value, and
  /// moves on in O(1), save every hundredth time or so in O(log n).
  Iterator begin() const { return root_ ? Iterator(this, {FirstLeaf(root_, height_), 0}) : end(); }
  Iterator end() const { return Iterator(this, {}); }

  /// Replaces the whole tree; false, and nothing changed, unless `entries` are proper, in order and
  /// disjoint. Faster and more compact than inserting them. O(n).
  bool Build(std::span<const Entry> entries);

  /// O(n).
  void Clear() {
    if (root_) FreeBelow(root_, height_);
    root_ = nullptr;
    height_ = 0;
    size_ = 0;
  }

  /// What the tree has allocated, itself included, the allocator's own overhead not. O(n).
  std::size_t MemoryBytes() const {
    return sizeof(*this) + (root_ ? BytesBelow(root_, height_) : 0);
  }

  /// Which invariant does not hold, in words; empty if all do. O(n), for tests.
  std::string_view BrokenInvariant() const;

 private:
  using Leaf = internal::GapLeaf<Entry>;
  using Inner = internal::GapInner;
  using Summary = internal::GapSummary;
  using Node = void*;  // a Leaf at level 0, an Inner above

  struct Place {
    const Leaf* leaf = nullptr;
    int index = 0;

    friend bool operator==(const Place&, const Place&) = default;
  };
  // What an insertion below a node means for its parent.
  struct Change {
    bool done = false;     // false: something was in the way
    bool summary = false;  // the node's summary may be another one
    Node right = nullptr;  // the node was split: its new neighbour
  };

  static constexpr int MaxIn(int level) {
    return level == 0 ? Leaf::kMaxEntries : Inner::kMaxChildren;
  }
  // How full Build makes a node: room for what is booked later.
  static constexpr int kBuiltEntries = Leaf::kMaxEntries * 7 / 8;
  static constexpr int kBuiltChildren = Inner::kMaxChildren * 7 / 8;

  static Leaf* AsLeaf(Node node) { return static_cast<Leaf*>(node); }
  static const Leaf* AsLeaf(const void* node) { return static_cast<const Leaf*>(node); }
  static Inner* AsInner(Node node) { return static_cast<Inner*>(node); }
  static const Inner* AsInner(const void* node) { return static_cast<const Inner*>(node); }

  void Swap(GapTree& other) noexcept {
    std::swap(root_, other.root_);
    std::swap(height_, other.height_);
    std::swap(size_, other.size_);
  }

  // Where the last entry that starts before `instant` is. Requires an instant in [kEarliest,
  // kLatest].
  Place LastBefore(Instant instant) const {
    const void* node = root_;
    if (node == nullptr) return {};
    for (int level = height_; level > 0; --level) {
      const int slot = AsInner(node)->ChildBefore(instant);
      if (slot < 0) return {};
      node = AsInner(node)->child(slot);
    }
    const int count = AsLeaf(node)->CountStartingBefore(instant);
    return count > 0 ? Place{AsLeaf(node), count - 1} : Place{};
  }

  Place Find(Instant start) const {
    if (!IsRepresentable(start)) return {};
    const Place place = LastBefore(start + Duration{1});
    return place.leaf && place.leaf->StartAt(place.index) == start ? place : Place{};
  }

  Instant EarliestGapAnywhere(Instant from, Duration length) const {
    const Interval all = Span();
    if (length <= all.start - from) return from;
    const std::optional<Instant> inside = EarliestGapBelow(root_, height_, from, length);
    return inside ? *inside : std::max(from, all.end);
  }

  // The earliest t >= from with [t, t + length) in a gap between two entries below `node`. Follows
  // one path to where `from` lies, and from that one path to a gap that is wide enough.
  static std::optional<Instant> EarliestGapBelow(const void* node, int level, Instant from,
                                                 Duration length) {
    if (level == 0) return AsLeaf(node)->EarliestGap(from, length);
    const Inner& inner = *AsInner(node);
    int slot = std::max(0, inner.ChildBefore(from));
    if (length <= inner.gap(slot)) {
      const auto found = EarliestGapBelow(inner.child(slot), level - 1, from, length);
      if (found) return found;
    }
    while (++slot < inner.count()) {
      const Instant gap_start = std::max(from, inner.end(slot - 1));
      if (length <= inner.first(slot) - gap_start) return gap_start;
      if (length <= inner.gap(slot)) {
        return EarliestGapBelow(inner.child(slot), level - 1, from, length);
      }
    }
    return std::nullopt;
  }

  // From the first start to the last end. Requires a root.
  Interval Span() const {
    if (height_ == 0) return {AsLeaf(root_)->summary().first, AsLeaf(root_)->summary().end};
    return {AsInner(root_)->first(0), AsInner(root_)->end(AsInner(root_)->count() - 1)};
  }

  static Summary SummaryOf(const void* node, int level) {
    return level == 0 ? AsLeaf(node)->summary() : AsInner(node)->summary();
  }
  static const Leaf* FirstLeaf(const void* node, int level) {
    for (; level > 0; --level) node = AsInner(node)->child(0);
    return AsLeaf(node);
  }

  // The first entry of the leaf after the one whose last entry starts at `instant`.
  Place FirstInLeafAfter(Instant instant) const;

  static Change InsertBelow(Node& node, int level, const Entry& entry);
  static Change InsertIntoLeaf(Node& node, const Entry& entry);
  static Change InsertChild(Node& node, int slot, Node child, int child_level);
  static std::optional<Entry> ExtractBelow(Node& node, int level, Instant start);
  static void AfterShrinking(Inner& inner, int slot, int child_level);
  static bool MergeWithNext(Inner& inner, int slot, int child_level);
  static int CountIn(const void* node, int level) {
    return level == 0 ? AsLeaf(node)->count() : AsInner(node)->count();
  }
  static std::vector<Node> BuildLeaves(std::span<const Entry> entries);
  static std::vector<Node> BuildParents(std::span<const Node> children, int child_level);
  static Node Copy(const void* node, int level);
  static void FreeNode(Node node, int level);
  static void FreeBelow(Node node, int level);
  static std::size_t BytesBelow(const void* node, int level);
  static std::string_view BrokenBelow(const void* node, int level);

  Node root_ = nullptr;
  int height_ = 0;
  std::size_t size_ = 0;
};

/// Walks the entries by start.
template <typename Value>
class GapTree<Value>::Iterator {
 public:
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category = std::input_iterator_tag;
  using value_type = Entry;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;

  Entry operator*() const { return place_.leaf->EntryAt(place_.index); }
  Iterator& operator++() {
    if (place_.index + 1 < place_.leaf->count()) {
      ++place_.index;
    } else {
      place_ = tree_->FirstInLeafAfter(place_.leaf->StartAt(place_.index));
    }
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_ == b.place_; }

 private:
  friend class GapTree;
  Iterator(const GapTree* tree, Place place) : tree_(tree), place_(place) {}

  const GapTree* tree_ = nullptr;
  Place place_;
};

}  // namespace clinic

#include "clinic/internal/gap_tree_changes.hpp"
