// What handlers throw goes to the log, and not to the client.
#pragma once

#include <exception>

#include "server/http/message.hpp"
#include "server/http/options.hpp"

namespace clinic::http {

/// The 500 that does not say what was thrown.
Response Failure(const Request& request);

/// What `handler` makes of the request, or Failure where it throws; `report`, if there is one, is
/// told.
template <typename Handler>
auto Guarded(const ExceptionReport& report, const Handler& handler, const Request& request)
    -> decltype(handler(request)) {
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    if (report) report(request, exception.what());
  } catch (...) {
    if (report) report(request, "not a std::exception");
  }
  return Failure(request);
}

}  // namespace clinic::http
