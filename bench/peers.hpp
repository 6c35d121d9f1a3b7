// The calendars that are compared: ours, and what one would pick instead.
//
// A peer holds the calendars of all practitioners. It is any class with these members:
//   static constexpr const char* kName
//   static constexpr std::size_t kMostPractitioners        more take too much time or memory
//   explicit Peer(std::size_t practitioners)
//   bool IsFree(practitioner, const Interval&) const
//   bool Book(practitioner, const Interval&, id)           false, unchanged: the time is taken
//   bool Cancel(practitioner, const Interval&)             false: it is not booked
//   Instant NextGap(practitioner, Instant from, Duration length) const
//                                                          the first t >= from with room for length
// Bookings of one practitioner never overlap. Each peer is written as well as its container allows,
// and none checks anything but overlap.
#pragma once

#include <cstdint>

#include "bench/peers/bitmap.hpp"
#include "bench/peers/each.hpp"
#include "bench/peers/geometry.hpp"
#include "bench/peers/icl.hpp"
#include "bench/peers/ordered.hpp"
#include "bench/peers/sqlite.hpp"
#include "clinic/timeline.hpp"

namespace clinic::bench {

/// The calendar of this library.
class ClinicPeer {
 public:
  static constexpr const char* kName = "clinic";
  static constexpr std::size_t kMostPractitioners = 10'000;

  bool IsFree(const Interval& interval) const { return timeline_.IsFree(interval); }
  bool Book(const Interval& interval, std::uint32_t id) { return timeline_.Insert(interval, id); }
  bool Cancel(const Interval& interval) { return timeline_.Erase(interval.start); }
  Instant NextGap(Instant from, Duration length) const {
    return timeline_.EarliestGap(from, length, kLatest).value_or(kLatest);
  }

 private:
  Timeline<std::uint32_t> timeline_;
};

/// Calls f.operator()<Peer>() for each that keeps exact times and ids in memory of its own, ours
/// first.
template <typename F>
void ForEachOrderedPeer(F f) {
  f.template operator()<Each<ClinicPeer>>();
  f.template operator()<Each<BtreeMapCalendar>>();
  f.template operator()<Each<SortedVectorCalendar>>();
  f.template operator()<Each<SetCalendar>>();
}

/// Calls f.operator()<Peer>() for each of all, ours first, the floor last.
template <typename F>
void ForEachPeer(F f) {
  ForEachOrderedPeer(f);
  f.template operator()<IclSetPeer>();
  f.template operator()<IclMapPeer>();
  f.template operator()<RtreePeer>();
  f.template operator()<SqlitePeer>();
  f.template operator()<Each<BitmapCalendar>>();
  f.template operator()<FlatBitmapPeer>();
}

}  // namespace clinic::bench
