#include "server/routes/api.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "server/http/guarded.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/limiting.hpp"

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

bool HasBodyOf(std::string_view media_type, const http::Request& request) {
  const std::string_view type = request.Header("Content-Type").value_or("");
  const std::string_view media = type.substr(0, type.find(';'));
  const std::string_view trimmed = media.substr(0, media.find_last_not_of(" \t") + 1);
  return http::EqualsIgnoringCase(trimmed, media_type);
}

/// From here on the browser asks by TLS only, for two years (RFC 6797 §6.1).
void AddTransportSecurity(http::Response& response) {
  response.headers.emplace_back("Strict-Transport-Security", "max-age=63072000");
}

/// One more, for as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<std::size_t>& count) : count_(count) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { count_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t>& count_;
};

}  // namespace

void Api::Add(http::Method method, std::string_view pattern, Access access, Serving serve,
              std::string_view media_type, IsQuick is_quick) {
  const Result<void> added = router_.Add(method, pattern, routes_.size());
  if (added.ok()) {
    routes_.push_back(
        {method, std::string(pattern), access, media_type, std::move(is_quick), std::move(serve)});
    return;
  }
  std::fprintf(stderr, "route %.*s: %s\n", static_cast<int>(pattern.size()), pattern.data(),
               added.error().message.c_str());
  std::abort();
}

Api::Exchange Api::Begin(const http::Request& request) const {
  return {request, {.origin = {services_.proxies.ClientOf(request), request.id}}};
}

http::Response Api::Serve(const http::Request& request) const {
  Exchange exchange = Begin(request);
  return Serve(exchange);
}

std::optional<http::Response> Api::ServeAtOnce(const http::Request& request) const {
  http::Router::Match match = router_.Find(request.method, request.path);
  if (!match.target || !routes_[*match.target].is_quick) return std::nullopt;
  Exchange exchange = Begin(request);
  exchange.route = &routes_[*match.target];
  exchange.match = std::move(match);
  std::optional<Caller> caller =
      services_.accounts.AuthenticateAtOnce(BearerToken(request), exchange.caller.origin);
  if (!caller) return std::nullopt;
  exchange.caller = *std::move(caller);
  const Call call{request, exchange.match.parameters, exchange.caller, exchange.limit};
  if (!exchange.route->is_quick(call)) return std::nullopt;
  return Serve(exchange);
}

http::Response Api::Serve(Exchange& exchange) const {
  const http::Request& request = exchange.request;
  const Counted in_flight(in_flight_);
  WarnOfProxy(request);
  http::Response response = http::Guarded(
      options_.on_exception, [&](const http::Request&) { return Answer(exchange); }, request);
  AddLimitHeaders(exchange.limit, response);
  options_.cors.Finish(request, response);
  if (services_.proxies.CameByTls(request)) AddTransportSecurity(response);
  Observe(exchange, response);
  return response;
}

http::Response Api::Answer(Exchange& exchange) const {
  static constexpr Stage kStages[] = {&Api::LimitAddress, &Api::FindRoute, &Api::Identify,
                                      &Api::LimitAccount, &Api::Admit,     &Api::CheckMediaType};
  for (const Stage stage : kStages) {
    if (std::optional<http::Response> refusal = (this->*stage)(exchange)) {
      return *std::move(refusal);
    }
  }
  return exchange.route->serve(
      {exchange.request, exchange.match.parameters, exchange.caller, exchange.limit});
}

std::optional<http::Response> Api::LimitAddress(Exchange& exchange) const {
  if (!IsLimited(exchange.request)) return std::nullopt;
  return Heed(services_.limits.TakeForAddress(exchange.caller.origin.address), exchange.limit,
              exchange.request);
}

std::optional<http::Response> Api::FindRoute(Exchange& exchange) const {
  if (exchange.route != nullptr) return std::nullopt;
  exchange.match = router_.Find(exchange.request.method, exchange.request.path);
  if (!exchange.match.target) return http::Router::Refuse(exchange.match, exchange.request);
  exchange.route = &routes_[*exchange.match.target];
  return std::nullopt;
}

std::optional<http::Response> Api::Identify(Exchange& exchange) const {
  const bool is_known = !exchange.caller.account.is_nil();
  if (exchange.route->access.anyone() || is_known) return std::nullopt;
  const std::string_view token = BearerToken(exchange.request);
  if (token.empty()) return NotSignedIn(exchange.request);
  Result<Caller> caller = services_.accounts.Authenticate(token, exchange.caller.origin);
  if (!caller.ok()) return Refuse(exchange.request, caller.error());
  exchange.caller = *std::move(caller);
  return std::nullopt;
}

std::optional<http::Response> Api::LimitAccount(Exchange& exchange) const {
  if (exchange.route->access.anyone()) return std::nullopt;
  return Heed(services_.limits.TakeForAccount(exchange.caller.account), exchange.limit,
              exchange.request);
}

std::optional<http::Response> Api::Admit(Exchange& exchange) const {
  const Access access = exchange.route->access;
  if (access.anyone() || access.Admits(exchange.caller.role)) return std::nullopt;
  return Refuse(
      exchange.request,
      {ErrorCode::kForbidden, "that is not for a " + std::string(ToString(exchange.caller.role))});
}

std::optional<http::Response> Api::CheckMediaType(Exchange& exchange) const {
  const std::string_view wanted = exchange.route->media_type;
  if (exchange.request.body.empty() || HasBodyOf(wanted, exchange.request)) return std::nullopt;
  return http::ToResponse({.status = 415,
                           .code = "unsupported_media_type",
                           .detail = "send the body as " + std::string(wanted)},
                          exchange.request);
}

void Api::WarnOfProxy(const http::Request& request) const {
  if (!options_.warn || warned_of_proxy_.load(std::memory_order_relaxed)) return;
  if (!services_.proxies.Disregards(request) || warned_of_proxy_.exchange(true)) return;
  options_.warn(
      "a proxy nearby says for whom it asks, and is not believed: all behind it count as one "
      "client until --trusted-proxy names it");
}

void Api::Observe(const Exchange& exchange, const http::Response& response) const {
  if (!options_.observe) return;
  const bool is_known = !exchange.caller.account.is_nil();
  options_.observe({.method = exchange.request.method,
                    .route = exchange.match.route,
                    .status = response.status,
                    .code = response.code,
                    .took = std::chrono::steady_clock::now() - exchange.begun,
                    .bytes = response.body.size(),
                    .role = is_known ? ToString(exchange.caller.role) : std::string_view(),
                    .request_id = exchange.request.id});
}

void AddRoutes(Api& api) {
  AddFrontPage(api);
  AddDocuments(api);
  AddOperations(api);
  AddAuthentication(api);
  AddToken(api);
  AddJwks(api);
  AddSessions(api);
  AddUsers(api);
  AddAudit(api);
  AddPatients(api);
  AddDoctors(api);
  AddAvailability(api);
  AddTimeOff(api);
  AddSlots(api);
  AddAppointments(api);
}

}  // namespace clinic::server
