// Whether the server lives, whether it can serve, and what it has counted.
#include "server/auth/random.hpp"
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

/// Whether the request brings the token, found out in a time that says nothing of it.
bool BringsToken(const http::Request& request, const std::string& token) {
  const std::string given(request.Header("Authorization").value_or(""));
  return auth::Sha256Hex(given) == auth::Sha256Hex("Bearer " + token);
}

http::Response Metrics(const ApiOptions& options, const http::Request& request) {
  if (!options.metrics_token.empty() && !BringsToken(request, options.metrics_token)) {
    return NotSignedIn(request);
  }
  return {.body = options.metrics ? options.metrics() : std::string(),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace

void AddOperations(Api& api) {
  api.Add(http::Method::kGet, "/livez", Access::Anyone(), [](const Call&) {
    return Answer(200,
                  json::WriteObject([](json::ObjectWriter& out) { out.Field("status", "alive"); }));
  });
  api.Add(http::Method::kGet, "/readyz", Access::Anyone(),
          [&api](const Call& call) { return Ready(api.services(), call.request); });
  api.Add(http::Method::kGet, "/metrics", Access::Anyone(),
          [&api](const Call& call) { return Metrics(api.options(), call.request); });
}

}  // namespace clinic::server
