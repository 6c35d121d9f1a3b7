// The API's description and the routes that there are, compared both ways: neither knows of
// anything that the other does not.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "server/application.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {
namespace {

using nlohmann::json;

/// What is said of a route, by either.
struct Described {
  std::set<std::string> roles;
  bool needs_token = true;
  std::string media_type;  ///< of its body; empty where the description gives it none
  std::set<std::string> path_parameters;

  friend bool operator==(const Described&, const Described&) = default;
};

std::ostream& operator<<(std::ostream& out, const Described& one) {
  out << (one.needs_token ? "with a token, for" : "without a token, for");
  for (const std::string& role : one.roles) out << ' ' << role;
  out << "; body " << (one.media_type.empty() ? "none" : one.media_type) << "; path";
  for (const std::string& name : one.path_parameters) out << " {" << name << '}';
  return out;
}

using Routes = std::map<std::string, Described>;  // by "GET /livez"

std::set<std::string> NamesInBraces(std::string_view pattern) {
  std::set<std::string> names;
  while (pattern.find('{') != std::string_view::npos) {
    pattern.remove_prefix(pattern.find('{') + 1);
    names.emplace(pattern.substr(0, pattern.find('}')));
  }
  return names;
}

std::set<std::string> RolesOf(Access access) {
  if (access.anyone()) return {"anyone"};
  std::set<std::string> roles;
  for (const Role role : {Role::kPatient, Role::kDoctor, Role::kReceptionist, Role::kAdmin}) {
    if (access.Admits(role)) roles.emplace(ToString(role));
  }
  return roles;
}

class DescriptionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ApplicationOptions options;
    options.port = 0;
    options.database = "memory:";
    Result<std::unique_ptr<Application>> started = Application::Start(options);
    ASSERT_TRUE(started.ok()) << started.error().message;
    application_ = (*std::move(started)).release();
    http::Request request;
    request.path = "/openapi.json";
    const http::Response served = application_->api().Serve(request);
    ASSERT_EQ(served.status, 200);
    text_ = new std::string(served.body);
    document_ = new json(json::parse(*text_));
  }

  static void TearDownTestSuite() {
    delete document_;
    delete text_;
    delete application_;
  }

  /// What a reference stands for.
  static const json& Resolve(const json& value) {
    const auto reference = value.find("$ref");
    if (reference == value.end()) return value;
    return document_->at(json::json_pointer(reference->get<std::string>().substr(1)));
  }

  static Described ReadOperation(const json& operation) {
    Described read;
    read.roles = operation.at("x-roles");
    read.needs_token = !operation.at("security").empty();
    if (const auto body = operation.find("requestBody"); body != operation.end()) {
      EXPECT_EQ(body->at("content").size(), 1U);
      read.media_type = body->at("content").begin().key();
    }
    for (const json& parameter : operation.value("parameters", json::array())) {
      const json& resolved = Resolve(parameter);
      if (resolved.at("in") == "path") read.path_parameters.insert(resolved.at("name"));
    }
    return read;
  }

  static Routes InTheDescription() {
    Routes routes;
    for (const auto& [path, item] : document_->at("paths").items()) {
      for (const auto& [method, operation] : item.items()) {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(c & ~0x20);
        routes.emplace(upper + ' ' + path, ReadOperation(operation));
      }
    }
    return routes;
  }

  static Routes InTheServer() {
    Routes routes;
    for (const Api::Route& route : application_->api().routes()) {
      routes.emplace(std::string(http::ToString(route.method)) + ' ' + route.pattern,
                     Described{.roles = RolesOf(route.access),
                               .needs_token = !route.access.anyone(),
                               .media_type = std::string(route.media_type),
                               .path_parameters = NamesInBraces(route.pattern)});
    }
    return routes;
  }

  static inline Application* application_ = nullptr;
  static inline std::string* text_ = nullptr;
  static inline json* document_ = nullptr;
};

TEST_F(DescriptionTest, IsServedAsItStandsInTheSource) {
  std::ifstream file(CLINIC_SOURCE_DIR "/server/openapi.json");
  std::ostringstream source;
  source << file.rdbuf();
  EXPECT_TRUE(*text_ == source.str());
}

TEST_F(DescriptionTest, KnowsEveryRoute) {
  const Routes described = InTheDescription();
  ASSERT_FALSE(InTheServer().empty());
  for (const auto& [name, route] : InTheServer()) {
    EXPECT_TRUE(described.contains(name)) << name << " is not in server/openapi.json";
  }
}

TEST_F(DescriptionTest, KnowsNoOperationThatIsNoRoute) {
  const Routes served = InTheServer();
  ASSERT_FALSE(InTheDescription().empty());
  for (const auto& [name, route] : InTheDescription()) {
    EXPECT_TRUE(served.contains(name)) << name << " is in server/openapi.json, and is no route";
  }
}

TEST_F(DescriptionTest, SaysOfEachRouteWhoMayCallItAndWhatItTakes) {
  const Routes served = InTheServer();
  for (auto [name, described] : InTheDescription()) {
    const auto route = served.find(name);
    if (route == served.end()) continue;
    Described expected = route->second;
    // A route that takes no body says nothing of what one would have to be.
    if (described.media_type.empty()) expected.media_type.clear();
    EXPECT_EQ(described, expected) << name;
  }
}

TEST_F(DescriptionTest, NamesEachOperationOnce) {
  std::set<std::string> names;
  for (const auto& [path, item] : document_->at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      const std::string name = operation.at("operationId");
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

}  // namespace
}  // namespace clinic::server
