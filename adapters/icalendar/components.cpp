#include "adapters/icalendar/components.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/icalendar/property.hpp"

namespace clinic::icalendar {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kCalendar = "VCALENDAR";
constexpr std::string_view kEvent = "VEVENT";
constexpr std::string_view kZone = "VTIMEZONE";

// Descriptions and attachments may be long, and nobody asks for them.
constexpr std::string_view kRead[] = {
    "DTSTART",        "DTEND",  "DURATION", "RRULE",         "EXRULE", "RDATE",
    "EXDATE",         "STATUS", "TRANSP",   "RECURRENCE-ID", "UID",    "SUMMARY",
    "X-LIC-LOCATION", "TZID",   "NAME",     "X-WR-CALNAME"};

char Upper(char character) {
  return character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A')
                                              : character;
}

std::string InUpperCase(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), Upper);
  return upper;
}

std::string_view WithoutSpacesBehind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// Gives the lines of a text one by one, unfolded; blank ones are passed over.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  bool Next(ContentLine& line) {
    do {
      if (rest_.empty()) return false;
      line.number = ++number_;
      line.text = TakeOne();
      while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
        ++number_;
        line.text += TakeOne().substr(1);
      }
    } while (WithoutSpacesBehind(line.text).empty());
    return true;
  }

 private:
  std::string_view TakeOne() {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  std::string_view rest_;
  std::uint64_t number_ = 0;
};

/// Sorts lines into calendars. Invariant: open_ holds what is open in the calendar, outermost
/// first; where open_[0] is an event or a zone, it is the calendar's last.
class Splitter {
 public:
  explicit Splitter(std::vector<Refusal>& refused) : refused_(refused) {}

  void Take(ContentLine line) {
    std::string name = NameOf(line.text);
    if (name == "BEGIN" || name == "END") {
      const std::string what = InUpperCase(WithoutSpacesBehind(ValueOf(line.text)));
      name == "BEGIN" ? Begin(what, line.number) : End(what, line.number);
    } else if (std::ranges::find(kRead, name) != std::end(kRead)) {
      if (std::vector<ContentLine>* properties = Properties()) {
        properties->push_back(std::move(line));
      }
    }
  }

  std::vector<CalendarParts> Finish() && {
    CutShort();
    return std::move(calendars_);
  }

 private:
  void Begin(const std::string& what, std::uint64_t line) {
    if (what == kCalendar) {
      CutShort();
      calendars_.push_back({.line = line});
      in_calendar_ = true;
      return;
    }
    if (!in_calendar_) {
      if (what == kEvent) refused_.push_back({line, "", "is an event outside of every calendar"});
      return;
    }
    if (what == kEvent) Abandon();
    if (open_.empty() && what == kEvent) calendars_.back().events.push_back({line, {}});
    if (open_.empty() && what == kZone) calendars_.back().zones.push_back({line, {}});
    open_.push_back(what);
  }

  void End(const std::string& what, std::uint64_t line) {
    if (!in_calendar_) return;
    if (what == kCalendar) {
      Abandon();
      in_calendar_ = false;
      return;
    }
    const auto opened = std::ranges::find(open_.rbegin(), open_.rend(), what);
    if (opened == open_.rend()) {
      if (what == kEvent) refused_.push_back({line, "", "ends an event that did not begin"});
      return;
    }
    // What comes after an alarm that does not end could be the alarm's or the event's.
    if (what == kEvent && opened != open_.rbegin()) {
      RefuseEvent("has a " + open_.back() + " that does not end");
    }
    open_.erase(opened.base() - 1, open_.end());
  }

  std::vector<ContentLine>* Properties() {
    if (!in_calendar_ || open_.size() > 1) return nullptr;
    CalendarParts& calendar = calendars_.back();
    if (open_.empty()) return &calendar.properties;
    if (open_.front() == kEvent) return &calendar.events.back().properties;
    if (open_.front() == kZone) return &calendar.zones.back().properties;
    return nullptr;
  }

  void Abandon() {
    if (!open_.empty() && open_.front() == kEvent) RefuseEvent("does not end");
    open_.clear();
  }

  void RefuseEvent(std::string reason) {
    std::vector<Component>& events = calendars_.back().events;
    refused_.push_back({events.back().line, UidOf(events.back()), std::move(reason)});
    events.pop_back();
  }

  void CutShort() {
    if (!in_calendar_) return;
    Abandon();
    refused_.push_back(
        {calendars_.back().line, "", "begins a calendar that does not end: the file is cut short"});
    in_calendar_ = false;
  }

  std::vector<Refusal>& refused_;
  std::vector<CalendarParts> calendars_;
  std::vector<std::string> open_;
  bool in_calendar_ = false;
};

}  // namespace

std::string NameOf(std::string_view line) {
  return InUpperCase(WithoutSpacesBehind(line.substr(0, line.find_first_of(";:"))));
}

std::string_view ValueOf(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quote = static_cast<char>(quote ^ '"');
    if (line[i] == ':' && quote == 0) return line.substr(i + 1);
  }
  return {};
}

std::vector<CalendarParts> SplitCalendars(std::string_view text, std::vector<Refusal>& refused) {
  LineReader lines(text);
  Splitter splitter(refused);
  for (ContentLine line; lines.Next(line);) splitter.Take(std::move(line));
  return std::move(splitter).Finish();
}

std::string UidOf(const Component& event) {
  for (const ContentLine& line : event.properties) {
    if (NameOf(line.text) == "UID") return ReadText(line);
  }
  return "";
}

bool BeginsAsCalendar(std::string_view beginning) {
  LineReader lines(beginning);
  ContentLine line;
  return lines.Next(line) && InUpperCase(WithoutSpacesBehind(line.text)) == "BEGIN:VCALENDAR";
}

}  // namespace clinic::icalendar
