#include "clinic/time_text.hpp"

#include <cassert>
#include <charconv>
#include <optional>

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr bool IsDigit(char c) { return '0' <= c && c <= '9'; }

Error Malformed(std::string_view text, std::string_view what) {
  static constexpr std::size_t kLongestQuote = 40;
  std::string message(what);
  if (text.size() <= kLongestQuote) message.append(": \"").append(text).append("\"");
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

// Reads a text from left to right. Once something does not fit, `problem` says what, and every
// further step does nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text), rest_(text) {}

  bool ok() const { return problem_.empty(); }
  bool at_end() const { return rest_.empty(); }
  Error error() const { return Malformed(text_, problem_); }

  void Refuse(std::string_view problem) {
    if (ok()) problem_ = problem;
  }

  bool Accept(char c) {
    if (!ok() || at_end() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Expect(char c, std::string_view problem) {
    if (!Accept(c)) Refuse(problem);
  }

  // Exactly `count` digits, and no digit after them.
  int Digits(std::size_t count, std::string_view problem) {
    std::size_t length = 0;
    while (length < rest_.size() && IsDigit(rest_[length])) ++length;
    if (length != count) Refuse(problem);
    if (!ok()) return 0;
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }

  // What is left, which must be nothing.
  void End() {
    if (!at_end()) Refuse("there is something after the end");
  }

  char Next() const { return at_end() ? '\0' : rest_.front(); }

 private:
  std::string_view text_;
  std::string_view rest_;
  std::string_view problem_;
};

CivilDay ScanDate(Scanner& scan) {
  const int year = scan.Digits(4, "a year has exactly four digits, as in 2024-03-05");
  scan.Expect('-', "a date is written year-month-day, as in 2024-03-05");
  const int month = scan.Digits(2, "a month has exactly two digits, as in 2024-03-05");
  scan.Expect('-', "a date is written year-month-day, as in 2024-03-05");
  const int day = scan.Digits(2, "a day has exactly two digits, as in 2024-03-05");
  if (!scan.ok()) return {};
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (year == 0) scan.Refuse("there is no year 0000; years go from 0001 to 9999");
  if (!date.month().ok()) scan.Refuse("months go from 01 to 12");
  if (!date.ok()) scan.Refuse("there is no such day in that month");
  return scan.ok() ? CivilDay{date} : CivilDay{};
}

Duration ScanTimeOfDay(Scanner& scan) {
  const int hour = scan.Digits(2, "an hour has exactly two digits, as in 08:30");
  scan.Expect(':', "a time is written hours:minutes, as in 08:30");
  const int minute = scan.Digits(2, "a minute has exactly two digits, as in 08:30");
  int second = 0;
  if (scan.Accept(':')) {
    second = scan.Digits(2, "a second has exactly two digits, as in 08:30:00");
    if (scan.Accept('.')) {
      if (!IsDigit(scan.Next())) scan.Refuse("a decimal point has digits after it");
      while (scan.Accept('0')) {
      }
      if (IsDigit(scan.Next())) scan.Refuse("fractions of a second are not supported");
    }
  }
  if (hour == 24) scan.Refuse("there is no hour 24; midnight is 00:00 of the next day");
  if (hour > 24) scan.Refuse("hours go from 00 to 23");
  if (minute > 59) scan.Refuse("minutes go from 00 to 59");
  if (second == 60) scan.Refuse("leap seconds are not supported; seconds go from 00 to 59");
  if (second > 60) scan.Refuse("seconds go from 00 to 59");
  return hours{hour} + minutes{minute} + seconds{second};
}

// "Z" or "±hh:mm"; nothing at all where the text ends here.
std::optional<Duration> ScanOffset(Scanner& scan) {
  if (scan.at_end()) return std::nullopt;
  if (scan.Accept('Z') || scan.Accept('z')) return Duration{0};
  const int sign = scan.Accept('-') ? -1 : 1;
  if (sign == 1) scan.Expect('+', "after the time comes Z, or an offset as in +01:00, or nothing");
  const int hour = scan.Digits(2, "an offset is written as in +01:00");
  scan.Expect(':', "an offset is written as in +01:00");
  const int minute = scan.Digits(2, "an offset is written as in +01:00");
  if (hour > 23 || minute > 59) scan.Refuse("an offset is less than a day, its minutes at most 59");
  return sign * (hours{hour} + minutes{minute});
}

// Writes fields of fixed width into a buffer that is long enough for all of them.
class Printer {
 public:
  void Digits(int count, unsigned value) {
    for (int i = count; i-- > 0; value /= 10) {
      text_[length_ + static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    }
    length_ += static_cast<std::size_t>(count);
  }

  void Character(char c) { text_[length_++] = c; }

  void Date(CivilDay day) {
    const std::chrono::year_month_day date(day);
    Digits(4, static_cast<unsigned>(static_cast<int>(date.year())));
    Character('-');
    Digits(2, static_cast<unsigned>(date.month()));
    Character('-');
    Digits(2, static_cast<unsigned>(date.day()));
  }

  void Civil(CivilTime time) {
    const CivilDay day = std::chrono::floor<days>(time);
    const std::chrono::hh_mm_ss<seconds> clock(time - day);
    Date(day);
    Character('T');
    Digits(2, static_cast<unsigned>(clock.hours().count()));
    Character(':');
    Digits(2, static_cast<unsigned>(clock.minutes().count()));
    Character(':');
    Digits(2, static_cast<unsigned>(clock.seconds().count()));
  }

  void Offset(minutes offset) {
    const unsigned count = static_cast<unsigned>(std::chrono::abs(offset).count());
    Character(offset < minutes{0} ? '-' : '+');
    Digits(2, count / 60);
    Character(':');
    Digits(2, count % 60);
  }

  std::string text() const { return std::string(text_, length_); }

 private:
  char text_[sizeof("YYYY-MM-DDThh:mm:ss+hh:mm")] = {};
  std::size_t length_ = 0;
};

constexpr CivilTime AsCivil(Instant instant) { return CivilTime(instant.time_since_epoch()); }

}  // namespace

Result<TimeText> ParseTime(std::string_view text) {
  Scanner scan(text);
  const CivilDay day = ScanDate(scan);
  if (!scan.Accept('t')) {
    scan.Expect('T', "between the date and the time stands a T, as in 2024-03-05T08:30");
  }
  const Duration time_of_day = ScanTimeOfDay(scan);
  const std::optional<Duration> offset = ScanOffset(scan);
  scan.End();
  if (!scan.ok()) return scan.error();
  const CivilTime civil = day + time_of_day;
  if (!offset) return TimeText(civil);
  const Instant instant(civil.time_since_epoch() - *offset);
  if (!IsRepresentable(instant)) {
    return Malformed(text, "that is not in the years 0001 to 9999 of UTC");
  }
  return TimeText(instant);
}

Result<Instant> ParseInstant(std::string_view text) {
  Result<TimeText> time = ParseTime(text);
  if (!time) return std::move(time).error();
  if (const Instant* instant = std::get_if<Instant>(&*time)) return *instant;
  return Malformed(text, "the offset from UTC is missing: Z, or as in +01:00");
}

Result<CivilDay> ParseDate(std::string_view text) {
  Scanner scan(text);
  const CivilDay day = ScanDate(scan);
  scan.End();
  if (!scan.ok()) return scan.error();
  return day;
}

Result<Duration> ParseTimeOfDay(std::string_view text) {
  Scanner scan(text);
  const Duration time_of_day = ScanTimeOfDay(scan);
  scan.End();
  if (!scan.ok()) return scan.error();
  return time_of_day;
}

std::string FormatRfc3339(Instant instant, Duration utc_offset) {
  assert(IsRepresentable(instant));
  assert(-days{1} < utc_offset && utc_offset < days{1});
  const auto offset = std::chrono::duration_cast<minutes>(utc_offset);
  const Instant shown = instant + offset;
  if (!IsRepresentable(shown)) return FormatUtc(instant);
  Printer printer;
  printer.Civil(AsCivil(shown));
  printer.Offset(offset);
  return printer.text();
}

std::string FormatUtc(Instant instant) {
  assert(IsRepresentable(instant));
  Printer printer;
  printer.Civil(AsCivil(instant));
  printer.Character('Z');
  return printer.text();
}

std::string FormatCivil(CivilTime time) {
  Printer printer;
  printer.Civil(time);
  return printer.text();
}

std::string FormatDate(CivilDay day) {
  Printer printer;
  printer.Date(day);
  return printer.text();
}

}  // namespace clinic
