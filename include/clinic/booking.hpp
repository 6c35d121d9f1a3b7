// A booking and what happens to it: plain values, as they go in and out of the engine and the
// store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/result.hpp"

namespace clinic {

/// The time that a booking takes of one resource: the booking's own interval, and on a practitioner
/// the buffers before and after it too.
struct Allocation {
  ResourceId resource{};
  Interval occupied{};
  /// The specialty for which any resource would have done; empty where this very one was asked for.
  std::string pool{};

  friend bool operator==(const Allocation&, const Allocation&) = default;
};

/// One interval taken on several resources at once, all or nothing.
struct Booking {
  BookingId id{};
  Interval interval{};                    ///< the visit itself, without buffers
  std::vector<Allocation> allocations{};  ///< at least one, each resource once, ordered by resource
  std::string status{};                   ///< a state's name in the workflow
  bool occupies = true;                   ///< whether that state takes up time
  bool overrides = false;                 ///< booked over what stood in the way, on purpose
  std::optional<Instant> expires_at{};    ///< a hold takes up time only before this instant
  std::optional<SeriesId> series{};
  std::string reason{};
  std::uint32_t version = 1;  ///< rises by one with every change
  Instant created_at{};
  Instant updated_at{};

  friend bool operator==(const Booking&, const Booking&) = default;
};

/// True where the booking takes up its time at the instant `now`.
inline bool OccupiesAt(const Booking& booking, Instant now) {
  return booking.occupies && (!booking.expires_at || now < *booking.expires_at);
}

/// Whether the booking can be kept at all. In order: kInvalidArgument where it has no allocation,
/// or they are not ordered by resource, each once; kBadInterval where an interval is not proper, or
/// an allocation does not hold all of the visit.
Result<void> Validate(const Booking& booking);

/// The allocations of `booking` that take up time, at `booking.updated_at`, which `before` does not
/// take up already: those that have to be free. All of them where `before` is null; none where the
/// booking takes up no time then, or overrides.
std::vector<Allocation> TimeToClaim(const Booking& booking, const Booking* before);

/// One step in a booking's life; the first one leads from the empty status.
struct Transition {
  BookingId booking{};
  std::uint32_t version = 1;  ///< the booking's version after it
  std::string action{};       ///< "book", "hold", "confirm", "reschedule", ...
  std::string from{};
  std::string to{};
  Instant at{};
  std::string by{};      ///< who asked for it
  std::string reason{};  ///< why, in their words; may be empty

  friend bool operator==(const Transition&, const Transition&) = default;
};

/// Which bookings to list. Filters that are given all apply. The order is by start, then by id.
struct BookingQuery {
  std::vector<ResourceId> resources{};    ///< bookings that take every one of these
  std::optional<Interval> overlapping{};  ///< bookings whose visit, without buffers, overlaps it
  std::optional<std::string> status{};
  std::optional<std::pair<Instant, BookingId>> after{};  ///< the last one of the page before
  std::size_t limit = 50;
};

}  // namespace clinic
