// Time as text: RFC 3339, which is the part of ISO 8601 that the Internet writes.
//
//   "2024-03-05T14:30:00-05:00"   an Instant: the offset says where on the UTC time line it is
//   "2024-03-05T19:30:00Z"        the same Instant
//   "2024-03-05T14:30"            a CivilTime: what the wall clock shows, wherever the wall is
//   "2024-03-05"                  a CivilDay
//   "14:30"                       a time of day, as the Duration since midnight
//
// What is read is strict, so that nothing is understood otherwise than it was meant: the Gregorian
// calendar, years 0001 to 9999 of exactly four digits, two digits everywhere else, dates that
// exist. Seconds may be left out. A fraction of a second is refused unless it is all zeros, for the
// engine counts whole seconds; so is :60, for it counts no leap seconds. "T" and "Z" may be lower
// case (RFC 3339 §5.6); a space instead of the "T", ISO 8601's basic form ("20240305T1430"), week
// dates and the hour 24 are refused.
//
// Everything that is refused is ErrorCode::kInvalidArgument, and the message says what is wrong in
// a sentence that can be shown to whoever typed it.
//
// All functions are pure, O(1), use no locale, allocate nothing but the string that they return,
// and are safe to call from any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "clinic/result.hpp"
#include "clinic/time.hpp"

namespace clinic {

/// What a text says: an Instant where it names an offset, a CivilTime where it names none.
using TimeText = std::variant<Instant, CivilTime>;

/// Reads "YYYY-MM-DDThh:mm[:ss[.0…]]", followed by "Z" or "±hh:mm" or nothing. An Instant in the
/// result is representable (IsRepresentable): 9999-12-31T23:59:59-01:00 is refused.
Result<TimeText> ParseTime(std::string_view text);

/// As ParseTime, but refuses a text without an offset.
Result<Instant> ParseInstant(std::string_view text);

/// Reads "YYYY-MM-DD".
Result<CivilDay> ParseDate(std::string_view text);

/// Reads "hh:mm[:ss[.0…]]": the time since midnight, in [0, 24 h).
Result<Duration> ParseTimeOfDay(std::string_view text);

/// "2024-03-05T14:30:00-05:00": what a clock shows that is `utc_offset` ahead of UTC. RFC 3339
/// knows offsets of whole minutes only, so one with seconds (local mean time, before about 1900) is
/// cut to the minute; and it knows no year 10000, so an instant that the offset moves out of the
/// years 0001 to 9999 is written in UTC. The text always means `instant`: ParseInstant gives it
/// back. Requires IsRepresentable(instant) and an offset of less than 24 h either way.
std::string FormatRfc3339(Instant instant, Duration utc_offset);

/// "2024-03-05T19:30:00Z". Requires IsRepresentable(instant).
std::string FormatUtc(Instant instant);

/// "2024-03-05T14:30:00". Requires a year from 1 to 9999.
std::string FormatCivil(CivilTime time);

/// "2024-03-05". Requires a year from 1 to 9999.
std::string FormatDate(CivilDay day);

}  // namespace clinic
