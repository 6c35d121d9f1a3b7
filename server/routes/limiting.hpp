// What a client is told of the limits.
#pragma once

#include <optional>
#include <string_view>

#include "server/routes/api.hpp"

namespace clinic::server {

/// Takes note of a verdict, if there is one; the answer where it is a refusal: 429, with
/// `rate_limited` and Retry-After.
std::optional<http::Response> Heed(const std::optional<limits::Verdict>& verdict,
                                   std::optional<limits::Verdict>& tightest,
                                   const http::Request& request);

/// Before a password is looked at: counts a sign-in of `email`, and refuses one too many.
std::optional<http::Response> LimitSignIn(Services& services, const Call& call,
                                          std::string_view email);

/// Before an account is made for whoever asks. Comes before Create: a refusal is no answer to keep.
std::optional<http::Response> LimitRegistration(Services& services, const Call& call);

/// RateLimit-Limit, -Remaining and -Reset (draft-ietf-httpapi-ratelimit-headers-05), where there
/// is a limit.
void AddLimitHeaders(const std::optional<limits::Verdict>& tightest, http::Response& response);

/// What watches over the server asks as often as it likes.
bool IsLimited(const http::Request& request);

}  // namespace clinic::server
