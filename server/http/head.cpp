#include "server/http/head.hpp"

#include <algorithm>
#include <limits>

#include "server/http/grammar.hpp"
#include "server/http/refusal.hpp"
#include "server/http/target.hpp"

namespace clinic::http {
namespace {

struct RequestLine {
  std::string_view method;
  std::string_view target;
  bool is_http_1_0 = false;
};

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

// "HTTP/1.1" and nothing around it; a higher minor version is spoken to as 1.1 (RFC 9110 §2.5).
std::optional<Problem> ParseVersion(std::string_view text, bool& is_http_1_0) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !IsDigit(text[5]) || text[6] != '.' ||
      !IsDigit(text[7])) {
    return Malformed("The request line does not end with a version of HTTP.");
  }
  if (text[5] != '1') return UnknownVersion();
  is_http_1_0 = text[7] == '0';
  return std::nullopt;
}

std::optional<Problem> ParseRequestLine(std::string_view text, RequestLine& line) {
  line.method = TakeUntil(text, ' ');
  line.target = TakeUntil(text, ' ');
  if (!IsToken(line.method)) return Malformed("The request line does not begin with a method.");
  if (line.target.empty() || !std::all_of(line.target.begin(), line.target.end(), IsVisible)) {
    return Malformed("The request target is not written in visible ASCII.");
  }
  return ParseVersion(text, line.is_http_1_0);
}

std::optional<Problem> ParseHeaders(std::string_view text, std::size_t limit, NameValues& headers) {
  constexpr std::size_t kUsualHeaders = 8;
  headers.reserve(kUsualHeaders);
  for (std::string_view line = TakeLine(text); !line.empty(); line = TakeLine(text)) {
    if (headers.size() == limit) {
      return HeadTooLarge("A request may have " + std::to_string(limit) + " headers.");
    }
    const auto header = ParseHeaderLine(line);
    if (!header) return Malformed("A header is not \"name: value\" on a line of its own.");
    headers.emplace_back(header->first, header->second);
  }
  return std::nullopt;
}

std::size_t Count(const Request& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [name](const auto& header) { return EqualsIgnoringCase(header.first, name); }));
}

// Calls `visit` with each element of the comma-separated lists in the headers of that name
// (RFC 9110 §5.6.1).
template <typename Visit>
void ForEachElement(const Request& request, std::string_view name, const Visit& visit) {
  for (const auto& [header, value] : request.headers) {
    if (!EqualsIgnoringCase(header, name)) continue;
    for (std::string_view rest = value; !rest.empty();) visit(Trim(TakeUntil(rest, ',')));
  }
}

bool HasElement(const Request& request, std::string_view name, std::string_view element) {
  bool found = false;
  ForEachElement(request, name, [&](std::string_view candidate) {
    found = found || EqualsIgnoringCase(candidate, element);
  });
  return found;
}

std::string UsableId(const Request& request) {
  const std::string_view id = request.Header("X-Request-Id").value_or("");
  const bool is_usable = id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
                           return IsLetter(c) || IsDigit(c) || IsOneOf(c, "._-");
                         });
  return is_usable ? std::string(id) : std::string();
}

// Headers of which a second one would leave it to chance which is heeded.
std::optional<Problem> CheckSingletons(const Request& request) {
  for (const std::string_view name : {"Host", "Content-Length", "Content-Type", "Authorization"}) {
    if (Count(request, name) > 1)
      return Malformed("There is more than one " + std::string(name) + ".");
  }
  return std::nullopt;
}

// RFC 9112 §3.2: exactly one valid Host in HTTP/1.1; and §3.2.2: a target that names its host
// itself overrules it.
std::optional<Problem> CheckHost(const RequestLine& line, const Target& target, Request& request) {
  const std::optional<std::string_view> host = request.Header("Host");
  if (!host) {
    return line.is_http_1_0 ? std::nullopt : std::optional(Malformed("There is no Host."));
  }
  if (!IsAuthority(*host)) return Malformed("Host is not a host with an optional port.");
  if (target.authority.empty()) return std::nullopt;
  for (auto& [name, value] : request.headers) {
    if (EqualsIgnoringCase(name, "Host")) value = target.authority;
  }
  return std::nullopt;
}

// RFC 9112 §6.1: "chunked" is what we decode; behind any other coding the body would not be found.
std::optional<Problem> ParseTransferEncoding(const RequestLine& line, Head& head) {
  if (line.is_http_1_0) return Malformed("HTTP/1.0 has no Transfer-Encoding.");
  if (head.request.Header("Content-Length")) {
    return Malformed("There are both Content-Length and Transfer-Encoding.");
  }
  std::string_view last;
  std::size_t chunked = 0;
  ForEachElement(head.request, "Transfer-Encoding", [&](std::string_view coding) {
    last = coding;
    chunked += EqualsIgnoringCase(coding, "chunked") ? 1 : 0;
  });
  if (chunked != 1 || !EqualsIgnoringCase(last, "chunked")) {
    return Malformed("Transfer-Encoding does not end with one \"chunked\".");
  }
  if (Count(head.request, "Transfer-Encoding") != 1 ||
      head.request.Header("Transfer-Encoding")->size() != last.size()) {
    return NotImplemented("The only Transfer-Encoding that is read is \"chunked\" alone.");
  }
  head.is_chunked = true;
  return std::nullopt;
}

std::optional<Problem> ParseContentLength(std::string_view text, std::size_t limit, Head& head) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return Malformed("Content-Length is not a number.");
  }
  for (const char digit : text) {
    head.content_length = head.content_length * 10 + static_cast<std::uint64_t>(digit - '0');
    if (head.content_length > limit) return BodyTooLarge(limit);
  }
  return std::nullopt;
}

std::optional<Problem> ParseFraming(const RequestLine& line, const Limits& limits, Head& head) {
  const Request& request = head.request;
  if (request.Header("Transfer-Encoding")) {
    if (auto problem = ParseTransferEncoding(line, head)) return problem;
  } else if (const auto length = request.Header("Content-Length")) {
    if (auto problem = ParseContentLength(*length, limits.body_bytes, head)) return problem;
  }
  bool is_encoded = false;
  ForEachElement(request, "Content-Encoding", [&](std::string_view coding) {
    is_encoded = is_encoded || !EqualsIgnoringCase(coding, "identity");
  });
  if (is_encoded) return UnsupportedContentEncoding();

  const std::optional<std::string_view> expectation = request.Header("Expect");
  if (!expectation || line.is_http_1_0) return std::nullopt;  // RFC 9110 §10.1.1
  if (Count(request, "Expect") > 1 || !EqualsIgnoringCase(*expectation, "100-continue")) {
    return UnknownExpectation();
  }
  head.expects_continue = head.is_chunked || head.content_length > 0;
  return std::nullopt;
}

Persistence PersistenceOf(const RequestLine& line, const Request& request) {
  if (HasElement(request, "Connection", "close")) return Persistence::kClose;
  if (!line.is_http_1_0) return Persistence::kKeepAlive;
  return HasElement(request, "Connection", "keep-alive") ? Persistence::kExplicitKeepAlive
                                                         : Persistence::kClose;
}

}  // namespace

std::optional<std::pair<std::string_view, std::string_view>> ParseHeaderLine(
    std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return std::nullopt;
  const std::string_view value = Trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return IsControl(c) && c != '\t'; })) {
    return std::nullopt;
  }
  return std::pair(line.substr(0, colon), value);
}

std::optional<Problem> ParseHead(std::string_view text, const Limits& limits, Head& head) {
  Request& request = head.request;
  RequestLine line;
  if (auto problem = ParseRequestLine(TakeLine(text), line)) return problem;
  if (auto problem = ParseHeaders(text, limits.header_count, request.headers)) return problem;
  request.id = UsableId(request);

  const std::optional<Method> method = ParseMethod(line.method);
  if (!method) return NotImplemented("The server does not know this method.");
  request.method = *method;
  if (line.target.size() > limits.target_bytes) return TargetTooLong(limits.target_bytes);
  Target target;
  if (auto problem = ParseTarget(line.target, *method, target)) return problem;
  request.path = std::move(target.path);
  request.query = std::move(target.query);

  if (auto problem = CheckSingletons(request)) return problem;
  if (auto problem = CheckHost(line, target, request)) return problem;
  if (auto problem = ParseFraming(line, limits, head)) return problem;
  head.persistence = PersistenceOf(line, request);
  return std::nullopt;
}

}  // namespace clinic::http
