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

#include <array>
#include <string_view>
#include <utility>

namespace clinic::http {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSafetyHeaders{{
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

}  // namespace clinic::http
