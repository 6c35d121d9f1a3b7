#include "server/routes/cors.hpp"

#include <algorithm>
#include <charconv>

namespace clinic::server {
namespace {

constexpr std::string_view kMayBeSent =
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "X-Request-Id";
constexpr std::string_view kMayBeRead =
    "Allow, ETag, Idempotent-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After, WWW-Authenticate, X-Request-Id";
// As long as any browser remembers it.
constexpr std::string_view kSecondsRemembered = "7200";

bool IsHostCharacter(char c) {
  return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '.' || c == '-' || c == '[' ||
         c == ']' || c == ':';
}

bool IsPort(std::string_view text, std::string_view scheme) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  return whole && text.front() != '0' && port <= 65'535 && port != (scheme == "https" ? 443 : 80);
}

bool IsOrigin(std::string_view text) {
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, slashes);
  if (scheme != "https" && scheme != "http") return false;
  std::string_view host = text.substr(slashes + 3);
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && !host.ends_with(']');
  if (has_port && (colon + 1 == host.size() || !IsPort(host.substr(colon + 1), scheme))) {
    return false;
  }
  if (has_port) host = host.substr(0, colon);
  const bool is_literal = host.starts_with('[') && host.ends_with(']');
  return !host.empty() && std::ranges::all_of(host, IsHostCharacter) &&
         (is_literal || host.find_first_of("[]:") == std::string_view::npos);
}

std::string_view HeaderOf(const http::Response& response, std::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (header == name) return value;
  }
  return {};
}

}  // namespace

Result<void> CheckOrigin(std::string_view origin) {
  if (IsOrigin(origin)) return {};
  return Error{ErrorCode::kInvalidArgument,
               '"' + std::string(origin) +
                   "\" is no origin; one is like https://desk.example or http://localhost:5173, "
                   "in small letters, without a path or the scheme's own port"};
}

void Cors::Finish(const http::Request& request, http::Response& response) const {
  if (origins_.empty()) return;
  const auto wanted = request.method == http::Method::kOptions
                          ? request.Header("Access-Control-Request-Method")
                          : std::nullopt;
  // Also where it is not a page that asks: a cache must not give a page what was said to another.
  response.headers.emplace_back("Vary", wanted ? "Origin, Access-Control-Request-Method, "
                                                 "Access-Control-Request-Headers"
                                               : "Origin");
  const auto origin = request.Header("Origin");
  if (!origin || !std::ranges::count(origins_, *origin)) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  if (!wanted) {
    response.headers.emplace_back("Access-Control-Expose-Headers", kMayBeRead);
    return;
  }
  const std::string allowed(HeaderOf(response, "Allow"));
  if (allowed.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Methods", allowed);
  response.headers.emplace_back("Access-Control-Allow-Headers", kMayBeSent);
  response.headers.emplace_back("Access-Control-Max-Age", kSecondsRemembered);
}

}  // namespace clinic::server
