// The REST API: which routes there are, who may call them, and what every route does alike.
//
// A route is added with the roles that may call it; there is no way to add one without. What holds
// for all of them is done here, once, in stages that every request takes (api.cpp): the caller is
// identified, the role checked, errors become problem documents. What a role may see of somebody
// else's is decided by the services (services/rights.hpp).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/options.hpp"
#include "server/http/router.hpp"
#include "server/routes/cors.hpp"
#include "server/services/services.hpp"
#include "server/telemetry/served.hpp"

namespace clinic::server {

/// Who may call a route.
class Access {
 public:
  /// Also people who have not signed in.
  static constexpr Access Anyone() { return Access(0, true); }
  /// Everyone who has signed in.
  static constexpr Access SignedIn() { return Access(~0U, false); }
  static constexpr Access Only(std::initializer_list<Role> roles) {
    unsigned bits = 0;
    for (const Role role : roles) bits |= 1U << static_cast<unsigned>(role);
    return Access(bits, false);
  }

  constexpr bool anyone() const { return anyone_; }
  constexpr bool Admits(Role role) const { return roles_ >> static_cast<unsigned>(role) & 1U; }

 private:
  constexpr Access(unsigned roles, bool anyone) : roles_(roles), anyone_(anyone) {}

  unsigned roles_;
  bool anyone_;
};

/// A request on its way through a route.
struct Call {
  const http::Request& request;
  const http::PathParameters& path;
  const Caller& caller;  ///< with Access::Anyone, nobody: only its origin means something
  std::optional<limits::Verdict>& limit;  ///< the tightest limit of those that count for it
};

/// What the body of a request has to be.
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kForm = "application/x-www-form-urlencoded";

/// What the API stands in besides the clinic.
struct ApiOptions {
  Cors cors{{}};
  http::ExceptionReport on_exception{};  ///< told of a route that threw
  /// Told what somebody has to look into, without anything personal in it.
  std::function<void(std::string_view)> warn{};
  /// Told of every request, by the thread that answers it.
  std::function<void(const telemetry::Served&)> observe{};
  std::function<std::string()> metrics{};  ///< what /metrics answers
  std::string metrics_token{};             ///< what it asks for; nothing where it is empty
};

class Api {
 public:
  using Serving = std::function<http::Response(const Call&)>;
  /// Whether a call can be answered well under a millisecond and with nothing to wait for, by what
  /// is in memory just now: no disk, no network, nobody who is at work on the same thing. To be
  /// told as fast, and to be doubted where it is not known.
  using IsQuick = std::function<bool(const Call&)>;

  /// A route as it was added.
  struct Route {
    http::Method method;
    std::string pattern;
    Access access;
    std::string_view media_type;  ///< of the bodies that it takes
    IsQuick is_quick;             ///< empty where no call of it is
    Serving serve;
  };

  /// Requires that the services outlive it.
  explicit Api(Services& services, ApiOptions options = {})
      : services_(services), options_(std::move(options)) {}

  /// Adds a route. Two for one method and path end the program: it is wired wrongly.
  void Add(http::Method method, std::string_view pattern, Access access, Serving serve,
           std::string_view media_type = kJson, IsQuick is_quick = {});

  /// All of them, in the order in which they were added.
  const std::vector<Route>& routes() const { return routes_; }

  /// Answers a request, whatever it is.
  http::Response Serve(const http::Request& request) const;

  /// Answers a request where nothing that a client chooses can make that wait or take long: it is
  /// for a route's quick call, and from somebody whose sign-in is kept. Nothing for any other,
  /// which then has not been counted against a limit.
  std::optional<http::Response> ServeAtOnce(const http::Request& request) const;

  /// How many requests are being answered.
  std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  Services& services() { return services_; }
  const ApiOptions& options() const { return options_; }

 private:
  /// A request, and what is known of it by now.
  struct Exchange {
    const http::Request& request;
    Caller caller;  ///< where it came from, at first; who it is, once they are identified
    http::Router::Match match{};
    const Route* route = nullptr;
    std::optional<limits::Verdict> limit{};  // the tightest by now
    const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  };
  /// What a request passes: nothing, and it goes on; or the answer that it gets.
  using Stage = std::optional<http::Response> (Api::*)(Exchange&) const;

  Exchange Begin(const http::Request& request) const;
  http::Response Serve(Exchange& exchange) const;
  http::Response Answer(Exchange& exchange) const;
  std::optional<http::Response> LimitAddress(Exchange& exchange) const;
  std::optional<http::Response> FindRoute(Exchange& exchange) const;
  std::optional<http::Response> Identify(Exchange& exchange) const;
  std::optional<http::Response> LimitAccount(Exchange& exchange) const;
  std::optional<http::Response> Admit(Exchange& exchange) const;
  std::optional<http::Response> CheckMediaType(Exchange& exchange) const;
  void WarnOfProxy(const http::Request& request) const;
  void Observe(const Exchange& exchange, const http::Response& response) const;

  Services& services_;
  const ApiOptions options_;
  mutable std::atomic<std::size_t> in_flight_ = 0;
  mutable std::atomic<bool> warned_of_proxy_ = false;
  http::Router router_;
  std::vector<Route> routes_;
};

/// The routes, one function a resource.
void AddFrontPage(Api& api);
void AddDocuments(Api& api);
void AddOperations(Api& api);
void AddAuthentication(Api& api);
void AddToken(Api& api);
void AddJwks(Api& api);
void AddSessions(Api& api);
void AddUsers(Api& api);
void AddAudit(Api& api);
void AddPatients(Api& api);
void AddDoctors(Api& api);
void AddAvailability(Api& api);
void AddTimeOff(Api& api);
void AddSlots(Api& api);
void AddAppointments(Api& api);

/// All of them.
void AddRoutes(Api& api);

}  // namespace clinic::server
