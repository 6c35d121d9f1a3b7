#include "server/http/guarded.hpp"

#include "server/http/problem.hpp"

namespace clinic::http {

Response Failure(const Request& request) {
  return ToResponse({.status = 500,
                     .code = "internal_error",
                     .detail = "Something went wrong here. The request id finds it in the log."},
                    request);
}

}  // namespace clinic::http
