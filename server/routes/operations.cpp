// Whether the server lives, whether it can serve, and what it has counted.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "server/auth/random.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/kept.hpp"

namespace clinic::server {
namespace {

// Both are open to everybody and not limited, and asked for by several at once.
using KeptReading = Kept<bool>;
constexpr std::chrono::milliseconds kReadingIsKept{250};
constexpr std::chrono::seconds kReadingIsAwaited{2};
using KeptText = Kept<std::string>;
constexpr std::chrono::seconds kTextIsKept{1};
constexpr std::chrono::seconds kTextIsAwaited{5};

/// Can the store be read? One that takes too long cannot.
bool CanRead(Services& services, KeptReading& kept) {
  const auto read = [&] {
    return services.store
        .Read([](UnitOfWork& work) -> Result<void> {
          const auto events = work.outbox().ReadAfter(0, 1);
          return events.ok() ? Result<void>() : Result<void>(events.error());
        })
        .ok();
  };
  return kept.Get(read).value_or(false);
}

http::Response Ready(Services& services, KeptReading& kept, const http::Request& request) {
  const std::string_view missing = services.draining          ? "draining"
                                   : !CanRead(services, kept) ? "store"
                                   : services.following       ? ""
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

http::Response Metrics(const ApiOptions& options, KeptText& kept, const http::Request& request) {
  if (!options.metrics_token.empty() && !BringsToken(request, options.metrics_token)) {
    return NotSignedIn(request);
  }
  std::optional<std::string> text =
      kept.Get([&] { return options.metrics ? options.metrics() : std::string(); });
  if (!text) return Refuse(request, {ErrorCode::kUnavailable, "still being gathered"});
  return {.body = *std::move(text), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace

void AddOperations(Api& api) {
  api.Add(http::Method::kGet, "/livez", Access::Anyone(), [](const Call&) {
    return Answer(200,
                  json::WriteObject([](json::ObjectWriter& out) { out.Field("status", "alive"); }));
  });
  api.Add(http::Method::kGet, "/readyz", Access::Anyone(),
          [&api, kept = std::make_shared<KeptReading>(kReadingIsKept, kReadingIsAwaited)](
              const Call& call) { return Ready(api.services(), *kept, call.request); });
  api.Add(http::Method::kGet, "/metrics", Access::Anyone(),
          [&api, kept = std::make_shared<KeptText>(kTextIsKept, kTextIsAwaited)](const Call& call) {
            return Metrics(api.options(), *kept, call.request);
          });
}

}  // namespace clinic::server
