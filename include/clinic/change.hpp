// What can be asked of a scheduler's bookings: to make one, to move one, to take one a step
// further. Plain values; Scheduler::Apply takes several at once, all or nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"

namespace clinic {

/// Rules that a booking does not have to keep.
struct Waivers {
  bool past = false;          ///< may start before now
  bool availability = false;  ///< may lie outside availability, off the grid, beyond the horizon
  bool conflicts = false;     ///< may book over what is there

  /// What staff may do on purpose.
  static constexpr Waivers Override() {
    return {.past = false, .availability = true, .conflicts = true};
  }
  /// What loading another system's bookings needs: conflicts are still refused.
  static constexpr Waivers Import() {
    return {.past = true, .availability = true, .conflicts = false};
  }
};

/// Any `count` different ones of the resources that have a specialty, no matter which: a pool.
struct PoolRequest {
  std::string specialty{};
  std::size_t count = 1;  ///< at least 1

  friend bool operator==(const PoolRequest&, const PoolRequest&) = default;
};

/// A booking to be made. It takes at least one resource, and none twice.
struct BookRequest {
  std::vector<ResourceId> resources{};  ///< these very ones
  std::vector<PoolRequest> pools{};     ///< and as many of these, none of them twice
  Interval interval{};                  ///< the visit; buffers come on top
  std::string reason{};
  std::optional<BookingId> id{};  ///< made where it is not given; a retry finds that it exists
  std::optional<std::string> status{};  ///< an initial state; the workflow's own where not given
  std::optional<SeriesId> series{};
  std::optional<Duration> hold{};  ///< for how long it is held; booked where not given
  Waivers waive{};
};

/// Where a booking is to be moved.
struct RescheduleRequest {
  Interval interval{};
  /// What the booking takes from now on: these very resources, and so many of these pools. What it
  /// has, with members of its pools chosen anew, where neither is given.
  std::optional<std::vector<ResourceId>> resources{};
  std::optional<std::vector<PoolRequest>> pools{};
  Waivers waive{};
};

/// A booking to be moved.
struct Move {
  BookingId booking{};
  RescheduleRequest to{};
  std::optional<std::uint32_t> expected_version{};  ///< kStaleVersion unless it has this one
};

/// An action of the workflow to be taken: "cancel", "confirm", ...
struct Act {
  BookingId booking{};
  std::string action{};
  std::optional<std::uint32_t> expected_version{};  ///< kStaleVersion unless it has this one
};

/// One of several changes that are asked for at once.
using Change = std::variant<BookRequest, Move, Act>;

}  // namespace clinic
