// When one resource can be booked: its calendar, its opening hours, and the one predicate that both
// booking and finding go by.
//
// A time is bookable for a resource where
//   1. the visit lies inside its availability and touches none of its time off,
//   2. the visit starts a whole number of slot steps after the start of the window it starts in,
//   3. the visit, with the resource's buffers around it, has room in its calendar.
// A resource with Hours::kAlways has no windows and no steps: only 3 holds for it.
//
// Invariants:
//   1. `windows_` are the windows that overlap `covered_`, disjoint and ordered.
//   2. `blocked_` covers exactly the instants outside the windows, in time off, or without room in
//   the
//      calendar; everything outside `covered_` is blocked. Kept only once something is covered.
//   3. `off_` is the union of the time off, disjoint and ordered.
//
// Not thread-safe: whoever owns a schedule locks it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "clinic/availability.hpp"
#include "clinic/calendar.hpp"
#include "clinic/internal/day_cells.hpp"
#include "clinic/internal/schedule_watchers.hpp"
#include "clinic/resource.hpp"
#include "clinic/result.hpp"
#include "clinic/timeline.hpp"
#include "clinic/zone.hpp"

namespace clinic {

class Schedule {
 public:
  /// How a visit lies in the resource's opening hours: rules 1 and 2.
  enum class Opening { kOpen, kClosed, kOffGrid };

  /// Errors: kInvalidArgument where a number of the resource is out of its range or its zone
  /// unknown.
  static Result<Schedule> Make(Resource resource);

  const Resource& resource() const { return resource_; }
  const Zone& zone() const { return zone_; }
  const Calendar& calendar() const { return calendar_; }
  const std::vector<AvailabilityRule>& rules() const { return rules_; }
  const std::vector<TimeOff>& time_off() const { return time_off_; }

  /// Replaces what is known of the resource; bookings, rules and time off stay. Errors: as Make,
  /// and kInvalidArgument where the id or the capacity changes.
  Result<void> Update(Resource resource);

  /// Whether SetRules would take the rules. Errors: those of Validate, and those of ExpandWindows
  /// for a year of each.
  Result<void> CheckRules(const std::vector<AvailabilityRule>& rules) const;

  /// Replaces the rules, which CheckRules took.
  void SetRules(std::vector<AvailabilityRule> rules);

  void SetTimeOff(std::vector<TimeOff> time_off);

  /// The visit with this resource's buffers around it.
  Interval Occupied(const Interval& visit) const {
    return {visit.start - resource_.buffer_before, visit.end + resource_.buffer_after};
  }

  /// Whether a visit keeps rules 1 and 2. Expands windows as far as the visit needs. Error: that of
  /// ExpandWindows. O(log n) once the windows are expanded.
  Result<Opening> OpeningFor(const Interval& visit);

  /// Whether a visit keeps rule 3. O(log n) as Calendar::HasRoom.
  bool HasRoom(const Interval& visit) const { return calendar_.HasRoom(Occupied(visit)); }

  /// Whether a visit leaves free time next to it, before or after its buffers, up to what is
  /// blocked, that is longer than nothing and shorter than `useful`, which is. Requires that the
  /// visit, with its buffers and `useful` around it, lies in what is covered. O(log n + what is in
  /// that time).
  bool LeavesGap(const Interval& visit, Duration useful) const;

  /// The bookings because of which a visit does not keep rule 3, by start, without `ignored`.
  std::vector<Calendar::Entry> Blocking(const Interval& visit,
                                        std::optional<BookingHandle> ignored = std::nullopt) const {
    return calendar_.Blocking(Occupied(visit), ignored);
  }

  /// The earliest start t >= from at which a visit of that length keeps all three rules and ends by
  /// `limit`. Expands windows as far as needed. Error: that of ExpandWindows. O(log n), times the
  /// gaps that are long enough for the visit but not for its buffers or steps.
  Result<std::optional<Instant>> EarliestStart(Instant from, Duration length, Instant limit);

  /// How much bookable time lies directly before and after a visit that can be booked, the buffers
  /// around it taken; at most `reach` each. Expands windows as far as needed. O(log n + what is
  /// taken within reach).
  std::pair<Duration, Duration> FreeBeside(const Interval& visit, Duration reach);

  /// The earliest start t >= from at which a visit of that length keeps rules 1 and 2 and ends by
  /// `limit`, whatever is booked. Expands windows as far as needed. Error: that of ExpandWindows.
  /// O(steps in windows that are shorter than the visit, or in time off).
  Result<std::optional<Instant>> EarliestOpening(Instant from, Duration length, Instant limit);

  /// The windows that overlap `range`, cut to it, without the time off. Everything, for a resource
  /// with Hours::kAlways. Error: that of ExpandWindows.
  Result<std::vector<Interval>> WindowsWithin(const Interval& range) const;

  /// Expands windows so that `range` is covered. Error: that of ExpandWindows, with nothing
  /// changed.
  Result<void> Cover(const Interval& range);

  /// The stretch of time for which windows are expanded.
  const Interval& covered() const { return covered_; }

  /// The cells of five minutes among [from, to) of a UTC day, which lies in what is covered, in
  /// which no visit has a part: they are blocked as a whole. O(log n + bookings and windows in
  /// them).
  internal::DayCells BlockedCells(std::chrono::sys_days day, int from = 0,
                                  int to = internal::kCellsADay) const;

  /// In which cells a visit can start: those whose number, counted from kEarliest on, leaves
  /// `phase` when divided by `step`, and only where they begin; with step 0, anywhere.
  struct StartGrid {
    std::uint16_t step = 0;
    std::uint16_t phase = 0;

    friend bool operator==(const StartGrid&, const StartGrid&) = default;
  };

  /// That of a UTC day, which lies in what is covered. O(log n + windows in the day).
  StartGrid StartGridOf(std::chrono::sys_days day) const;

  /// Who is told of changes: of each Add and Remove the interval, of the rest everything.
  internal::ScheduleWatchers& watchers() { return watchers_; }

  /// Notes a booking of the interval, buffers included, whatever else is there.
  void Add(const Interval& occupied, BookingHandle handle);

  /// Forgets it again.
  void Remove(const Interval& occupied, BookingHandle handle);

 private:
  /// Why an instant is blocked is not kept.
  struct Blocked {
    friend bool operator==(Blocked, Blocked) = default;
  };

  Schedule(Resource resource, Zone zone);

  std::optional<Instant> EarliestStartCovered(Instant from, Duration length, Instant limit) const;
  Result<void> Expand(const Interval& range);
  /// Expands nothing, until someone asks again.
  void Forget();
  bool KeepsBlocked() const { return covered_.start < covered_.end; }
  void Refresh(const Interval& changed);
  std::vector<Interval> ClosedWithin(const Interval& range) const;
  /// Calls f(interval) with what is blocked in `range`, by start; intervals that touch stay apart.
  template <typename F>
  void ForEachBlocked(const Interval& range, F f) const;
  const Interval* WindowAt(Instant instant) const;
  bool IsOnGrid(Instant start, const Interval& window) const;

  Resource resource_;
  Zone zone_;
  Calendar calendar_;
  std::vector<AvailabilityRule> rules_;
  std::vector<TimeOff> time_off_;
  std::vector<Interval> off_;
  Interval covered_{};
  std::vector<Interval> windows_;
  Timeline<Blocked> blocked_;
  internal::ScheduleWatchers watchers_;
};

}  // namespace clinic
