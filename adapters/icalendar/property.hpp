// What stands in one content line, read by libical. Nothing of libical is seen from outside; its
// expansion of rules is not used, for it is wrong where the clocks change.
//
// Errors are kInvalidArgument, with a message that goes on where the name of an event stops, and
// names the line: 'has the DTSTART "garbage" on line 12, which cannot be read'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/icalendar/calendar.hpp"
#include "adapters/icalendar/components.hpp"

namespace clinic::icalendar {

/// A time as it is written, its zone not yet looked up.
struct WrittenTime {
  CivilTime civil{};
  TimeForm form = TimeForm::kZoned;
  std::string zone_id{};  ///< the TZID; empty for UTC and where the form is not kZoned
};

/// The times of a DTSTART, DTEND, RDATE, EXDATE or RECURRENCE-ID, one or more of them. Years 1 to
/// 9999; the leap second :60 is read as :59, as the engine does.
Result<std::vector<WrittenTime>> ReadTimes(const ContentLine& line);

/// The length that a DURATION holds, more than nothing.
Result<NominalLength> ReadLength(const ContentLine& line);

/// The value as text, with what is escaped put back; empty where there is none.
std::string ReadText(const ContentLine& line);

/// 'has the DTSTART "garbage" on line 12, ' and `why`.
Error RefusedProperty(const ContentLine& line, std::string_view why);

}  // namespace clinic::icalendar
