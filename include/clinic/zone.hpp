// Time zones: what turns a civil time into an instant, and back.
//
// A civil time does not always name one instant. When a clock is set forward it skips some local
// times, and when it is set back it shows some of them twice. Whoever must answer "when is 02:30
// here?" all the same answers by the rule of RFC 5545 §3.3.5, and this library does so everywhere:
//
//   a skipped time moves forward by the gap     02:30 on 2024-03-10 in New York is 03:30 EDT
//   a repeated time means the first of the two  01:30 on 2024-11-03 in New York is 01:30 EDT
//
// Zone::ToInstant applies that rule; Zone::Lookup tells instead what is doubtful, and how.
//
// The zones come from the machine's IANA database, read once a zone and then kept for the life of
// the process. Everything here is safe to call from any thread.
#pragma once

#include <string>
#include <string_view>

#include "clinic/result.hpp"
#include "clinic/time.hpp"

namespace clinic {

namespace internal {
class ZoneTable;
}  // namespace internal

/// What a civil time is in a zone.
enum class CivilKind {
  kUnique,    ///< it names one instant
  kSkipped,   ///< the clock was set forward over it: it names none
  kRepeated,  ///< the clock was set back over it: it names two
};

/// A civil time as a zone sees it, the doubtful ones included. Where the time is unique all three
/// instants are the same.
struct CivilLookup {
  CivilKind kind = CivilKind::kUnique;
  Instant before;      ///< read with the offset that holds before the clock is changed
  Instant transition;  ///< when the clock is changed
  Instant after;       ///< read with the offset that holds after the clock is changed

  friend bool operator==(const CivilLookup&, const CivilLookup&) = default;
};

/// An IANA time zone. A value the size of a pointer; the default one is UTC.
class Zone {
 public:
  /// UTC.
  Zone() : Zone(Utc()) {}

  /// The zone with this name in the IANA database, such as "Europe/Berlin" or "UTC"; upper and
  /// lower case count. kInvalidArgument where there is none. Names that mean something else on
  /// every machine ("localtime") or are no zone of civil time ("right/UTC", "Fixed/UTC+01:00:00",
  /// paths) are refused. Reads files at the first call for a name; O(1) after that.
  static Result<Zone> Load(std::string_view iana_name);

  /// UTC, which is always there.
  static Zone Utc();

  /// The name that the zone was loaded by.
  const std::string& name() const;

  /// The instant of a civil time: a skipped one moves forward by the gap, a repeated one means the
  /// first. Years 1 to 9999; the last known rule goes on for ever. O(log transitions).
  Instant ToInstant(CivilTime civil) const;

  /// What the clocks show at an instant. O(log transitions).
  CivilTime ToCivil(Instant instant) const;

  /// What is added to UTC to get the local time at an instant; positive to the east.
  Duration OffsetAt(Instant instant) const;

  /// As ToInstant, with the doubt as a value. `before` is what ToInstant gives, whatever the kind.
  CivilLookup Lookup(CivilTime civil) const;

  /// True where both were loaded by the same name.
  friend bool operator==(const Zone&, const Zone&) = default;

 private:
  explicit Zone(const internal::ZoneTable& table) : table_(&table) {}

  const internal::ZoneTable* table_;  // never freed
};

}  // namespace clinic
