#include "server/routes/api.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "server/routes/answers.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kBearer = "bearer ";

/// The token of an Authorization header (RFC 6750 §2.1); empty where there is none.
std::string_view BearerToken(const http::Request& request) {
  const std::string_view header = request.Header("Authorization").value_or("");
  if (header.size() <= kBearer.size()) return {};
  return http::EqualsIgnoringCase(header.substr(0, kBearer.size()), kBearer)
             ? header.substr(kBearer.size())
             : std::string_view();
}

bool HasJsonBody(const http::Request& request) {
  const std::string_view type = request.Header("Content-Type").value_or("");
  const std::string_view media = type.substr(0, type.find(';'));
  const std::string_view trimmed = media.substr(0, media.find_last_not_of(" \t") + 1);
  return http::EqualsIgnoringCase(trimmed, "application/json");
}

}  // namespace

void Api::Add(http::Method method, std::string_view pattern, Access access, Route route) {
  const Result<void> added =
      router_.Add(method, pattern,
                  [this, access, route = std::move(route)](const http::Request& request,
                                                           const http::PathParameters& path) {
                    return Guard(access, route, request, path);
                  });
  if (added.ok()) {
    routes_.push_back({method, std::string(pattern), access});
    return;
  }
  std::fprintf(stderr, "route %.*s: %s\n", static_cast<int>(pattern.size()), pattern.data(),
               added.error().message.c_str());
  std::abort();
}

http::Response Api::Guard(Access access, const Route& route, const http::Request& request,
                          const http::PathParameters& path) const {
  const Origin origin{request.remote_address, request.id};
  Caller caller{.origin = origin};
  if (!access.anyone()) {
    const std::string_view token = BearerToken(request);
    if (token.empty()) return NotSignedIn(request);
    Result<Caller> signed_in = services_.accounts.Authenticate(token, origin);
    if (!signed_in.ok()) return Refuse(request, signed_in.error());
    caller = *std::move(signed_in);
    if (!access.Admits(caller.role)) {
      return Refuse(request, {ErrorCode::kForbidden,
                              "that is not for a " + std::string(ToString(caller.role))});
    }
  }
  if (!request.body.empty() && !HasJsonBody(request)) {
    return http::ToResponse({.status = 415,
                             .code = "unsupported_media_type",
                             .detail = "send the body as application/json"},
                            request);
  }
  return route({request, path, caller});
}

void AddRoutes(Api& api) {
  AddFrontPage(api);
  AddOperations(api);
  AddAuthentication(api);
  AddPatients(api);
  AddDoctors(api);
  AddAvailability(api);
  AddTimeOff(api);
  AddSlots(api);
  AddAppointments(api);
}

}  // namespace clinic::server
