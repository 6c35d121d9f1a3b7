// Working hours: rules in civil time, expanded to windows on the time line.
//
//   AvailabilityRule hours{.id = id, .start = monday + 9h, .end = monday + 17h,
//                          .rule = *RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")};
//   ExpandWindows({&hours, 1}, zone, week);       // five windows of eight hours
//
// Each end of a window is placed in the zone by itself: 09:00 to 17:00 is eight hours of wall
// clock, and an hour more or less on a night when the clocks change. A window that a skipped hour
// swallows is dropped.
//
// The windows are a function of the rules alone, and the range only selects among them. That is
// what makes slots stable, which are counted from the start of their window:
//   - windows that overlap or touch are one window;
//   - a window that would become longer than kLongestWindow (someone who works round the clock) is
//   cut
//     at every local midnight inside it. The pieces touch, and do not overlap.
//
// All functions here are pure and safe to call from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/recurrence.hpp"
#include "clinic/recurrence_rule.hpp"
#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "clinic/zone.hpp"

namespace clinic {

/// The longest window that a rule may give, and that is put together of several.
inline constexpr Duration kLongestWindow = std::chrono::days{7};

/// Hours in which a resource can be booked: once, or again and again.
struct AvailabilityRule {
  RuleId id{};
  CivilTime start{};                     ///< of the first window (DTSTART), inclusive
  CivilTime end{};                       ///< of the first window, exclusive; sets the length of all
  std::optional<RecurrenceRule> rule{};  ///< when it repeats; an UNTIL in UTC is placed in the zone
  std::vector<CivilTime> rdates{};       ///< starts of windows added
  std::vector<CivilTime> exdates{};      ///< starts of windows taken out

  friend bool operator==(const AvailabilityRule&, const AvailabilityRule&) = default;
};

/// How much an expansion may give.
struct ExpansionLimits {
  std::size_t max_windows = 100'000;  ///< of one rule, before they are put together
};

/// Whether the rule can be expanded. In order: kInvalidArgument where a time is outside the years 1
/// to 9999; kBadInterval where the first window is empty or inverted; kTooLong where it is longer
/// than kLongestWindow; kUnbounded where the recurrence rule never matches.
Result<void> Validate(const AvailabilityRule& rule, const Zone& zone);

/// The windows that overlap `range`, whole, sorted, disjoint. kBadInterval where the range is not
/// proper; as Validate for the first rule that is not valid, but for one that never matches, which
/// gives no windows; kUnbounded where a rule gives more than the limits allow. Windows that reach
/// out of the years 1 to 9999 are left out. O(w log w) for the w windows in the range and ten days
/// around it.
Result<std::vector<Interval>> ExpandWindows(std::span<const AvailabilityRule> rules,
                                            const Zone& zone, const Interval& range,
                                            const ExpansionLimits& limits = {});

}  // namespace clinic
