#include "server/json/writer.hpp"

#include <charconv>
#include <cmath>

#include "server/json/utf8.hpp"

namespace clinic::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// True for what stands in a string as it is, and is a character by itself.
constexpr bool IsPlain(char c) { return ' ' <= c && c <= '~' && c != '"' && c != '\\'; }

void AppendEscaped(std::string& text, char32_t c) {
  switch (c) {
    case '"':
      text.append("\\\"");
      return;
    case '\\':
      text.append("\\\\");
      return;
    case '\n':
      text.append("\\n");
      return;
    case '\r':
      text.append("\\r");
      return;
    case '\t':
      text.append("\\t");
      return;
    default:
      static constexpr char kDigits[] = "0123456789abcdef";
      text.append("\\u00");
      text.push_back(kDigits[c >> 4 & 0xF]);
      text.push_back(kDigits[c & 0xF]);
  }
}

// Shortest text that reads back as the same number; 24 characters at most.
template <typename Number>
void AppendNumber(std::string& text, Number value) {
  char digits[32];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
  text.append(digits, end.ptr);
}

}  // namespace

void AppendString(std::string& text, std::string_view value) {
  text.push_back('"');
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && IsPlain(value[plain])) ++plain;
    text.append(value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty()) break;
    const std::optional<CodePoint> point = DecodeFirst(value);
    if (!point) {
      text.append(kReplacement);
    } else if (point->value < 0x80) {
      AppendEscaped(text, point->value);
    } else {
      text.append(value.substr(0, point->length));
    }
    value.remove_prefix(point ? point->length : 1);
  }
  text.push_back('"');
}

void AppendInteger(std::string& text, std::int64_t value) { AppendNumber(text, value); }

void AppendUnsigned(std::string& text, std::uint64_t value) { AppendNumber(text, value); }

void AppendDouble(std::string& text, double value) {
  std::isfinite(value) ? AppendNumber(text, value) : AppendValue(text, nullptr);
}

}  // namespace clinic::json
