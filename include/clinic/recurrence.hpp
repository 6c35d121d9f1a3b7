// Recurrence sets (RFC 5545 §3.8.5): a start, a rule, dates added and dates taken out.
//
//   auto rule = RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
//   auto hours = Recurrence::Create(local_days{2026y / 1 / 5} + 9h, *rule);
//   OccurrenceCursor cursor(*hours);
//   cursor.Seek(local_days{2026y / 6 / 1});
//   cursor.Next();                                      // 2026-06-01T09:00:00
//
// Everything is in civil time, so that 9 o'clock stays 9 o'clock when the clocks change; a Zone
// then says which instant an occurrence is.
//
// Where the RFC leaves a choice, or others read it differently:
//   - A start that the rule does not match is no occurrence, and COUNT does not count it. (The RFC
//     calls such a set undefined; python-dateutil does the same.)
//   - COUNT counts what the rule gives, before dates are added and taken out.
//   - The set for BYSETPOS is the whole period's, also where the start lies in the middle of it;
//     python-dateutil cuts the first week at the start.
//   - BYWEEKNO without a part that names days takes the weekday from the start; python-dateutil
//     takes all seven days. The first and last days of a year belong to the period of the year
//     that they lie in, and carry the number of the week that they lie in; python-dateutil
//     miscounts the weeks of the year before.
//   - BYDAY=MO,1TU is every Monday and the first Tuesday; python-dateutil gives nothing.
//   - UNTIL as a date includes that whole day; python-dateutil ends at its midnight.
//   - BYSECOND=60 is 59, since no leap seconds are counted (RFC 5545 §3.3.12).
// Time ends with the year 9999.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "clinic/recurrence_rule.hpp"
#include "clinic/result.hpp"
#include "clinic/time.hpp"

namespace clinic {

namespace internal {
struct RecurrencePlan;
class OccurrenceWalker;
}  // namespace internal

/// A recurrence set: an immutable value, cheap to copy, safe to share between threads.
class Recurrence {
 public:
  /// The set of the occurrences of `rule` from `start` (DTSTART) on, or of `start` alone where
  /// there is no rule; with `added` (RDATE), without `removed` (EXDATE), which need not be sorted
  /// and may repeat. kInvalidArgument for times outside the years 1 to 9999, and for a rule whose
  /// UNTIL is still in UTC (RecurrenceRule::PlacedIn). A rule that never matches is found when it
  /// is expanded.
  static Result<Recurrence> Create(CivilTime start, std::optional<RecurrenceRule> rule,
                                   std::vector<CivilTime> added = {},
                                   std::vector<CivilTime> removed = {});

  CivilTime start() const;

  /// The occurrences in [from, to), in order. kUnbounded where there are more than `limit`, and as
  /// OccurrenceCursor::Next. Takes time for what lies in the range, and for what lies before it
  /// only where the rule has a COUNT.
  Result<std::vector<CivilTime>> OccurrencesBetween(CivilTime from, CivilTime to,
                                                    std::size_t limit) const;

 private:
  friend class OccurrenceCursor;

  explicit Recurrence(std::shared_ptr<const internal::RecurrencePlan> plan)
      : plan_(std::move(plan)) {}

  std::shared_ptr<const internal::RecurrencePlan> plan_;
};

/// Walks through the occurrences of a set, in order, each once. Movable; one thread at a time.
class OccurrenceCursor {
 public:
  /// Stands before the first occurrence. Keeps what it needs of `recurrence`.
  explicit OccurrenceCursor(const Recurrence& recurrence);

  /// As above, and ends before `end`: what lies behind is not searched for.
  OccurrenceCursor(const Recurrence& recurrence, CivilTime end);

  OccurrenceCursor(OccurrenceCursor&&) noexcept;
  OccurrenceCursor& operator=(OccurrenceCursor&&) noexcept;
  ~OccurrenceCursor();

  /// Moves, forward or back, to before the first occurrence at or after `from`. Jumps there by
  /// arithmetic; a rule with a COUNT is counted from its start.
  void Seek(CivilTime from);

  /// The next occurrence; nothing where the set has ended. kUnbounded where the rule never matches
  /// (FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30), or not within a million steps of the search. Amortised
  /// O(1) for a rule that matches in each of its periods; allocates nothing.
  Result<std::optional<CivilTime>> Next();

  /// Writes the next occurrences to `out` and returns how many: fewer than fit only where the set
  /// has ended. Errors as Next; what was written before an error is lost. The fast way to many.
  Result<std::size_t> NextBatch(std::span<CivilTime> out);

 private:
  std::unique_ptr<internal::OccurrenceWalker> walker_;
};

}  // namespace clinic
