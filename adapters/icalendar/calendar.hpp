// Calendars as text: iCalendar (RFC 5545), what every calendar program exports.
//
//   const Result<CalendarFile> file = icalendar::Parse(text);
//   for (const Calendar& calendar : file->calendars) {
//     Expansion times = icalendar::Expand(calendar, {.local = *Zone::Load("Europe/London")});
//   }
//
// An event that cannot be understood is refused, with its line and why, and costs nothing but
// itself. What is refused rather than guessed at:
//   - a time that does not exist, an end that is not after its start, a rule that does not parse;
//   - a TZID that names no zone of the IANA database, where neither does the X-LIC-LOCATION of the
//     VTIMEZONE. Where the name is known its own rules hold, not those of the VTIMEZONE;
//   - a DTEND, RDATE or EXDATE of another form than the DTSTART, or a RECURRENCE-ID of another form
//     than that of its series: a date, a local time, or a time in a zone, of which UTC is one;
//   - EXRULE, RDATE with periods, and RECURRENCE-ID with RANGE=THISANDFUTURE;
//   - the second of two events with the same UID and RECURRENCE-ID.
//
// Read beyond the RFC: lines that end with LF alone, a byte order mark, events without a UID.
// Everything else that a calendar may hold, alarms and tasks and who takes part, is passed over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clinic/recurrence_rule.hpp"
#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "clinic/zone.hpp"

namespace clinic::icalendar {

/// The forms that a time may have (RFC 5545 §3.3.4, §3.3.5).
enum class TimeForm {
  kDate,      ///< a day, wherever one is
  kFloating,  ///< a local time, wherever one is
  kZoned,     ///< a local time in a zone
};

/// A time of an event.
struct EventTime {
  CivilTime civil{};  ///< midnight where it is a date
  TimeForm form = TimeForm::kZoned;
  Zone zone{};  ///< UTC where the form is not kZoned

  friend bool operator==(const EventTime&, const EventTime&) = default;
};

/// A length as DURATION writes it (RFC 5545 §3.3.6): days are the calendar's, and as long as the
/// clocks make them; what comes on top is exact.
struct NominalLength {
  std::chrono::days days{0};
  Duration time{0};

  friend bool operator==(const NominalLength&, const NominalLength&) = default;
};

/// When an event ends: not said (std::monostate), at a time, or after a length.
using EventEnd = std::variant<std::monostate, EventTime, NominalLength>;

enum class EventStatus { kTentative, kConfirmed, kCancelled };

/// Whether an event takes up its time (TRANSP).
enum class Transparency { kOpaque, kTransparent };

/// One VEVENT: an event, a series of them, or what became of one of a series.
struct Event {
  std::uint64_t line = 0;  ///< where it begins; the first line is 1
  std::string uid{};       ///< empty where it has none
  std::string summary{};
  std::optional<EventTime> recurrence_id{};  ///< which of the series with this UID it replaces
  EventTime start{};
  EventEnd end{};  ///< after the start
  std::optional<RecurrenceRule> rule{};
  std::vector<EventTime> added{};    ///< RDATE
  std::vector<EventTime> removed{};  ///< EXDATE
  EventStatus status = EventStatus::kConfirmed;
  Transparency transparency = Transparency::kOpaque;
};

/// One VCALENDAR.
struct Calendar {
  std::string name{};  ///< X-WR-CALNAME, else NAME (RFC 7986 §5.1), else empty
  std::vector<Event> events{};
};

/// What was left out.
struct Refusal {
  std::uint64_t line = 0;  ///< where the event begins
  std::string uid{};       ///< empty where it has none, or where what was refused is no event
  std::string reason{};    ///< goes on where "line 12" stops: "has no DTSTART"
};

/// Everything that a text holds, in its order.
struct CalendarFile {
  std::vector<Calendar> calendars{};
  std::vector<Refusal> refused{};
};

/// Reads a text. A text that ends too early gives the events before that, and says so among the
/// refused. kCorrupt where it is no calendar at all: it does not begin with BEGIN:VCALENDAR. Takes
/// O(length) time and memory; safe to call from any thread.
Result<CalendarFile> Parse(std::string_view text);

/// True where a text begins as a calendar does, in upper or lower case, after a byte order mark and
/// blank lines. The first 64 bytes are enough to see it.
bool BeginsAsCalendar(std::string_view beginning);

}  // namespace clinic::icalendar
