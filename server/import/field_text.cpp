#include "server/import/field_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "clinic/appointment_status.hpp"
#include "clinic/time_text.hpp"

namespace clinic::calendar_file {
namespace {

namespace status = appointment_status;

constexpr std::pair<std::string_view, std::string_view> kStatuses[] = {
    {"attended", status::kFulfilled},
    {"did not attend", status::kNoShow},
    {"scheduled", status::kBooked},
    {"unknown", status::kBooked},
    {status::kProposed, status::kProposed},
    {status::kPending, status::kPending},
    {status::kBooked, status::kBooked},
    {status::kArrived, status::kArrived},
    {status::kCheckedIn, status::kCheckedIn},
    {status::kFulfilled, status::kFulfilled},
    {status::kCancelled, status::kCancelled},
    {status::kNoShow, status::kNoShow},
    {status::kEnteredInError, status::kEnteredInError},
    {status::kWaitlist, status::kWaitlist},
};

constexpr char LowerCase(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameWord(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return LowerCase(a) == b; });
}

Error Refused(std::string reason) { return {ErrorCode::kInvalidArgument, std::move(reason)}; }

}  // namespace

std::string_view WithoutOuterSpaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return '"' + std::string(text) + '"';
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return '"' + std::string(text.substr(0, end)) + "…\"";
}

bool IsTimeOfDay(std::string_view text) { return text.find(':') < 3; }

Result<CivilTime> ReadTime(std::string_view text, std::optional<CivilDay> day) {
  if (IsTimeOfDay(text)) {
    const Result<Duration> time_of_day = ParseTimeOfDay(text);
    if (!time_of_day) return Refused("has the time " + Quoted(text) + ", which cannot be read");
    if (!day) return Refused("has the time " + Quoted(text) + " without a date");
    return CivilTime(*day) + *time_of_day;
  }
  constexpr std::size_t kDateLength = 10;
  std::string with_t(text);
  if (text.size() > kDateLength && text[kDateLength] == ' ') with_t[kDateLength] = 'T';
  const Result<TimeText> time = ParseTime(with_t);
  if (!time) return Refused("has the time " + Quoted(text) + ", which cannot be read");
  if (const auto* civil = std::get_if<CivilTime>(&*time)) return *civil;
  return Refused("has the time " + Quoted(text) +
                 " with an offset from UTC; times are the clinic's local time");
}

Result<CivilDay> ReadDate(std::string_view text) {
  const Result<CivilDay> day = ParseDate(text);
  if (!day) return Refused("has the date " + Quoted(text) + ", which is not YYYY-MM-DD");
  return *day;
}

Result<Duration> ReadMinutes(std::string_view text) {
  int minutes = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), minutes);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  if (!whole || minutes < 1 || minutes > kLongestMinutes) {
    return Refused("has the duration " + Quoted(text) +
                   ", which is not a number of minutes from 1 to " +
                   std::to_string(kLongestMinutes));
  }
  return Duration(std::chrono::minutes(minutes));
}

Result<std::string_view> ReadStatus(std::string_view text) {
  for (const auto& [word, meaning] : kStatuses) {
    if (SameWord(text, word)) return meaning;
  }
  return Refused("has the status " + Quoted(text) + ", which is none that is known");
}

}  // namespace clinic::calendar_file
