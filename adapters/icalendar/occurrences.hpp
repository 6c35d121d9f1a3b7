// When the events of a calendar take place, their series written out.
//
// A series is expanded by clinic::Recurrence on the clock of its own zone, so that 9 o'clock stays
// 9 o'clock there when the clocks change. A series that says where it ends (COUNT, UNTIL) is
// written out whole; one that does not, as far as ExpansionOptions::horizon. A series with more
// occurrences than are allowed is refused, not cut.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapters/icalendar/calendar.hpp"
#include "clinic/time.hpp"
#include "clinic/zone.hpp"

namespace clinic::icalendar {

/// What the calendar does not say.
struct ExpansionOptions {
  Zone local{};               ///< where dates and floating times are meant
  Instant horizon{};          ///< where series without an end are cut, exclusive
  std::size_t most{};         ///< occurrences of one series
  std::size_t most_in_all{};  ///< occurrences; a series that would go beyond is refused
};

/// One time that an event takes place.
struct Occurrence {
  const Event* event = nullptr;  ///< of the calendar that was expanded
  std::string recurrence_id{};   ///< which of its series, as RECURRENCE-ID would write it on the
                                 ///< series' own clock; empty where there is no series
  Instant start{};
  std::optional<Duration> length{};  ///< more than nothing; none where the event does not say
};

struct Expansion {
  std::vector<Occurrence> occurrences{};  ///< by event, then by start
  std::vector<Refusal> refused{};
};

/// The occurrences of `calendar`, which must outlive them. An event with a RECURRENCE-ID stands in
/// for that one of the series with its UID, or for itself where there is no such series. A day
/// without an end lasts that day. Refused: a series with too many occurrences, or with none though
/// none were taken out; an end outside the years 1 to 9999.
Expansion Expand(const Calendar& calendar, const ExpansionOptions& options);

/// The latest start that `calendar` names, rules left aside; nothing where it has no events.
std::optional<Instant> LatestStart(const Calendar& calendar);

}  // namespace clinic::icalendar
