// The calendars that are compared: ours, and what one would write instead.
//
// A peer is any default-constructible class with these members:
//   static constexpr const char* kName
//   bool IsFree(const Interval&) const
//   bool Book(const Interval&, std::uint32_t handle)       false, unchanged: the time is taken
//   bool Cancel(Instant start)                             false: nothing starts there
//   Instant NextGap(Instant from, Duration length) const   the first t >= from with room for length
// Bookings of one calendar never overlap. Each peer is written as well as its container allows, and
// none checks anything but overlap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <vector>

#include "absl/container/btree_map.h"
#include "bench/workload.hpp"
#include "clinic/gap_tree.hpp"

namespace clinic::bench {

/// The tree of this library.
class ClinicPeer {
 public:
  static constexpr const char* kName = "clinic";

  bool IsFree(const Interval& interval) const { return tree_.IsFree(interval); }
  bool Book(const Interval& interval, std::uint32_t handle) {
    return tree_.Insert(interval, handle);
  }
  bool Cancel(Instant start) { return tree_.Erase(start); }
  Instant NextGap(Instant from, Duration length) const {
    return tree_.EarliestGap(from, length, kLatest).value_or(kLatest);
  }

 private:
  GapTree<std::uint32_t> tree_;
};

/// Start to end and handle, in Abseil's B-tree: the peer to beat.
class BtreeMapPeer {
 public:
  static constexpr const char* kName = "absl::btree_map";

  bool IsFree(const Interval& interval) const {
    return EndsBy(map_.lower_bound(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t handle) {
    const auto next = map_.lower_bound(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    map_.emplace_hint(next, interval.start, Taken{interval.end, handle});
    return true;
  }
  bool Cancel(Instant start) { return map_.erase(start) > 0; }
  Instant NextGap(Instant from, Duration length) const {
    auto it = map_.lower_bound(from);
    if (it != map_.begin()) from = std::max(from, std::prev(it)->second.end);
    for (; it != map_.end() && it->first - from < length; ++it) from = it->second.end;
    return from;
  }

 private:
  struct Taken {
    Instant end;
    std::uint32_t handle;
  };
  using Map = absl::btree_map<Instant, Taken>;

  // True where the booking before `next` ends by `instant`, or is none.
  bool EndsBy(Map::const_iterator next, Instant instant) const {
    return next == map_.begin() || std::prev(next)->second.end <= instant;
  }

  Map map_;
};

/// A red-black tree of bookings.
class SetPeer {
 public:
  static constexpr const char* kName = "std::set";

  bool IsFree(const Interval& interval) const {
    return EndsBy(set_.lower_bound(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t handle) {
    const auto next = set_.lower_bound(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    set_.insert(next, Booking{interval, handle});
    return true;
  }
  bool Cancel(Instant start) {
    const auto it = set_.find(start);
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
    static Instant Start(const Booking& booking) { return booking.interval.start; }
    static Instant Start(Instant instant) { return instant; }
    bool operator()(const auto& a, const auto& b) const { return Start(a) < Start(b); }
  };
  using Set = std::set<Booking, ByStart>;

  bool EndsBy(Set::const_iterator next, Instant instant) const {
    return next == set_.begin() || std::prev(next)->interval.end <= instant;
  }

  Set set_;
};

/// Bookings in one piece of memory, in order.
class SortedVectorPeer {
 public:
  static constexpr const char* kName = "sorted vector";

  bool IsFree(const Interval& interval) const {
    return EndsBy(FirstFrom(interval.end), interval.start);
  }
  bool Book(const Interval& interval, std::uint32_t handle) {
    const auto next = FirstFrom(interval.end);
    if (!EndsBy(next, interval.start)) return false;
    vector_.insert(next, Booking{interval, handle});
    return true;
  }
  bool Cancel(Instant start) {
    const auto it = FirstFrom(start);
    if (it == vector_.end() || it->interval.start != start) return false;
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
  using Vector = std::vector<Booking>;

  Vector::const_iterator FirstFrom(Instant instant) const {
    return std::lower_bound(
        vector_.begin(), vector_.end(), instant,
        [](const Booking& booking, Instant start) { return booking.interval.start < start; });
  }
  bool EndsBy(Vector::const_iterator next, Instant instant) const {
    return next == vector_.begin() || std::prev(next)->interval.end <= instant;
  }

  Vector vector_;
};

/// Calls f.operator()<Peer>() for each of them, ours first.
template <typename F>
void ForEachPeer(F f) {
  f.template operator()<ClinicPeer>();
  f.template operator()<BtreeMapPeer>();
  f.template operator()<SetPeer>();
  f.template operator()<SortedVectorPeer>();
}

}  // namespace clinic::bench
