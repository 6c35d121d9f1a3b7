// What every answer tells browsers not to do with it.
//
//   X-Content-Type-Options: nosniff             what is called JSON is never run as something else
//   Content-Security-Policy: default-src 'none' nothing in it is fetched, run or framed; a page
//   that
//                                               is shown to people brings a policy of its own
//   X-Frame-Options: DENY                       the same for browsers that know no policies
//   Referrer-Policy: no-referrer                paths hold ids, and go to nobody else
//   Cross-Origin-Resource-Policy: same-origin   no other site embeds it; CORS is asked beside this
#pragma once

#include <algorithm>
#include <string_view>

#include "server/http/message.hpp"

namespace clinic::http {

inline constexpr std::string_view kSafetyHeaders =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

/// The lines for an answer; all but the first where it has a Content-Security-Policy of its own.
inline std::string_view SafetyHeaders(const Response& response) {
  const bool has_policy = std::ranges::any_of(response.headers, [](const auto& header) {
    return EqualsIgnoringCase(header.first, "Content-Security-Policy");
  });
  return has_policy ? kSafetyHeaders.substr(kSafetyHeaders.find('\n') + 1) : kSafetyHeaders;
}

}  // namespace clinic::http
