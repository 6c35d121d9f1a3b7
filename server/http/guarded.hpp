// What handlers throw goes to the log, and not to the client.
#pragma once

#include <exception>

#include "server/http/message.hpp"
#include "server/http/options.hpp"

namespace clinic::http {

/// The 500 that does not say what was thrown.
Response Failure(const Request& request);

/// What `handler` makes of the request, or Failure where it throws.
template <typename Handler>
auto Guarded(const Options& options, const Handler& handler, const Request& request)
    -> decltype(handler(request)) {
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    if (options.on_exception) options.on_exception(request, exception.what());
  } catch (...) {
    if (options.on_exception) options.on_exception(request, "not a std::exception");
  }
  return Failure(request);
}

}  // namespace clinic::http
