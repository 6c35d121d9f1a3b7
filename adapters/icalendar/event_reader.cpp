#include "adapters/icalendar/event_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/icalendar/property.hpp"

namespace clinic::icalendar {
namespace {

Error Refused(std::string reason) { return {ErrorCode::kInvalidArgument, std::move(reason)}; }

std::string InUpperCase(std::string text) {
  for (char& character : text) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return text;
}

/// Takes in the properties of an event, one after the other.
class EventReader {
 public:
  EventReader(const Component& component, const ZoneNames& zones)
      : component_(component), zones_(zones) {
    event_.line = component.line;
  }

  Result<Event> Read() {
    if (Result<void> start = ReadStart(); !start.ok()) return start.error();
    for (const ContentLine& line : component_.properties) {
      if (Result<void> taken = Take(NameOf(line.text), line); !taken.ok()) return taken.error();
    }
    return std::move(event_);
  }

 private:
  // All other times must have its form.
  Result<void> ReadStart() {
    constexpr std::array<std::string_view, 6> kOnce = {"UID",      "DTSTART", "DTEND",
                                                       "DURATION", "RRULE",   "RECURRENCE-ID"};
    std::array<int, kOnce.size()> times{};
    const ContentLine* start = nullptr;
    for (const ContentLine& line : component_.properties) {
      const auto name = std::ranges::find(kOnce, NameOf(line.text));
      if (name == kOnce.end()) continue;
      if (++times[static_cast<std::size_t>(name - kOnce.begin())] > 1) {
        return Refused("has more than one " + std::string(*name));
      }
      if (*name == "DTSTART") start = &line;
    }
    if (start == nullptr) return Refused("has no DTSTART");
    if (times[2] + times[3] > 1) return Refused("has a DTEND and a DURATION");
    const Result<std::vector<EventTime>> read = Times(*start);
    if (!read.ok()) return read.error();
    event_.start = read->front();
    return {};
  }

  Result<void> Take(const std::string& name, const ContentLine& line) {
    if (name == "UID") event_.uid = ReadText(line);
    if (name == "SUMMARY") event_.summary = ReadText(line);
    if (name == "DTEND") return TakeEnd(line);
    if (name == "DURATION") return TakeLength(line);
    if (name == "RRULE") return TakeRule(line);
    if (name == "EXRULE") return RefusedProperty(line, "which is not supported");
    if (name == "RDATE") return AddTimes(line, event_.added);
    if (name == "EXDATE") return AddTimes(line, event_.removed);
    if (name == "RECURRENCE-ID") return TakeRecurrenceId(line);
    if (name == "STATUS") return TakeStatus(line);
    if (name == "TRANSP") return TakeTransparency(line);
    return {};
  }

  Result<std::vector<EventTime>> Times(const ContentLine& line) const {
    const Result<std::vector<WrittenTime>> written = ReadTimes(line);
    if (!written.ok()) return written.error();
    std::vector<EventTime> times;
    times.reserve(written->size());
    for (const WrittenTime& time : *written) {
      EventTime placed{.civil = time.civil, .form = time.form};
      if (!time.zone_id.empty()) {
        const Result<Zone> zone = zones_.Find(time.zone_id);
        if (!zone.ok()) return RefusedProperty(line, zone.error().message);
        placed.zone = *zone;
      }
      times.push_back(placed);
    }
    return times;
  }

  Result<std::vector<EventTime>> TimesOfTheForm(const ContentLine& line) const {
    Result<std::vector<EventTime>> times = Times(line);
    if (!times.ok()) return times;
    for (const EventTime& time : *times) {
      if (time.form != event_.start.form) {
        return RefusedProperty(line, std::string(Described(time.form)) + ", where its DTSTART is " +
                                         std::string(Described(event_.start.form)));
      }
    }
    return times;
  }

  Result<void> AddTimes(const ContentLine& line, std::vector<EventTime>& list) {
    const Result<std::vector<EventTime>> times = TimesOfTheForm(line);
    if (!times.ok()) return times.error();
    list.insert(list.end(), times->begin(), times->end());
    return {};
  }

  Result<void> TakeEnd(const ContentLine& line) {
    const Result<std::vector<EventTime>> end = TimesOfTheForm(line);
    if (!end.ok()) return end.error();
    if (Comparable(end->front()) <= Comparable(event_.start)) {
      return RefusedProperty(line, "which is not after its start");
    }
    event_.end = end->front();
    return {};
  }

  Result<void> TakeLength(const ContentLine& line) {
    const Result<NominalLength> length = ReadLength(line);
    if (!length.ok()) return length.error();
    if (event_.start.form == TimeForm::kDate && length->time != Duration(0)) {
      return RefusedProperty(line, "which is not whole days, where its DTSTART is a date");
    }
    event_.end = *length;
    return {};
  }

  Result<void> TakeRule(const ContentLine& line) {
    Result<RecurrenceRule> rule = RecurrenceRule::Parse(ValueOf(line.text));
    if (!rule.ok()) return RefusedProperty(line, "which is no rule: " + rule.error().message);
    event_.rule = *std::move(rule);
    return {};
  }

  Result<void> TakeRecurrenceId(const ContentLine& line) {
    const std::string parameters =
        InUpperCase(line.text.substr(0, line.text.size() - ValueOf(line.text).size()));
    if (parameters.find(";RANGE=") != std::string::npos) {
      return RefusedProperty(line, "with a RANGE, which is not supported");
    }
    const Result<std::vector<EventTime>> replaced = Times(line);
    if (!replaced.ok()) return replaced.error();
    event_.recurrence_id = replaced->front();
    return {};
  }

  Result<void> TakeStatus(const ContentLine& line) {
    const std::string word = InUpperCase(ReadText(line));
    if (word == "TENTATIVE") {
      event_.status = EventStatus::kTentative;
    } else if (word == "CANCELLED") {
      event_.status = EventStatus::kCancelled;
    } else if (word != "CONFIRMED") {
      return RefusedProperty(line, "which is none of an event");
    }
    return {};
  }

  Result<void> TakeTransparency(const ContentLine& line) {
    const std::string word = InUpperCase(ReadText(line));
    if (word == "TRANSPARENT") {
      event_.transparency = Transparency::kTransparent;
    } else if (word != "OPAQUE") {
      return RefusedProperty(line, "which is neither OPAQUE nor TRANSPARENT");
    }
    return {};
  }

  const Component& component_;
  const ZoneNames& zones_;
  Event event_;
};

}  // namespace

Result<Event> ReadEvent(const Component& component, const ZoneNames& zones) {
  Result<Event> event = EventReader(component, zones).Read();
  if (!event.ok() || !event->recurrence_id) return event;
  if (event->uid.empty()) return Refused("has a RECURRENCE-ID and no UID");
  if (event->rule || !event->added.empty() || !event->removed.empty()) {
    return Refused("has a RECURRENCE-ID, and is a series itself");
  }
  return event;
}

std::string_view Described(TimeForm form) {
  switch (form) {
    case TimeForm::kDate:
      return "a date";
    case TimeForm::kFloating:
      return "a local time";
    case TimeForm::kZoned:
      break;
  }
  return "a time in a zone";
}

}  // namespace clinic::icalendar
