// What a path leads to.
//
// A pattern is a path with segments in braces for what varies: "/api/doctors/{id}/slots". Patterns
// are kept as a tree of segments; a path is matched segment by segment, without regular
// expressions, in time linear in its length wherever no two patterns share a prefix. A literal
// segment is preferred to a parameter ("/api/patients/me" to "/api/patients/{id}"), and a parameter
// is tried where the literal leads nowhere. A parameter never matches an empty segment, so
// "/api/doctors/" is not "/api/doctors" and is unknown.
//
// Filling a router is for one thread; a filled one may be asked by any number of them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clinic/result.hpp"
#include "server/http/message.hpp"

namespace clinic::http {

/// What the path holds where the pattern has names in braces.
class PathParameters {
 public:
  /// The segment at `{name}`, decoded; empty where the pattern has no such name.
  std::string_view Get(std::string_view name) const;

 private:
  friend class Router;
  std::vector<std::pair<std::string_view, std::string>> values_;  // names live in the router
};

class Router {
 public:
  /// What was found for a request. Valid as long as the router.
  struct Match {
    std::optional<std::size_t> target;  ///< none where the path or the method is unknown
    std::string_view
        route;  ///< the pattern as it was added, for logs and metrics; empty if unknown
    PathParameters parameters;
    std::string allow;  ///< where only the method is unknown: those of the path, for `Allow`
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// Adds a route. What `target` means is its user's to say: the index of a handler, say. Errors:
  /// kInvalidArgument, if the pattern does not begin with "/", has an empty segment, an unnamed
  /// parameter or the same name twice; kAlreadyExists, if the method has a target for the same
  /// pattern, however its parameters are named.
  Result<void> Add(Method method, std::string_view pattern, std::size_t target);

  /// Finds the target of a method and a decoded path. HEAD has GET's where it has none of its own
  /// (RFC 9110 §9.3.2).
  Match Find(Method method, std::string_view path) const;

  /// The answer to a request without target: an unknown path is a 404 `not_found`, an unknown
  /// method a 405 `method_not_allowed` with `Allow`; OPTIONS is told what is allowed, by a 204.
  static Response Refuse(const Match& match, const Request& request);

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace clinic::http
