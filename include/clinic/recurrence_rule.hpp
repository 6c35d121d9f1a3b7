// One recurrence rule (RFC 5545 §3.3.10): what is written after "RRULE:" in a calendar file.
//
//   FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR              every working day
//   FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231        the last Friday of each month, for this year
//   FREQ=DAILY;INTERVAL=2;COUNT=10                every other day, ten times
//
// A rule alone names no times: it needs a start (clinic/recurrence.hpp).
//
// A RecurrenceRule is always valid: it is made by Parse or by Make, and both refuse what the RFC
// forbids. It is an immutable value, safe to share between threads.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "clinic/zone.hpp"

namespace clinic {

/// How long a rule's period is (FREQ), shortest first.
enum class Frequency { kSecondly, kMinutely, kHourly, kDaily, kWeekly, kMonthly, kYearly };

/// One entry of BYDAY: a weekday, and which of them. 0 is every one of the period, 2 the second,
/// -1 the last.
struct WeekdayOrdinal {
  int ordinal = 0;
  std::chrono::weekday day;

  friend bool operator==(const WeekdayOrdinal&, const WeekdayOrdinal&) = default;
};

/// Where a rule ends, inclusive, in one of the three forms of UNTIL:
///   CivilDay   20261231           through the end of that day
///   CivilTime  20261231T170000    up to that local time
///   Instant    20261231T170000Z   up to that instant; must be placed in a zone before the rule can
///   be
///                                 expanded (RecurrenceRule::PlacedIn)
using RecurrenceEnd = std::variant<CivilDay, CivilTime, Instant>;

/// The parts of a rule, by the names of the RFC. An empty list is a part that is not there. Ranges
/// are inclusive; a negative number counts from the end of the year or month.
struct RecurrenceParts {
  Frequency frequency = Frequency::kDaily;
  std::uint32_t interval = 1;                  ///< 1..999999999 periods from one to the next
  std::optional<std::uint32_t> count{};        ///< 1..999999999 occurrences; excludes until
  std::optional<RecurrenceEnd> until{};        ///< inclusive; excludes count
  std::vector<int> by_second{};                ///< 0..60; 60 is read as 59 (RFC 5545 §3.3.12)
  std::vector<int> by_minute{};                ///< 0..59
  std::vector<int> by_hour{};                  ///< 0..23
  std::vector<WeekdayOrdinal> by_day{};        ///< ordinals -53..53
  std::vector<int> by_month_day{};             ///< 1..31, -31..-1
  std::vector<int> by_year_day{};              ///< 1..366, -366..-1
  std::vector<int> by_week_number{};           ///< 1..53, -53..-1, as ISO 8601 counts weeks
  std::vector<std::chrono::month> by_month{};  ///< January..December
  std::vector<int> by_set_position{};          ///< 1..366, -366..-1
  std::chrono::weekday week_start = std::chrono::Monday;  ///< WKST

  friend bool operator==(const RecurrenceParts&, const RecurrenceParts&) = default;
};

/// A valid recurrence rule.
class RecurrenceRule {
 public:
  /// Reads a rule, with or without "RRULE:" before it; names and weekdays in either case, parts in
  /// any order (RFC 5545 §3.3.10). kInvalidArgument, with a message that names the part, for
  /// anything that the RFC does not allow: see Make, and also unknown or repeated parts, empty
  /// lists and numbers that cannot be read. O(length).
  static Result<RecurrenceRule> Parse(std::string_view text);

  /// Makes a rule of its parts. Lists are sorted and entries that repeat are dropped, so that rules
  /// that say the same compare equal. kInvalidArgument, with a message that names the part, for
  ///   a number out of its range;
  ///   COUNT together with UNTIL;
  ///   an ordinal in BYDAY unless FREQ is MONTHLY or YEARLY, and with BYWEEKNO;
  ///   BYMONTHDAY with WEEKLY;
  ///   BYYEARDAY with DAILY, WEEKLY or MONTHLY;
  ///   BYWEEKNO unless FREQ is YEARLY;
  ///   BYSETPOS without another BY part.
  static Result<RecurrenceRule> Make(RecurrenceParts parts);

  const RecurrenceParts& parts() const { return parts_; }

  /// The rule with an UNTIL given in UTC put as what the clocks in `zone` show then, so that it can
  /// be expanded in civil time; any other rule as it is. Within the hour that a clock repeats, the
  /// two passes are not told apart.
  RecurrenceRule PlacedIn(const Zone& zone) const;

  /// The canonical text: FREQ first, then UNTIL or COUNT, INTERVAL and the BY parts in the RFC's
  /// order, then WKST; what has its default value is left out, lists are sorted. Parse gives the
  /// rule back.
  std::string ToString() const;

  friend bool operator==(const RecurrenceRule&, const RecurrenceRule&) = default;

 private:
  explicit RecurrenceRule(RecurrenceParts parts) : parts_(std::move(parts)) {}

  RecurrenceParts parts_;
};

}  // namespace clinic
