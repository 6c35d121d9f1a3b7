// How a GapTree (clinic/gap_tree.hpp) changes: insertion, extraction, bulk building, and the check
// that nothing broke on the way. Included by gap_tree.hpp only.
#pragma once

#include "clinic/gap_tree.hpp"

namespace clinic {

template <typename Value>
bool GapTree<Value>::Insert(const Interval& interval, Value value) {
  if (!IsProper(interval)) return false;
  if (root_ == nullptr) root_ = Leaf::Make(1);
  const Change change = InsertBelow(root_, height_, {interval, value});
  if (!change.done) return false;
  ++size_;
  if (change.right) {
    Inner* const root = new Inner;
    root->Insert(0, root_, SummaryOf(root_, height_));
    root->Insert(1, change.right, SummaryOf(change.right, height_));
    root_ = root;
    ++height_;
  }
  return true;
}

template <typename Value>
auto GapTree<Value>::InsertBelow(Node& node, int level, const Entry& entry) -> Change {
  if (level == 0) return InsertIntoLeaf(node, entry);
  Inner& inner = *AsInner(node);
  const int slot = std::max(0, inner.ChildBefore(entry.interval.end));
  Change change = InsertBelow(inner.child(slot), level - 1, entry);
  if (!change.done || !(change.summary || change.right)) return change;
  change.summary = inner.Update(slot, SummaryOf(inner.child(slot), level - 1));
  return change.right ? InsertChild(node, slot + 1, change.right, level - 1) : change;
}

// The entries that start before the new one ends all end before it starts, or it is refused: so
// their number is both the answer and the place.
template <typename Value>
auto GapTree<Value>::InsertIntoLeaf(Node& node, const Entry& entry) -> Change {
  Leaf* const leaf = AsLeaf(node);
  const int position = leaf->count() == 0 ? 0 : leaf->CountStartingBefore(entry.interval.end);
  if (position > 0 && leaf->EndAt(position - 1) > entry.interval.start) return {};
  if (!leaf->Reaches(
          entry.interval.start)) {  // then it comes before all entries here, or after all
    Node alone = Leaf::Make(1)->Insert(0, entry);
    if (position == 0) std::swap(node, alone);
    return {.done = true, .summary = true, .right = alone};
  }
  if (!leaf->full()) {
    const Summary before = leaf->summary();
    Leaf* const changed = leaf->Insert(position, entry);
    node = changed;
    return {.done = true, .summary = changed->count() == 1 || changed->summary() != before};
  }
  // Whoever adds in order leaves full leaves behind, not half of them.
  const int middle = position == leaf->count() ? position - 1 : leaf->count() / 2;
  auto [left, right] = leaf->Split(middle);
  if (position <= middle) {
    left = left->Insert(position, entry);
  } else {
    right = right->Insert(position - middle, entry);
  }
  node = left;
  return {.done = true, .summary = true, .right = right};
}

template <typename Value>
auto GapTree<Value>::InsertChild(Node& node, int slot, Node child, int child_level) -> Change {
  Inner* const inner = AsInner(node);
  const Summary summary = SummaryOf(child, child_level);
  if (!inner->full()) {
    inner->Insert(slot, child, summary);
    return {.done = true, .summary = true};
  }
  const int middle = slot == inner->count() ? slot - 1 : inner->count() / 2;
  Inner* const right = new Inner;
  inner->MoveTail(middle, *right);
  if (slot <= middle) {
    inner->Insert(slot, child, summary);
  } else {
    right->Insert(slot - middle, child, summary);
  }
  return {.done = true, .summary = true, .right = right};
}

template <typename Value>
auto GapTree<Value>::Extract(Instant start) -> std::optional<Entry> {
  if (root_ == nullptr || !IsRepresentable(start)) return std::nullopt;
  const std::optional<Entry> taken = ExtractBelow(root_, height_, start);
  if (!taken) return std::nullopt;
  if (--size_ == 0) Clear();
  while (height_ > 0 && AsInner(root_)->count() == 1) {
    const Node child = AsInner(root_)->child(0);
    FreeNode(root_, height_--);
    root_ = child;
  }
  return taken;
}

template <typename Value>
auto GapTree<Value>::ExtractBelow(Node& node, int level, Instant start) -> std::optional<Entry> {
  if (level == 0) {
    Leaf* const leaf = AsLeaf(node);
    const int position = leaf->CountStartingBefore(start + Duration{1}) - 1;
    if (position < 0 || leaf->StartAt(position) != start) return std::nullopt;
    const Entry taken = leaf->EntryAt(position);
    node = leaf->Erase(position);
    return taken;
  }
  Inner& inner = *AsInner(node);
  const int slot = inner.ChildBefore(start + Duration{1});
  if (slot < 0) return std::nullopt;
  const std::optional<Entry> taken = ExtractBelow(inner.child(slot), level - 1, start);
  if (taken) AfterShrinking(inner, slot, level - 1);
  return taken;
}

// Brings `inner` up to date after child `slot` lost something.
template <typename Value>
void GapTree<Value>::AfterShrinking(Inner& inner, int slot, int child_level) {
  const Node child = inner.child(slot);
  if (CountIn(child, child_level) == 0) {
    inner.Remove(slot);
    FreeNode(child, child_level);
    return;
  }
  inner.Update(slot, SummaryOf(child, child_level));
  if (CountIn(child, child_level) > MaxIn(child_level) / 4) return;
  if (slot > 0 && MergeWithNext(inner, slot - 1, child_level)) --slot;
  MergeWithNext(inner, slot, child_level);
}

template <typename Value>
bool GapTree<Value>::MergeWithNext(Inner& inner, int slot, int child_level) {
  if (slot + 1 >= inner.count()) return false;
  const Node left = inner.child(slot);
  const Node right = inner.child(slot + 1);
  const int sum = CountIn(left, child_level) + CountIn(right, child_level);
  if (sum > MaxIn(child_level) * 3 / 4) return false;
  if (child_level > 0) {
    AsInner(right)->MoveTail(0, *AsInner(left));
    FreeNode(right, child_level);
  } else {
    Leaf* const last = AsLeaf(right);
    if (!AsLeaf(left)->Reaches(last->StartAt(last->count() - 1))) return false;
    inner.child(slot) = AsLeaf(left)->Merge(last);
  }
  inner.Remove(slot + 1);
  inner.Update(slot, SummaryOf(inner.child(slot), child_level));
  return true;
}

template <typename Value>
bool GapTree<Value>::Build(std::span<const Entry> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!IsProper(entries[i].interval)) return false;
    if (i > 0 && entries[i].interval.start < entries[i - 1].interval.end) return false;
  }
  Clear();
  if (entries.empty()) return true;
  std::vector<Node> nodes = BuildLeaves(entries);
  for (; nodes.size() > 1; ++height_) nodes = BuildParents(nodes, height_);
  root_ = nodes.front();
  size_ = entries.size();
  return true;
}

template <typename Value>
auto GapTree<Value>::BuildLeaves(std::span<const Entry> entries) -> std::vector<Node> {
  std::vector<Node> leaves;
  while (!entries.empty()) {
    Leaf* const leaf =
        Leaf::Make(static_cast<int>(std::min<std::size_t>(entries.size(), kBuiltEntries)));
    while (!entries.empty() && leaf->count() < kBuiltEntries &&
           leaf->Reaches(entries.front().interval.start)) {
      leaf->PushBack(entries.front());
      entries = entries.subspan(1);
    }
    leaves.push_back(leaf);
  }
  return leaves;
}

template <typename Value>
auto GapTree<Value>::BuildParents(std::span<const Node> children, int child_level)
    -> std::vector<Node> {
  std::vector<Node> parents;
  for (const Node child : children) {
    if (parents.empty() || AsInner(parents.back())->count() == kBuiltChildren) {
      parents.push_back(new Inner);
    }
    Inner* const parent = AsInner(parents.back());
    parent->Insert(parent->count(), child, SummaryOf(child, child_level));
  }
  return parents;
}

template <typename Value>
auto GapTree<Value>::Copy(const void* node, int level) -> Node {
  if (level == 0) return Leaf::Copy(*AsLeaf(node));
  Inner* const copy = new Inner(*AsInner(node));
  for (int i = 0; i < copy->count(); ++i) copy->child(i) = Copy(copy->child(i), level - 1);
  return copy;
}

template <typename Value>
void GapTree<Value>::FreeNode(Node node, int level) {
  if (level == 0) {
    Leaf::Free(AsLeaf(node));
  } else {
    delete AsInner(node);
  }
}

template <typename Value>
void GapTree<Value>::FreeBelow(Node node, int level) {
  for (int i = 0; level > 0 && i < AsInner(node)->count(); ++i) {
    FreeBelow(AsInner(node)->child(i), level - 1);
  }
  FreeNode(node, level);
}

template <typename Value>
std::size_t GapTree<Value>::BytesBelow(const void* node, int level) {
  if (level == 0) return AsLeaf(node)->bytes();
  std::size_t bytes = sizeof(Inner);
  for (int i = 0; i < AsInner(node)->count(); ++i) {
    bytes += BytesBelow(AsInner(node)->child(i), level - 1);
  }
  return bytes;
}

// Goes down by the first starts that the parents know, and remembers the nearest neighbour on the
// right.
template <typename Value>
auto GapTree<Value>::FirstInLeafAfter(Instant instant) const -> Place {
  const void* node = root_;
  const void* next = nullptr;
  int next_level = 0;
  for (int level = height_; level > 0; --level) {
    const Inner& inner = *AsInner(node);
    const int slot = inner.ChildBefore(instant + Duration{1});
    if (slot + 1 < inner.count()) {
      next = inner.child(slot + 1);
      next_level = level - 1;
    }
    node = inner.child(slot);
  }
  return next ? Place{FirstLeaf(next, next_level), 0} : Place{};
}

template <typename Value>
std::string_view GapTree<Value>::BrokenInvariant() const {
  if (root_ == nullptr) return size_ == 0 && height_ == 0 ? "" : "2: an empty tree";
  if (height_ > 0 && AsInner(root_)->count() < 2) return "2: the root has a single child";
  if (const std::string_view broken = BrokenBelow(root_, height_); !broken.empty()) return broken;
  std::size_t entries = 0;
  Instant last_end = kEarliest;
  for (const Entry& entry : *this) {
    if (!IsProper(entry.interval) || entry.interval.start < last_end) return "entries out of order";
    last_end = entry.interval.end;
    ++entries;
  }
  return entries == size_ ? "" : "5: size";
}

template <typename Value>
std::string_view GapTree<Value>::BrokenBelow(const void* node, int level) {
  if (level == 0) return AsLeaf(node)->BrokenInvariant();
  const Inner& inner = *AsInner(node);
  if (const std::string_view broken = inner.BrokenInvariant(); !broken.empty()) return broken;
  for (int i = 0; i < inner.count(); ++i) {
    const std::string_view broken = BrokenBelow(inner.child(i), level - 1);
    if (!broken.empty()) return broken;
    if (inner.child_summary(i) != SummaryOf(inner.child(i), level - 1))
      return "3: a summary is wrong";
  }
  return {};
}

}  // namespace clinic
