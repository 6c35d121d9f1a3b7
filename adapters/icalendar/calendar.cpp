#include "adapters/icalendar/calendar.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "adapters/icalendar/components.hpp"
#include "adapters/icalendar/event_reader.hpp"
#include "adapters/icalendar/property.hpp"

namespace clinic::icalendar {
namespace {

std::string NameOfCalendar(const CalendarParts& parts) {
  for (const std::string_view wanted : {"X-WR-CALNAME", "NAME"}) {
    for (const ContentLine& line : parts.properties) {
      if (NameOf(line.text) != wanted) continue;
      if (std::string name = ReadText(line); !name.empty()) return name;
    }
  }
  return "";
}

/// Finds the events that say who they are and are not the first to say so.
class Identities {
 public:
  /// The line of the event that was the same before, if any.
  std::optional<std::uint64_t> Add(const Event& event) {
    if (event.uid.empty()) return std::nullopt;
    std::optional<Instant> replaced;
    if (event.recurrence_id) replaced = Comparable(*event.recurrence_id);
    const auto [found, added] = lines_.try_emplace({event.uid, replaced}, event.line);
    return added ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::tuple<std::string, std::optional<Instant>>, std::uint64_t> lines_;
};

/// Takes out the events that replace one of a series and name it by a time of another form than the
/// series has.
void RefuseMisnamed(Calendar& calendar, std::vector<Refusal>& refused) {
  std::map<std::string, TimeForm> series;
  for (const Event& event : calendar.events) {
    if (!event.recurrence_id) series.emplace(event.uid, event.start.form);
  }
  std::erase_if(calendar.events, [&](const Event& event) {
    if (!event.recurrence_id) return false;
    const auto found = series.find(event.uid);
    if (found == series.end() || found->second == event.recurrence_id->form) return false;
    refused.push_back(
        {event.line, event.uid,
         "has a RECURRENCE-ID that is " + std::string(Described(event.recurrence_id->form)) +
             ", where the DTSTART of its series is " + std::string(Described(found->second))});
    return true;
  });
}

Calendar ReadCalendar(const CalendarParts& parts, std::vector<Refusal>& refused) {
  const ZoneNames zones(parts.zones);
  Calendar calendar{.name = NameOfCalendar(parts)};
  Identities identities;
  for (const Component& component : parts.events) {
    Result<Event> event = ReadEvent(component, zones);
    if (!event.ok()) {
      refused.push_back({component.line, UidOf(component), event.error().message});
    } else if (const auto first = identities.Add(*event)) {
      refused.push_back(
          {component.line, event->uid,
           "has the same UID and RECURRENCE-ID as the event on line " + std::to_string(*first)});
    } else {
      calendar.events.push_back(*std::move(event));
    }
  }
  RefuseMisnamed(calendar, refused);
  return calendar;
}

}  // namespace

Result<CalendarFile> Parse(std::string_view text) {
  if (!BeginsAsCalendar(text)) {
    return Error{ErrorCode::kCorrupt, "is no calendar: it does not begin with BEGIN:VCALENDAR"};
  }
  CalendarFile file;
  for (const CalendarParts& parts : SplitCalendars(text, file.refused)) {
    file.calendars.push_back(ReadCalendar(parts, file.refused));
  }
  std::ranges::stable_sort(file.refused, {}, &Refusal::line);
  return file;
}

}  // namespace clinic::icalendar
