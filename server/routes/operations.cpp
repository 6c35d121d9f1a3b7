// Whether the server lives, whether it can serve, and what it is.
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {
namespace {

http::Response Ready(Services& services, const http::Request& request) {
  const Result<void> read = services.store.Read([](UnitOfWork& work) -> Result<void> {
    const auto events = work.outbox().ReadAfter(0, 1);
    return events.ok() ? Result<void>() : Result<void>(events.error());
  });
  const std::string_view missing = services.draining    ? "draining"
                                   : !read.ok()         ? "store"
                                   : services.following ? ""
                                                        : "feed";
  if (missing.empty()) {
    return Answer(200,
                  json::WriteObject([](json::ObjectWriter& out) { out.Field("status", "ready"); }));
  }
  return http::ToResponse({.status = 503,
                           .code = "unavailable",
                           .detail = "not ready: " + std::string(missing),
                           .members = {{"part", '"' + std::string(missing) + '"'}},
                           .headers = {{"Retry-After", "1"}}},
                          request);
}

}  // namespace

void AddOperations(Api& api) {
  api.Add(http::Method::kGet, "/livez", Access::Anyone(), [](const Call&) {
    return Answer(200,
                  json::WriteObject([](json::ObjectWriter& out) { out.Field("status", "alive"); }));
  });
  api.Add(http::Method::kGet, "/readyz", Access::Anyone(),
          [&api](const Call& call) { return Ready(api.services(), call.request); });
}

}  // namespace clinic::server
