#include "server/http/target.hpp"

#include <algorithm>
#include <cstdint>

#include "server/http/grammar.hpp"
#include "server/http/refusal.hpp"

namespace clinic::http {
namespace {

// Is this UTF-8 in its shortest form, without surrogates (RFC 3629)?
bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return false;
    std::uint32_t code = lead & (0x7Fu >> length);
    for (std::size_t index = 1; index < length; ++index) {
      const auto next = static_cast<unsigned char>(text[at + index]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    const bool is_surrogate = 0xD800 <= code && code < 0xE000;
    const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (is_surrogate || is_overlong || code > 0x10FFFF) return false;
    at += length;
  }
  return true;
}

// Undoes percent-encoding, and "+" for a space where `form` says so; nullopt for a broken one.
enum class Form { kNo, kYes };
std::optional<std::string> PercentDecode(std::string_view text, Form form) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && form == Form::kYes) {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else {
      if (text.size() - at < 3) return std::nullopt;
      const int high = HexValue(text[at + 1]);
      const int low = HexValue(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high << 4 | low);
      at += 2;
    }
  }
  return decoded;
}

// A decoded segment that would mean another path to a program that decodes twice or not at all.
bool IsAmbiguousSegment(std::string_view segment) {
  return segment == "." || segment == ".." ||
         std::any_of(segment.begin(), segment.end(),
                     [](char c) { return c == '/' || c == '\\' || IsControl(c); });
}

std::optional<Problem> ParsePath(std::string_view text, std::string& path) {
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return IsUnreservedOrDelimiter(c) || IsOneOf(c, "/:@%"); })) {
    return Malformed("The path has a character that must be percent-encoded.");
  }
  path.clear();
  text.remove_prefix(1);
  for (bool more = true; more;) {
    more = text.find('/') != std::string_view::npos;
    const std::optional<std::string> segment = PercentDecode(TakeUntil(text, '/'), Form::kNo);
    if (!segment) return Malformed("The path has a broken percent-encoding.");
    if (IsAmbiguousSegment(*segment)) {
      return Malformed("The path has a dot segment, an encoded slash or a control code.");
    }
    path += '/';
    path += *segment;
  }
  if (!IsUtf8(path)) return Malformed("The path is not UTF-8.");
  return std::nullopt;
}

bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// Takes "http://authority" off the front of a target in absolute form.
bool TakeAuthority(std::string_view& text, std::string& authority) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, colon);
  if (!EqualsIgnoringCase(scheme, "http") && !EqualsIgnoringCase(scheme, "https")) return false;
  text.remove_prefix(colon + 3);
  authority = text.substr(0, text.find_first_of("/?"));
  text.remove_prefix(authority.size());
  return IsAuthority(authority);
}

}  // namespace

std::optional<Problem> ParseForm(std::string_view text, NameValues& fields) {
  fields.clear();
  while (!text.empty()) {
    std::string_view value = TakeUntil(text, '&');
    if (value.empty()) continue;
    std::optional<std::string> name = PercentDecode(TakeUntil(value, '='), Form::kYes);
    std::optional<std::string> decoded = PercentDecode(value, Form::kYes);
    if (!name || !decoded) return Malformed("The query has a broken percent-encoding.");
    if (HasNul(*name) || HasNul(*decoded)) return Malformed("The query has a NUL in it.");
    if (!IsUtf8(*name) || !IsUtf8(*decoded)) return Malformed("The query is not UTF-8.");
    fields.emplace_back(std::move(*name), std::move(*decoded));
  }
  return std::nullopt;
}

bool IsAuthority(std::string_view text) {
  std::string_view host = text;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
    host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), IsDigit)) return false;
  }
  if (host.starts_with('[')) {  // an IPv6 address, or one of the future (RFC 3986 §3.2.2)
    if (host.size() < 4 || !host.ends_with(']')) return false;
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return IsUnreservedOrDelimiter(c) || c == ':'; });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return IsUnreservedOrDelimiter(c) || c == '%';
  });
}

std::optional<Problem> ParseTarget(std::string_view text, Method method, Target& target) {
  target.authority.clear();
  if (text == "*") {
    if (method != Method::kOptions) return Malformed("Only OPTIONS can be asked of \"*\".");
    target.path = "*";
    target.query.clear();
    return std::nullopt;
  }
  if (!text.starts_with('/') && !TakeAuthority(text, target.authority)) {
    return Malformed("The request target is neither a path nor an http address.");
  }
  if (text.find('#') != std::string_view::npos) {
    return Malformed("A request target has no fragment.");
  }
  std::string_view query = text;
  std::string_view path = TakeUntil(query, '?');
  if (path.empty()) path = "/";  // "http://host" and "http://host?query" (RFC 9110 §4.2.3)
  std::optional<Problem> problem = ParsePath(path, target.path);
  return problem ? problem : ParseForm(query, target.query);
}

}  // namespace clinic::http
