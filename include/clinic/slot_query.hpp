// Which times to look for.
//
//   SlotQuery query{.specialty = "cardiology", .range = next_month};
//   query.times = {{.weekdays = {std::chrono::Monday}, .from = 8h, .until = 12h}};
//   query.preferred = {my_doctor};
//   query.preferred_within = days{7};              // rather a week later with her
//   const auto slots = scheduler.FindSlots(query);
//
// Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clinic/change.hpp"
#include "clinic/id.hpp"
#include "clinic/interval.hpp"

namespace clinic {

/// Hours of the week, by a clock on the wall. On each of the days the window reaches from the
/// instant that the clock shows `from` to the one that it shows `until`, each placed in the zone by
/// itself (clinic/zone.hpp): eight to twelve is an hour more or less when the clocks change
/// between.
struct CivilWindow {
  std::vector<std::chrono::weekday> weekdays{};  ///< every day where there are none
  Duration from{0};                              ///< since midnight, inclusive
  Duration until = std::chrono::hours{24};       ///< since midnight, exclusive
};

/// Which of the times that can be booked come first.
enum class SlotRanking : std::uint8_t {
  kSoonest,  ///< by start, then by resource
  /// Those that leave no unusable gap before all others; among each as kSoonest. A gap is free
  /// time of the resource next to the visit with its buffers, before or after it, up to what is
  /// closed, off or taken; it is unusable where it is longer than nothing and shorter than
  /// `shortest_useful`.
  kTightest,
};

struct SlotQuery {
  std::vector<ResourceId> any_of{};        ///< one of these is booked
  std::optional<std::string> specialty{};  ///< or one that has this specialty
  std::vector<ResourceId> together{};      ///< all of these are booked with it
  std::vector<PoolRequest> pools{};        ///< and so many of these, whose members may be exchanged
  Interval range{};                        ///< the visit lies inside; what is past is not offered
  std::optional<Duration> duration{};  ///< the default of the one that is booked where not given
  std::size_t limit = 50;

  /// The visit lies inside one of these; anywhere where there are none.
  std::vector<CivilWindow> times{};
  std::optional<std::string> times_zone{};  ///< whose clock; that of the one booked if not given

  /// A time of one of these counts as if it started that much earlier, and comes before others that
  /// start then: it beats those that start up to so much before it, and no others.
  std::vector<ResourceId> preferred{};
  Duration preferred_within{0};

  SlotRanking ranking = SlotRanking::kSoonest;
  /// The default of the one that is booked where not given.
  std::optional<Duration> shortest_useful{};
};

/// A time that can be booked on a resource.
struct Slot {
  ResourceId resource;  ///< nil where only pools were asked for
  Interval interval;

  friend bool operator==(const Slot&, const Slot&) = default;
};

/// A part of the reason why a question for times has no answer.
struct Blocker {
  enum class Kind : std::uint8_t {
    kPast,       ///< times before now are not offered
    kHorizon,    ///< nor those beyond the scheduler's horizon
    kTimeOfDay,  ///< SlotQuery::times
    kClosed,     ///< the hours of those who could be booked
    kTimeOff,    ///< their time off
    kBookings,   ///< what is booked with them
    kTogether,   ///< `resource`, which is to be booked with them
    kPools,      ///< the pools that are to be booked with them
    kDuration,   ///< even a second would do where that visit does not
    kNobody,     ///< there is nobody to be booked
  };
  Kind kind;
  std::optional<ResourceId> resource{};
  std::size_t bookings = 0;  ///< how many, of kBookings

  friend bool operator==(const Blocker&, const Blocker&) = default;
};

/// Without all of these there would be a time; without only some of them there would not.
using Explanation = std::vector<Blocker>;

}  // namespace clinic
