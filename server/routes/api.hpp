// The REST API: which routes there are, who may call them, and what every route does alike.
//
// A route is added with the roles that may call it; there is no way to add one without. What holds
// for all of them is done here, once: the caller is identified, the role checked, errors become
// problem documents. What a role may see of somebody else's is decided by the services
// (services/rights.hpp).
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/router.hpp"
#include "server/services/services.hpp"

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
};

class Api {
 public:
  using Route = std::function<http::Response(const Call&)>;

  /// Requires that the services outlive it.
  explicit Api(Services& services) : services_(services) {}

  /// Adds a route. Two for one method and path end the program: it is wired wrongly.
  void Add(http::Method method, std::string_view pattern, Access access, Route route);

  /// A route as it was added.
  struct RouteInfo {
    http::Method method;
    std::string pattern;
    Access access;
  };

  /// All of them, in the order in which they were added.
  const std::vector<RouteInfo>& routes() const { return routes_; }

  /// Answers a request, whatever it is.
  http::Response Serve(const http::Request& request) const { return router_.Serve(request); }

  Services& services() { return services_; }

 private:
  http::Response Guard(Access access, const Route& route, const http::Request& request,
                       const http::PathParameters& path) const;

  Services& services_;
  http::Router router_;
  std::vector<RouteInfo> routes_;
};

/// The routes, one function a resource.
void AddFrontPage(Api& api);
void AddOperations(Api& api);
void AddAuthentication(Api& api);
void AddPatients(Api& api);
void AddDoctors(Api& api);
void AddAvailability(Api& api);
void AddTimeOff(Api& api);
void AddSlots(Api& api);
void AddAppointments(Api& api);

/// All of them.
void AddRoutes(Api& api);

}  // namespace clinic::server
