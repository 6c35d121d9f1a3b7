// The character classes of RFC 9110 §5.6 and RFC 3986 §2, independent of any locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace clinic::http {

constexpr bool IsDigit(char c) { return '0' <= c && c <= '9'; }

constexpr bool IsLetter(char c) { return ('a' <= (c | 0x20)) && ((c | 0x20) <= 'z'); }

constexpr bool IsOneOf(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

/// The value of a hexadecimal digit, -1 for anything else.
constexpr int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return 'a' <= lower && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// C0 and DEL; the horizontal tab too.
constexpr bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// VCHAR of RFC 5234: visible ASCII.
constexpr bool IsVisible(char c) { return 0x20 < c && c < 0x7F; }

/// tchar of RFC 9110 §5.6.2.
constexpr bool IsTokenCharacter(char c) {
  return IsDigit(c) || IsLetter(c) || IsOneOf(c, "!#$%&'*+-.^_`|~");
}

/// token of RFC 9110 §5.6.2: a method, a header's name.
constexpr bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

/// unreserved and sub-delims of RFC 3986 §2.
constexpr bool IsUnreservedOrDelimiter(char c) {
  return IsDigit(c) || IsLetter(c) || IsOneOf(c, "-._~!$&'()*+,;=");
}

/// `text` without spaces and tabs at its ends (OWS of RFC 9110 §5.6.3).
constexpr std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes what stands before the first `separator` off the front of `text`, the separator too; all
/// of it where there is none.
constexpr std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

}  // namespace clinic::http
