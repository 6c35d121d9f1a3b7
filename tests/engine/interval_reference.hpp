// What a GapTree and a Timeline are compared with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

#include "clinic/gap_tree.hpp"

namespace clinic {

/// The same answers, by walking through a std::map.
class IntervalReference {
 public:
  using Entry = GapTree<std::uint32_t>::Entry;

  bool IsFree(const Interval& interval) const {
    return IsProper(interval) && Overlapping(interval).empty();
  }

  bool Insert(const Interval& interval, std::uint32_t value) {
    return IsFree(interval) && entries_.emplace(interval.start, Entry{interval, value}).second;
  }

  std::optional<Entry> Extract(Instant start) {
    const auto found = FindAt(start);
    entries_.erase(start);
    return found;
  }

  std::optional<Entry> FindAt(Instant start) const {
    const auto it = entries_.find(start);
    return it == entries_.end() ? std::nullopt : std::optional<Entry>(it->second);
  }

  std::vector<Entry> Overlapping(const Interval& interval) const {
    std::vector<Entry> found;
    auto it = entries_.lower_bound(interval.start);
    if (it != entries_.begin()) --it;
    for (; it != entries_.end() && it->first < interval.end; ++it) {
      if (Overlaps(it->second.interval, interval)) found.push_back(it->second);
    }
    return found;
  }

  std::optional<Instant> EarliestGap(Instant from, Duration length, Instant limit) const {
    Instant free = from;
    auto it = entries_.lower_bound(from);
    if (it != entries_.begin()) free = std::max(free, std::prev(it)->second.interval.end);
    for (; it != entries_.end() && it->first - free < length; ++it) free = it->second.interval.end;
    return free <= limit - length ? std::optional<Instant>(free) : std::nullopt;
  }

  const std::map<Instant, Entry>& entries() const { return entries_; }

 private:
  std::map<Instant, Entry> entries_;
};

}  // namespace clinic
