// Expands rules from standard input, for a test in another language to compare with.
//
//   19970902T090000|FREQ=DAILY;COUNT=3|10        DTSTART, RRULE, how many occurrences at most
//   19970902T090000|FREQ=DAILY|2|20200101T000000 as above, from the last time on
//
// For each line it prints one: the occurrences, separated by spaces, or "error" and what is wrong.
#include <array>
#include <charconv>
#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "clinic/recurrence.hpp"

namespace clinic {
namespace {

int Number(const std::string& text, std::size_t at, std::size_t digits) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + at + digits, number);
  return number;
}

CivilTime ParseTime(const std::string& text) {
  return std::chrono::local_days{std::chrono::year{Number(text, 0, 4)} / Number(text, 4, 2) /
                                 Number(text, 6, 2)} +
         std::chrono::hours(Number(text, 9, 2)) + std::chrono::minutes(Number(text, 11, 2)) +
         std::chrono::seconds(Number(text, 13, 2));
}

std::string Format(CivilTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - CivilTime(day));
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::string Answer(const std::string& line) {
  std::istringstream fields(line);
  std::vector<std::string> field(4);
  for (std::string& text : field) std::getline(fields, text, '|');

  const Result<RecurrenceRule> rule = RecurrenceRule::Parse(field[1]);
  if (!rule) return "error " + rule.error().message;
  const Result<Recurrence> recurrence = Recurrence::Create(ParseTime(field[0]), *rule);
  if (!recurrence) return "error " + recurrence.error().message;
  OccurrenceCursor cursor(*recurrence);
  if (!field[3].empty()) cursor.Seek(ParseTime(field[3]));
  std::string answer;
  for (int left = std::stoi(field[2]); left > 0; --left) {
    const Result<std::optional<CivilTime>> next = cursor.Next();
    if (!next) return "error " + next.error().message;
    if (!*next) break;
    answer += (answer.empty() ? "" : " ") + Format(**next);
  }
  return answer;
}

}  // namespace
}  // namespace clinic

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << clinic::Answer(line) << '\n';
}
