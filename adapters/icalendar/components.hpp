// The lines of a calendar, put together where they are folded, and sorted into what they belong to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/icalendar/calendar.hpp"

namespace clinic::icalendar {

/// One content line (RFC 5545 §3.1), unfolded.
struct ContentLine {
  std::uint64_t number = 0;  ///< of its first line in the text, from 1
  std::string text{};        ///< "dtstart;TZID=Europe/London:20260329T013000"
};

/// What stands before the parameters, in upper case: "DTSTART".
std::string NameOf(std::string_view line);

/// What stands after the parameters: "20260329T013000".
std::string_view ValueOf(std::string_view line);

/// The properties of a VEVENT or a VTIMEZONE, as far as anyone reads them.
struct Component {
  std::uint64_t line = 0;
  std::vector<ContentLine> properties{};
};

/// A VCALENDAR, taken apart.
struct CalendarParts {
  std::uint64_t line = 0;
  std::vector<ContentLine> properties{};
  std::vector<Component> events{};
  std::vector<Component> zones{};
};

/// Takes `text` apart. What begins and does not end, or ends and did not begin, is added to
/// `refused`; an event inside another is read as the end of the first. O(length).
std::vector<CalendarParts> SplitCalendars(std::string_view text, std::vector<Refusal>& refused);

/// The text that `line` holds for a UID; empty where the component has none.
std::string UidOf(const Component& event);

}  // namespace clinic::icalendar
