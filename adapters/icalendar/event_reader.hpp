// What a VEVENT's properties say, put together.
#pragma once

#include <string_view>

#include "adapters/icalendar/calendar.hpp"
#include "adapters/icalendar/components.hpp"
#include "adapters/icalendar/zones.hpp"
#include "clinic/result.hpp"

namespace clinic::icalendar {

/// Reads one event. kInvalidArgument where it is refused (calendar.hpp says when), with a message
/// that goes on where "line 12" stops.
Result<Event> ReadEvent(const Component& component, const ZoneNames& zones);

/// What a form is called in messages: "a date".
std::string_view Described(TimeForm form);

/// The instant of a time that is in a zone; what is not is taken as if it were in UTC, so that two
/// times of one form can be compared.
inline Instant Comparable(const EventTime& time) { return time.zone.ToInstant(time.civil); }

}  // namespace clinic::icalendar
