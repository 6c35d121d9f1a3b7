#include "server/http/router.hpp"

#include <array>
#include <map>
#include <optional>

#include "server/http/problem.hpp"

namespace clinic::http {
namespace {

constexpr std::size_t kMethods = 7;

constexpr std::size_t Index(Method method) { return static_cast<std::size_t>(method); }

Error Invalid(std::string_view pattern, std::string_view reason) {
  return {ErrorCode::kInvalidArgument,
          "The route \"" + std::string(pattern) + "\" " + std::string(reason) + "."};
}

// Takes the first segment off a path that begins with "/".
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// The methods that are set, as `Allow` lists them.
std::string Join(const std::array<bool, kMethods>& methods) {
  std::string text;
  for (std::size_t index = 0; index < kMethods; ++index) {
    if (!methods[index]) continue;
    if (!text.empty()) text += ", ";
    text += ToString(static_cast<Method>(index));
  }
  return text;
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

// Reads the names of a pattern's parameters, and refuses a pattern that cannot be one.
Result<std::vector<std::string>> ParameterNames(std::string_view pattern) {
  if (!pattern.starts_with('/')) return Invalid(pattern, "does not begin with a slash");
  std::vector<std::string> names;
  for (std::string_view rest = pattern; !rest.empty() && pattern != "/";) {
    const std::string_view segment = TakeSegment(rest);
    if (segment.empty()) return Invalid(pattern, "has an empty segment");
    if (!IsParameter(segment)) continue;
    if (segment.size() < 3 || !segment.ends_with('}')) {
      return Invalid(pattern, "has a parameter without a name");
    }
    std::string name(segment.substr(1, segment.size() - 2));
    for (const std::string& other : names) {
      if (other == name) return Invalid(pattern, "has two parameters of one name");
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string_view PathParameters::Get(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return {};
}

struct Router::Node {
  struct Route {
    std::string pattern;
    std::vector<std::string> names;
    std::size_t target;
  };

  std::map<std::string, Node, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::array<std::optional<Route>, kMethods> routes;

  // What serves `method` here.
  const Route* RouteFor(Method method) const {
    const auto& own = routes[Index(method)];
    if (own) return &*own;
    const auto& get = routes[Index(Method::kGet)];
    return method == Method::kHead && get ? &*get : nullptr;
  }

  // Visits the nodes that `path` leads to, the most literal first, each with the segments that
  // stand for parameters on the way, until `visit` returns true.
  template <typename Visit>
  bool ForEach(std::string_view path, std::vector<std::string_view>& values,
               const Visit& visit) const {
    if (path.empty()) return visit(*this, values);
    const std::string_view segment = TakeSegment(path);
    const auto literal = literals.find(segment);
    if (literal != literals.end() && literal->second.ForEach(path, values, visit)) return true;
    if (!parameter || segment.empty()) return false;
    values.push_back(segment);
    const bool done = parameter->ForEach(path, values, visit);
    values.pop_back();
    return done;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Result<void> Router::Add(Method method, std::string_view pattern, std::size_t target) {
  Result<std::vector<std::string>> names = ParameterNames(pattern);
  if (!names) return std::move(names).error();
  Node* node = root_.get();
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::string_view segment = TakeSegment(rest);
    if (!IsParameter(segment)) {
      node = &node->literals[std::string(segment)];
    } else {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    }
  }
  std::optional<Node::Route>& route = node->routes[Index(method)];
  if (route) {
    return Error{ErrorCode::kAlreadyExists, "The route " + std::string(ToString(method)) + " " +
                                                std::string(pattern) + " is there already, as " +
                                                route->pattern + "."};
  }
  route.emplace(Node::Route{std::string(pattern), std::move(*names), target});
  return {};
}

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) {  // OPTIONS * asks about the server, whatever its paths
    match.route = "*";
    match.allow = Join({true, true, true, true, true, true, true});
    return match;
  }
  std::array<bool, kMethods> allowed{};
  std::vector<std::string_view> segments;
  root_->ForEach(path, segments, [&](const Node& node, const auto& values) {
    for (std::size_t index = 0; index < kMethods; ++index) {
      if (!node.routes[index]) continue;
      allowed[index] = true;
      if (match.route.empty()) match.route = node.routes[index]->pattern;
    }
    const Node::Route* route = node.RouteFor(method);
    if (!route) return false;
    match.target = route->target;
    match.route = route->pattern;
    for (std::size_t index = 0; index < values.size(); ++index) {
      match.parameters.values_.emplace_back(route->names[index], values[index]);
    }
    return true;
  });
  if (match.target || match.route.empty()) return match;

  if (allowed[Index(Method::kGet)]) allowed[Index(Method::kHead)] = true;
  allowed[Index(Method::kOptions)] = true;
  match.allow = Join(allowed);
  return match;
}

Response Router::Refuse(const Match& match, const Request& request) {
  if (match.route.empty()) {
    return ToResponse({.status = 404, .code = "not_found", .detail = "There is nothing here."},
                      request);
  }
  if (request.method == Method::kOptions)
    return {.status = 204, .headers = {{"Allow", match.allow}}};
  return ToResponse({.status = 405,
                     .code = "method_not_allowed",
                     .detail = "What is here can be asked for with " + match.allow + ".",
                     .headers = {{"Allow", match.allow}}},
                    request);
}

}  // namespace clinic::http
