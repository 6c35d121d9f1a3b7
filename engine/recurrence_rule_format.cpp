// Writing a rule as text, in the one form that rules which say the same share.
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clinic/recurrence_rule.hpp"

namespace clinic {
namespace {

std::string_view Name(Frequency frequency) {
  switch (frequency) {
    case Frequency::kSecondly:
      return "SECONDLY";
    case Frequency::kMinutely:
      return "MINUTELY";
    case Frequency::kHourly:
      return "HOURLY";
    case Frequency::kDaily:
      return "DAILY";
    case Frequency::kWeekly:
      return "WEEKLY";
    case Frequency::kMonthly:
      return "MONTHLY";
    case Frequency::kYearly:
      return "YEARLY";
  }
  return "";
}

std::string_view Name(std::chrono::weekday day) {
  return std::string_view("SUMOTUWETHFRSA").substr(day.c_encoding() * 2, 2);
}

std::string Padded(int number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string Format(CivilDay day) {
  const std::chrono::year_month_day date(day);
  return Padded(static_cast<int>(date.year()), 4) +
         Padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) +
         Padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

std::string Format(CivilTime time) {
  const CivilDay day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - CivilTime(day));
  return Format(day) + "T" + Padded(static_cast<int>(clock.hours().count()), 2) +
         Padded(static_cast<int>(clock.minutes().count()), 2) +
         Padded(static_cast<int>(clock.seconds().count()), 2);
}

std::string Format(Instant instant) { return Format(CivilTime(instant.time_since_epoch())) + "Z"; }

std::string Format(int number) { return std::to_string(number); }

std::string Format(std::chrono::month month) {
  return std::to_string(static_cast<unsigned>(month));
}

std::string Format(const WeekdayOrdinal& day) {
  return (day.ordinal == 0 ? "" : std::to_string(day.ordinal)) + std::string(Name(day.day));
}

template <typename T>
void AppendList(std::string& text, std::string_view part, const std::vector<T>& list) {
  if (list.empty()) return;
  text.append(";").append(part);
  char separator = '=';
  for (const T& entry : list) {
    text += separator + Format(entry);
    separator = ',';
  }
}

}  // namespace

std::string RecurrenceRule::ToString() const {
  std::string text = "FREQ=" + std::string(Name(parts_.frequency));
  if (parts_.until) {
    text += ";UNTIL=" + std::visit([](const auto& end) { return Format(end); }, *parts_.until);
  }
  if (parts_.count) text += ";COUNT=" + std::to_string(*parts_.count);
  if (parts_.interval != 1) text += ";INTERVAL=" + std::to_string(parts_.interval);
  AppendList(text, "BYSECOND", parts_.by_second);
  AppendList(text, "BYMINUTE", parts_.by_minute);
  AppendList(text, "BYHOUR", parts_.by_hour);
  AppendList(text, "BYDAY", parts_.by_day);
  AppendList(text, "BYMONTHDAY", parts_.by_month_day);
  AppendList(text, "BYYEARDAY", parts_.by_year_day);
  AppendList(text, "BYWEEKNO", parts_.by_week_number);
  AppendList(text, "BYMONTH", parts_.by_month);
  AppendList(text, "BYSETPOS", parts_.by_set_position);
  if (parts_.week_start != std::chrono::Monday) {
    text += ";WKST=" + std::string(Name(parts_.week_start));
  }
  return text;
}

}  // namespace clinic
