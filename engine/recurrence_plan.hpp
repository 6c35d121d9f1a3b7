// A rule and its start, worked out into what can be walked fast.
//
// Every rule is brought into one of six shapes. In all of them a period gives a set of times, in
// order: some days (or one unit of an hour, minute or second) times the same list of `offsets` into
// each.
//
//   kProgression  nothing varies from one period to the next: first_period + k * step. Most rules
//   that
//                 people write: every day, each Monday and Wednesday, every 15 minutes from 9 to 5.
//   kYears        YEARLY: the days of a year
//   kMonths       MONTHLY: the days of a month
//   kWeeks        WEEKLY with BYMONTH: the days of a week
//   kDays         DAILY with parts that limit days; walked by months
//   kUnits        HOURLY, MINUTELY and SECONDLY with parts that limit them: a lattice of units,
//   from
//                 which the next one that may pass is found by jumps of seconds, hours or days
//
// A rule by hours, minutes or seconds whose units fall on the same times every day is brought into
// the shape of a DAILY rule, and a DAILY rule that only BYDAY limits into that of a WEEKLY one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "clinic/recurrence_rule.hpp"
#include "engine/recurrence_days.hpp"

namespace clinic::internal {

/// Seconds since 1970-01-01T00:00:00, civil: the first second of year 1, and the first after 9999.
inline constexpr std::int64_t kFirstSecond = kEarliest.time_since_epoch().count();
inline constexpr std::int64_t kEndOfTime = kLatest.time_since_epoch().count();

enum class PlanShape { kProgression, kYears, kMonths, kWeeks, kDays, kUnits };

/// Which times of day BYHOUR, BYMINUTE and BYSECOND let through, as bits.
struct ClockFilter {
  std::uint64_t hours;
  std::uint64_t minutes;
  std::uint64_t seconds;
};

/// See above. Immutable once made.
struct RulePlan {
  /// Requires that `rule` has no UNTIL in UTC.
  RulePlan(const RecurrenceRule& rule, CivilTime start);

  std::int64_t first;  ///< the start: nothing before it
  std::int64_t end;    ///< exclusive; kEndOfTime where there is no UNTIL
  std::optional<std::uint32_t> count;

  PlanShape shape = PlanShape::kProgression;
  std::int64_t interval;          ///< years, months, weeks or days from a period to the next
  std::int64_t first_period = 0;  ///< seconds; kProgression and kUnits
  std::int64_t unit = 1;          ///< seconds of a period's unit; kUnits
  std::int64_t step = 0;          ///< seconds from a period to the next; kProgression and kUnits
  std::vector<std::int32_t> offsets;       ///< rising; into a day, a unit, or the whole period
  std::vector<std::int32_t> set_position;  ///< BYSETPOS, where it must be applied period by period
  unsigned week_start;
  DayFilter days;
  ClockFilter clock;

 private:
  // `parts` are the rule's, with what it leaves to its start filled in.
  RulePlan(RecurrenceParts parts, std::int64_t start);
};

/// Writes the entries of 0..size-1 that BYSETPOS selects to `selected`, rising.
void SelectPositions(const std::vector<std::int32_t>& positions, std::int64_t size,
                     std::vector<std::int64_t>& selected);

}  // namespace clinic::internal
