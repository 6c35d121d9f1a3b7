#include "server/routes/limiting.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "server/http/problem.hpp"

namespace clinic::server {
namespace {

constexpr std::array<std::string_view, 3> kWatched{"/livez", "/readyz", "/metrics"};

}  // namespace

std::optional<http::Response> Heed(const std::optional<limits::Verdict>& verdict,
                                   std::optional<limits::Verdict>& tightest,
                                   const http::Request& request) {
  if (!verdict) return std::nullopt;
  tightest = tightest ? limits::Tighter(*tightest, *verdict) : *verdict;
  if (verdict->allowed) return std::nullopt;
  const std::string seconds = std::to_string(verdict->retry_after.count());
  return http::ToResponse({.status = 429,
                           .code = "rate_limited",
                           .detail = "too many requests: try again in " + seconds + " s",
                           .headers = {{"Retry-After", seconds}}},
                          request);
}

std::optional<http::Response> LimitSignIn(Services& services, const Call& call,
                                          std::string_view email) {
  return Heed(services.limits.TakeForSignIn(call.caller.origin.address, NormalizeEmail(email)),
              call.limit, call.request);
}

std::optional<http::Response> LimitRegistration(Services& services, const Call& call) {
  return Heed(services.limits.TakeForRegistration(call.caller.origin.address), call.limit,
              call.request);
}

void AddLimitHeaders(const std::optional<limits::Verdict>& tightest, http::Response& response) {
  if (!tightest) return;
  response.headers.emplace_back("RateLimit-Limit", std::to_string(tightest->limit));
  response.headers.emplace_back("RateLimit-Remaining", std::to_string(tightest->remaining));
  response.headers.emplace_back("RateLimit-Reset", std::to_string(tightest->reset.count()));
}

bool IsLimited(const http::Request& request) {
  return std::ranges::find(kWatched, request.path) == kWatched.end();
}

}  // namespace clinic::server
