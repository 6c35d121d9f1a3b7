// A request that was answered, as metrics and the log are told of it.
//
// There is nothing personal in it, and nothing that a client can make endless kinds of: where a
// path holds an id, the route has a name in braces.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "server/http/message.hpp"

namespace clinic::telemetry {

/// Valid as long as the request and its answer.
struct Served {
  http::Method method = http::Method::kGet;
  std::string_view route{};  ///< the pattern ("/api/doctors/{id}"); empty for an unknown path
  int status = 0;
  std::string_view code{};  ///< of the problem that was answered; empty where it was none
  std::chrono::nanoseconds took{};
  std::size_t bytes = 0;  ///< of the answer's body
  std::string_view role{};  ///< of who has signed in; empty where nobody has
  std::string_view request_id{};
};

}  // namespace clinic::telemetry
