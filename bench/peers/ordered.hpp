// Calendars in ordered containers: what one would write first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <vector>

#include "absl/container/btree_map.h"
#include "clinic/interval.hpp"

namespace clinic::bench {

/// What stands in the way, and what it is called.
struct Taken {
  Interval interval;
  std::uint32_t id = 0;
};

/// Start to end and id, in Abseil's B-tree: the peer to beat.
class BtreeMapCalendar {
 public:
  static constexpr const char* kName = "absl::btree_map";
  static constexpr std::size_t kMostPractitioners = 10'000;

  bool IsFree(const Interval& interval) const {
    return EndsBy(map_.lower_bound(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t id) {
    const auto next = map_.lower_bound(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    map_.emplace_hint(next, interval.start, EndAndId{interval.end, id});
    return true;
  }
  bool Cancel(const Interval& interval) { return map_.erase(interval.start) > 0; }
  Instant NextGap(Instant from, Duration length) const {
    auto it = map_.lower_bound(from);
    if (it != map_.begin()) from = std::max(from, std::prev(it)->second.end);
    for (; it != map_.end() && it->first - from < length; ++it) from = it->second.end;
    return from;
  }

 private:
  struct EndAndId {
    Instant end;
    std::uint32_t id;
  };
  using Map = absl::btree_map<Instant, EndAndId>;

  // True where the booking before `next` ends by `instant`, or is none.
  bool EndsBy(Map::const_iterator next, Instant instant) const {
    return next == map_.begin() || std::prev(next)->second.end <= instant;
  }

  Map map_;
};

/// A red-black tree of bookings.
class SetCalendar {
 public:
  static constexpr const char* kName = "std::set";
  static constexpr std::size_t kMostPractitioners = 10'000;

  bool IsFree(const Interval& interval) const {
    return EndsBy(set_.lower_bound(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t id) {
    const auto next = set_.lower_bound(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    set_.insert(next, Taken{interval, id});
    return true;
  }
  bool Cancel(const Interval& interval) {
    const auto it = set_.find(interval.start);
    if (it == set_.end()) return false;
    set_.erase(it);
    return true;
  }
  Instant NextGap(Instant from, Duration length) const {
    auto it = set_.lower_bound(from);
    if (it != set_.begin()) from = std::max(from, std::prev(it)->interval.end);
    for (; it != set_.end() && it->interval.start - from < length; ++it) from = it->interval.end;
    return from;
  }

 private:
  struct ByStart {
    using is_transparent = void;
    static Instant Start(const Taken& taken) { return taken.interval.start; }
    static Instant Start(Instant instant) { return instant; }
    bool operator()(const auto& a, const auto& b) const { return Start(a) < Start(b); }
  };
  using Set = std::set<Taken, ByStart>;

  bool EndsBy(Set::const_iterator next, Instant instant) const {
    return next == set_.begin() || std::prev(next)->interval.end <= instant;
  }

  Set set_;
};

/// Bookings in one piece of memory, in order.
class SortedVectorCalendar {
 public:
  static constexpr const char* kName = "sorted vector";
  static constexpr std::size_t kMostPractitioners = 10'000;

  bool IsFree(const Interval& interval) const {
    return EndsBy(FirstFrom(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t id) {
    const auto next = FirstFrom(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    vector_.insert(next, Taken{interval, id});
    return true;
  }
  bool Cancel(const Interval& interval) {
    const auto it = FirstFrom(interval.start);
    if (it == vector_.end() || it->interval.start != interval.start) return false;
    vector_.erase(it);
    return true;
  }
  Instant NextGap(Instant from, Duration length) const {
    auto it = FirstFrom(from);
    if (it != vector_.begin()) from = std::max(from, std::prev(it)->interval.end);
    for (; it != vector_.end() && it->interval.start - from < length; ++it) from = it->interval.end;
    return from;
  }

 private:
  using Vector = std::vector<Taken>;

  Vector::const_iterator FirstFrom(Instant instant) const {
    return std::lower_bound(
        vector_.begin(), vector_.end(), instant,
        [](const Taken& taken, Instant start) { return taken.interval.start < start; });
  }
  bool EndsBy(Vector::const_iterator next, Instant instant) const {
    return next == vector_.begin() || std::prev(next)->interval.end <= instant;
  }

  Vector vector_;
};

}  // namespace clinic::bench
