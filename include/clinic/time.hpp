// Time, as the engine counts it.
//
// Three types, all of them std::chrono's own, so that a mistake between them does not compile:
//
//   Instant     a point on the UTC time line, whole seconds since 1970-01-01T00:00:00Z, leap seconds
//               not counted (POSIX time). What bookings are stored and compared in.
//   CivilTime   what a clock on a wall shows, without saying where the wall is. What recurrence rules
//               and opening hours are written in.
//   Duration    whole seconds.
//
// A Zone (clinic/zone.hpp) is what turns one into the other.
//
// All functions here are constexpr, pure, and safe to call from any thread.
#pragma once

#include <chrono>

namespace clinic {

/// A point in time: whole seconds since 1970-01-01T00:00:00Z (POSIX time), 64 bits.
using Instant = std::chrono::sys_seconds;

/// A length of time in whole seconds, 64 bits; negative lengths are representable.
using Duration = std::chrono::seconds;

/// A date and time of day without a zone, whole seconds (RFC 5545 §3.3.5, form 1).
using CivilTime = std::chrono::local_seconds;

/// A date without a zone.
using CivilDay = std::chrono::local_days;

/// The earliest instant that the engine accepts, inclusive: 0001-01-01T00:00:00Z.
inline constexpr Instant kEarliest = std::chrono::sys_days{
    std::chrono::year{1} / std::chrono::January / 1};

/// The end of time for the engine, exclusive: 10000-01-01T00:00:00Z. RFC 3339 cannot write it.
inline constexpr Instant kLatest = std::chrono::sys_days{
    std::chrono::year{10000} / std::chrono::January / 1};

/// True where `instant` lies in the range [kEarliest, kLatest) that the engine accepts. O(1).
constexpr bool IsRepresentable(Instant instant) {
  return kEarliest <= instant && instant < kLatest;
}

}  // namespace clinic
