#include "adapters/icalendar/property.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace clinic::icalendar {
namespace {

constexpr std::string_view kUnreadable = "which cannot be read";

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct FreeText {
  void operator()(char* text) const { icalmemory_free_buffer(text); }
};

/// The properties that libical makes of one line: one for each value that the line lists, and one
/// called X-LIC-ERROR for each that cannot be read.
class ParsedLine {
 public:
  explicit ParsedLine(const std::string& line) {
    static std::once_flag once;  // libical would end the process where it meets an error
    std::call_once(once, [] { icalerror_set_errors_are_fatal(false); });
    if (line.find('\0') != std::string::npos) return;  // the end of the text, to libical
    const std::string event = "BEGIN:VEVENT\r\n" + line + "\r\nEND:VEVENT\r\n";
    component_.reset(icalparser_parse_string(event.c_str()));
    if (component_ == nullptr) return;
    for (icalproperty* property =
             icalcomponent_get_first_property(component_.get(), ICAL_ANY_PROPERTY);
         property != nullptr;
         property = icalcomponent_get_next_property(component_.get(), ICAL_ANY_PROPERTY)) {
      if (icalproperty_isa(property) == ICAL_XLICERROR_PROPERTY) {
        properties_.clear();
        return;
      }
      properties_.push_back(property);
    }
  }

  /// Empty where anything cannot be read.
  const std::vector<icalproperty*>& properties() const { return properties_; }

 private:
  std::unique_ptr<icalcomponent, FreeComponent> component_;
  std::vector<icalproperty*> properties_;
};

std::string ValueText(icalproperty* property) {
  const std::unique_ptr<char, FreeText> text(icalproperty_get_value_as_string_r(property));
  return text == nullptr ? "" : text.get();
}

bool Exists(const icaltimetype& time) {
  const std::chrono::year_month_day day(std::chrono::year(time.year),
                                        std::chrono::month(static_cast<unsigned>(time.month)),
                                        std::chrono::day(static_cast<unsigned>(time.day)));
  return day.ok() && time.year >= 1 && time.year <= 9999 && time.hour >= 0 && time.hour < 24 &&
         time.minute >= 0 && time.minute < 60 && time.second >= 0 && time.second <= 60;
}

CivilTime CivilOf(const icaltimetype& time) {
  const std::chrono::year_month_day day(std::chrono::year(time.year),
                                        std::chrono::month(static_cast<unsigned>(time.month)),
                                        std::chrono::day(static_cast<unsigned>(time.day)));
  return CivilDay(day) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         std::chrono::seconds(std::min(time.second, 59));
}

Result<WrittenTime> ReadTime(const ContentLine& line, icalproperty* property) {
  const icalvalue* value = icalproperty_get_value(property);
  const icalvalue_kind kind = icalvalue_isa(value);
  if (kind == ICAL_PERIOD_VALUE) {
    return RefusedProperty(line, "a period, which is not supported");
  }
  if (kind != ICAL_DATE_VALUE && kind != ICAL_DATETIME_VALUE) {
    return RefusedProperty(line, kUnreadable);
  }
  const icaltimetype time = icalvalue_get_datetime(value);
  if (!Exists(time)) return RefusedProperty(line, "which does not exist");
  const icalparameter* zone = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* zone_id = zone == nullptr ? nullptr : icalparameter_get_tzid(zone);
  if (time.is_date != 0) return WrittenTime{CivilOf(time), TimeForm::kDate};
  if (icaltime_is_utc(time)) {
    if (zone_id != nullptr) return RefusedProperty(line, "in UTC, and has a TZID as well");
    return WrittenTime{CivilOf(time), TimeForm::kZoned};
  }
  if (zone_id == nullptr) return WrittenTime{CivilOf(time), TimeForm::kFloating};
  if (*zone_id == '\0') return RefusedProperty(line, "with an empty TZID");
  return WrittenTime{CivilOf(time), TimeForm::kZoned, zone_id};
}

// libical overlooks what does not fit its fields, so that they wrap around.
bool HasLongNumber(std::string_view text) {
  constexpr int kMostDigits = 9;
  int digits = 0;
  return std::ranges::any_of(text, [&digits](char character) {
    const bool digit = character >= '0' && character <= '9';
    digits = digit ? digits + 1 : 0;
    return digits > kMostDigits;
  });
}

}  // namespace

Result<std::vector<WrittenTime>> ReadTimes(const ContentLine& line) {
  const ParsedLine parsed(line.text);
  std::vector<WrittenTime> times;
  std::string as_understood;
  for (icalproperty* property : parsed.properties()) {
    as_understood += (as_understood.empty() ? "" : ",") + ValueText(property);
    Result<WrittenTime> time = ReadTime(line, property);
    if (!time.ok()) return std::move(time).error();
    times.push_back(*std::move(time));
  }
  // libical reads more than the RFC allows, such as spaces for zeros.
  if (times.empty() || as_understood != ValueOf(line.text)) {
    return RefusedProperty(line, kUnreadable);
  }
  return times;
}

Result<NominalLength> ReadLength(const ContentLine& line) {
  const ParsedLine parsed(line.text);
  if (parsed.properties().size() != 1 || HasLongNumber(ValueOf(line.text))) {
    return RefusedProperty(line, kUnreadable);
  }
  const icalvalue* value = icalproperty_get_value(parsed.properties().front());
  if (icalvalue_isa(value) != ICAL_DURATION_VALUE) return RefusedProperty(line, kUnreadable);
  const icaldurationtype length = icalvalue_get_duration(value);
  const NominalLength nominal{std::chrono::weeks(length.weeks) + std::chrono::days(length.days),
                              std::chrono::hours(length.hours) +
                                  std::chrono::minutes(length.minutes) +
                                  std::chrono::seconds(length.seconds)};
  if (length.is_neg != 0 || nominal == NominalLength{}) {
    return RefusedProperty(line, "which is not more than nothing");
  }
  return nominal;
}

std::string ReadText(const ContentLine& line) {
  const ParsedLine parsed(line.text);
  if (parsed.properties().size() != 1) return "";
  icalproperty* property = parsed.properties().front();
  const icalvalue* value = icalproperty_get_value(property);
  if (icalvalue_isa(value) != ICAL_TEXT_VALUE) return ValueText(property);
  const char* text = icalvalue_get_text(value);
  return text == nullptr ? "" : text;
}

Error RefusedProperty(const ContentLine& line, std::string_view why) {
  constexpr std::size_t kMostShown = 60;
  std::string value(ValueOf(line.text));
  if (value.size() > kMostShown) value.replace(kMostShown, std::string::npos, "...");
  return {ErrorCode::kInvalidArgument, "has the " + NameOf(line.text) + " \"" + value +
                                           "\" on line " + std::to_string(line.number) + ", " +
                                           std::string(why)};
}

}  // namespace clinic::icalendar
