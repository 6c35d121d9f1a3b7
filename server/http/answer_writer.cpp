#include "server/http/answer_writer.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "server/http/answer_headers.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {
namespace {

void AppendNumber(std::string& text, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

void AppendHeader(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string AnswerWriter::Write(const AnswerTo& to, const Response& response) {
  constexpr std::size_t kUsualHead = 768;
  std::string text;
  text.reserve(kUsualHead + response.body.size());
  text.append("HTTP/1.1 ");
  AppendNumber(text, static_cast<std::size_t>(response.status));
  text.append(" ").append(StatusPhrase(response.status)).append("\r\n");

  ForEachHeader(to, response, date_.Now(), [&](std::string_view name, std::string_view value) {
    AppendHeader(text, name, value);
  });
  if (HasNoBody(response.status)) return text.append("\r\n");  // nor a length (RFC 9110 §8.6)

  text.append("Content-Length: ");
  AppendNumber(text, response.body.size());
  text.append("\r\n\r\n");
  if (to.method != Method::kHead) text.append(response.body);
  return text;
}

std::string_view DateHeader::Now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != second_ || date_.empty()) {
    second_ = now;
    date_ = HttpDate(now);
  }
  return date_;
}

std::string HttpDate(std::chrono::sys_seconds time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace clinic::http
