// Reading a rule from text: the grammar of RFC 5545 §3.3.10.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clinic/recurrence_rule.hpp"

namespace clinic {
namespace {

// A rule with every list full has less than 3,500 characters.
constexpr std::size_t kLongestText = 8192;

Error Invalid(std::string_view part, std::string_view problem) {
  return {ErrorCode::kInvalidArgument, std::string(part) + ": " + std::string(problem)};
}

// What an error quotes of its input: enough to find it again, and printable.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text.substr(0, 32)) quoted += (' ' <= c && c <= '~') ? c : '?';
  return quoted + (text.size() > 32 ? "...\"" : "\"");
}

// Splits what stands before the next `separator` off `text`; nothing where `text` has ended.
std::optional<std::string_view> TakeUntil(std::optional<std::string_view>& text, char separator) {
  if (!text) return std::nullopt;
  const std::size_t at = text->find(separator);
  const std::string_view taken = text->substr(0, at);
  text = at == std::string_view::npos ? std::nullopt : std::optional(text->substr(at + 1));
  return taken;
}

// `digits` decimal digits and nothing else.
std::optional<int> ParseDigits(std::string_view text, std::size_t digits) {
  if (text.size() != digits ||
      !std::all_of(text.begin(), text.end(), [](char c) { return '0' <= c && c <= '9'; })) {
    return std::nullopt;
  }
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A number with an optional sign, of at most `digits` digits.
std::optional<int> ParseSigned(std::string_view text, std::size_t digits) {
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  const std::string_view number = text.substr(has_sign ? 1 : 0);
  const std::optional<int> magnitude = number.size() <= digits && !number.empty()
                                           ? ParseDigits(number, number.size())
                                           : std::nullopt;
  if (!magnitude) return std::nullopt;
  return text.starts_with('-') ? -*magnitude : *magnitude;
}

std::optional<std::chrono::weekday> ParseWeekday(std::string_view text) {
  constexpr std::string_view kNames = "SUMOTUWETHFRSA";
  if (text.size() != 2) return std::nullopt;
  const std::size_t at = kNames.find(text);
  if (at == std::string_view::npos || at % 2 != 0) return std::nullopt;
  return std::chrono::weekday(static_cast<unsigned>(at / 2));
}

std::optional<Frequency> ParseFrequency(std::string_view text) {
  constexpr std::string_view kNames[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                         "WEEKLY",   "MONTHLY",  "YEARLY"};
  const auto* const found = std::find(std::begin(kNames), std::end(kNames), text);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<Frequency>(found - std::begin(kNames));
}

std::optional<CivilDay> ParseDate(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  const std::optional<int> year = ParseDigits(text.substr(0, 4), 4);
  const std::optional<int> month = ParseDigits(text.substr(4, 2), 2);
  const std::optional<int> day = ParseDigits(text.substr(6, 2), 2);
  if (!year || *year < 1 || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return CivilDay(date);
}

std::optional<RecurrenceEnd> ParseEnd(std::string_view text) {
  const std::optional<CivilDay> date = ParseDate(text.substr(0, 8));
  if (!date) return std::nullopt;
  if (text.size() == 8) return *date;
  const bool is_utc = text.size() == 16 && text[15] == 'Z';
  if ((text.size() != 15 && !is_utc) || text[8] != 'T') return std::nullopt;
  const std::optional<int> hour = ParseDigits(text.substr(9, 2), 2);
  const std::optional<int> minute = ParseDigits(text.substr(11, 2), 2);
  const std::optional<int> second = ParseDigits(text.substr(13, 2), 2);
  if (!hour || *hour > 23 || !minute || *minute > 59 || !second || *second > 60) {
    return std::nullopt;
  }
  const CivilTime civil = CivilTime(*date) + std::chrono::hours(*hour) +
                          std::chrono::minutes(*minute) +
                          std::chrono::seconds(std::min(*second, 59));
  if (is_utc) return Instant(civil.time_since_epoch());
  return civil;
}

std::optional<WeekdayOrdinal> ParseWeekdayOrdinal(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const std::optional<std::chrono::weekday> day = ParseWeekday(text.substr(text.size() - 2));
  if (!day) return std::nullopt;
  const std::string_view ordinal = text.substr(0, text.size() - 2);
  if (ordinal.empty()) return WeekdayOrdinal{0, *day};
  const std::optional<int> number = ParseSigned(ordinal, 2);
  if (!number || *number == 0) return std::nullopt;
  return WeekdayOrdinal{*number, *day};
}

std::optional<std::chrono::month> ParseMonth(std::string_view text) {
  const std::optional<int> number = ParseSigned(text, 2);
  if (!number || *number < 1 || *number > 12) return std::nullopt;
  return std::chrono::month(static_cast<unsigned>(*number));
}

// Reads the entries of a list part into `list`.
template <typename T, typename ParseEntry>
Result<void> ParseList(std::string_view part, std::string_view text, std::vector<T>& list,
                       const ParseEntry& parse_entry) {
  std::optional<std::string_view> rest = text;
  while (const std::optional<std::string_view> entry = TakeUntil(rest, ',')) {
    const std::optional<T> value = parse_entry(*entry);
    if (!value) return Invalid(part, Quoted(*entry) + " cannot be read");
    list.push_back(*value);
  }
  return {};
}

Result<void> ParseCount(std::string_view part, std::string_view text, std::uint32_t& number) {
  const std::optional<int> value = text.size() <= 9 ? ParseDigits(text, text.size()) : std::nullopt;
  if (!value || *value < 1) return Invalid(part, Quoted(text) + " is not in 1..999999999");
  number = static_cast<std::uint32_t>(*value);
  return {};
}

// The parts in the order of the RFC's grammar.
enum class Part {
  kFreq,
  kUntil,
  kCount,
  kInterval,
  kBySecond,
  kByMinute,
  kByHour,
  kByDay,
  kByMonthDay,
  kByYearDay,
  kByWeekNo,
  kByMonth,
  kBySetPos,
  kWkst
};

constexpr std::string_view kPartNames[] = {
    "FREQ",  "UNTIL",      "COUNT",     "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR",
    "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",  "BYSETPOS", "WKST"};

Result<void> ParseFrequencyPart(std::string_view value, RecurrenceParts& parts) {
  const std::optional<Frequency> frequency = ParseFrequency(value);
  if (!frequency) {
    return Invalid("FREQ", Quoted(value) +
                               " is not one of SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, "
                               "MONTHLY, YEARLY");
  }
  parts.frequency = *frequency;
  return {};
}

Result<void> ParseUntilPart(std::string_view value, RecurrenceParts& parts) {
  parts.until = ParseEnd(value);
  if (parts.until) return {};
  return Invalid(
      "UNTIL", Quoted(value) + " is not of the form 20261231, 20261231T170000 or 20261231T170000Z");
}

Result<void> ParseWeekStartPart(std::string_view value, RecurrenceParts& parts) {
  const std::optional<std::chrono::weekday> day = ParseWeekday(value);
  if (!day) return Invalid("WKST", Quoted(value) + " is not one of SU MO TU WE TH FR SA");
  parts.week_start = *day;
  return {};
}

Result<void> ParsePart(Part part, std::string_view value, RecurrenceParts& parts) {
  const std::string_view name = kPartNames[static_cast<std::size_t>(part)];
  const auto numbers = [&](std::vector<int>& list, std::size_t digits) {
    return ParseList(name, value, list, [digits](auto text) { return ParseSigned(text, digits); });
  };
  switch (part) {
    case Part::kFreq:
      return ParseFrequencyPart(value, parts);
    case Part::kUntil:
      return ParseUntilPart(value, parts);
    case Part::kCount:
      return ParseCount(name, value, parts.count.emplace());
    case Part::kInterval:
      return ParseCount(name, value, parts.interval);
    case Part::kBySecond:
      return numbers(parts.by_second, 2);
    case Part::kByMinute:
      return numbers(parts.by_minute, 2);
    case Part::kByHour:
      return numbers(parts.by_hour, 2);
    case Part::kByDay:
      return ParseList(name, value, parts.by_day, ParseWeekdayOrdinal);
    case Part::kByMonthDay:
      return numbers(parts.by_month_day, 2);
    case Part::kByYearDay:
      return numbers(parts.by_year_day, 3);
    case Part::kByWeekNo:
      return numbers(parts.by_week_number, 2);
    case Part::kByMonth:
      return ParseList(name, value, parts.by_month, ParseMonth);
    case Part::kBySetPos:
      return numbers(parts.by_set_position, 3);
    case Part::kWkst:
      return ParseWeekStartPart(value, parts);
  }
  return {};
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

Result<RecurrenceRule> RecurrenceRule::Parse(std::string_view text) {
  if (text.size() > kLongestText) return Invalid("RRULE", "longer than 8192 characters");
  const std::string upper = ToUpper(text);
  std::string_view value = upper;
  if (value.starts_with("RRULE:")) value.remove_prefix(6);

  RecurrenceParts parts;
  unsigned seen = 0;
  std::optional<std::string_view> rest = value;
  while (const std::optional<std::string_view> entry = TakeUntil(rest, ';')) {
    const std::size_t equals = entry->find('=');
    const std::string_view name = entry->substr(0, equals);
    const auto* const found = std::find(std::begin(kPartNames), std::end(kPartNames), name);
    if (equals == std::string_view::npos || found == std::end(kPartNames)) {
      return Invalid("RRULE", Quoted(*entry) + " is no part of a rule, as FREQ=DAILY is");
    }
    const auto index = static_cast<std::size_t>(found - std::begin(kPartNames));
    if ((seen >> index & 1U) != 0) return Invalid(name, "given more than once");
    seen |= 1U << index;
    if (auto parsed = ParsePart(static_cast<Part>(index), entry->substr(equals + 1), parts);
        !parsed) {
      return parsed.error();
    }
  }
  if ((seen & 1U) == 0) return Invalid("FREQ", "missing; every rule needs one");
  return Make(std::move(parts));
}

}  // namespace clinic
