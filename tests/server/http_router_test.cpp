#include "server/http/router.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace clinic::http {
namespace {

Request Ask(Method method, std::string path) {
  Request request;
  request.method = method;
  request.path = std::move(path);
  request.id = "id-1";
  return request;
}

std::string Header(const Response& response, std::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (header == name) return value;
  }
  return {};
}

class RouterTest : public ::testing::Test {
 protected:
  void Add(Method method, std::string_view pattern, std::string word) {
    ASSERT_TRUE(router_.Add(method, pattern, words_.size()).ok());
    words_.push_back(std::move(word));
  }

  Response Serve(Method method, std::string path) const {
    const Request request = Ask(method, std::move(path));
    const Router::Match match = router_.Find(request.method, request.path);
    return match.target ? Response{.body = words_[*match.target]} : Router::Refuse(match, request);
  }

  std::string Body(Method method, std::string path) const {
    return Serve(method, std::move(path)).body;
  }

  int Status(Method method, std::string path) const {
    return Serve(method, std::move(path)).status;
  }

  Router router_;
  std::vector<std::string> words_;
};

TEST_F(RouterTest, RefusesPatternsThatCannotMatch) {
  for (const char* pattern : {"", "api", "/api//x", "/api/", "/api/{}", "/api/{id", "/{a}/{a}"}) {
    const Result<void> added = router_.Add(Method::kGet, pattern, 0);
    ASSERT_FALSE(added.ok()) << pattern;
    EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument) << pattern;
  }
}

TEST_F(RouterTest, RefusesASecondHandlerForTheSamePathHoweverItsParametersAreNamed) {
  Add(Method::kGet, "/doctors/{id}", "first");
  const Result<void> added = router_.Add(Method::kGet, "/doctors/{doctor_id}", 1);
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(Body(Method::kGet, "/doctors/7"), "first");
  Add(Method::kPut, "/doctors/{doctor_id}", "another method");
}

TEST_F(RouterTest, UnknownPathsAreNotFound) {
  Add(Method::kGet, "/doctors/{id}", "one");
  Add(Method::kGet, "/", "root");
  for (const char* path : {"/doctors", "/doctors/", "/doctors/7/", "/doctors/7/x", "//doctors/7",
                           "/Doctors/7", "//", "/x"}) {
    const Response response = Serve(Method::kGet, path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_NE(response.body.find(R"("code":"not_found")"), std::string::npos) << response.body;
  }
  EXPECT_EQ(Body(Method::kGet, "/"), "root");
}

TEST_F(RouterTest, GivesTheParametersOfThePattern) {
  Add(Method::kGet, "/patients/{id}/insurance/{insurance_id}", "insurance");
  const Router::Match match = router_.Find(Method::kGet, "/patients/a b/insurance/c");
  EXPECT_EQ(match.parameters.Get("id"), "a b");
  EXPECT_EQ(match.parameters.Get("insurance_id"), "c");
  EXPECT_EQ(match.parameters.Get("other"), "");
}

TEST_F(RouterTest, PrefersLiteralSegments) {
  Add(Method::kGet, "/patients/{id}", "anyone");
  Add(Method::kGet, "/patients/me", "me");
  Add(Method::kGet, "/patients/{id}/records", "records");
  EXPECT_EQ(Body(Method::kGet, "/patients/me"), "me");
  EXPECT_EQ(Body(Method::kGet, "/patients/you"), "anyone");
  EXPECT_EQ(Body(Method::kGet, "/patients/me/records"), "records");
}

TEST_F(RouterTest, TriesTheParameterWhereTheLiteralDoesNotKnowTheMethod) {
  Add(Method::kGet, "/patients/me", "me");
  Add(Method::kPut, "/patients/{id}", "put");
  EXPECT_EQ(Body(Method::kPut, "/patients/me"), "put");
  const Response response = Serve(Method::kDelete, "/patients/me");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(Header(response, "Allow"), "GET, HEAD, PUT, OPTIONS");
}

TEST_F(RouterTest, UnknownMethodsAreToldWhatIsAllowed) {
  Add(Method::kPost, "/appointments", "book");
  const Response response = Serve(Method::kGet, "/appointments");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(Header(response, "Allow"), "POST, OPTIONS");
  EXPECT_EQ(Status(Method::kHead, "/appointments"), 405);
}

TEST_F(RouterTest, HeadIsServedByGetUnlessItHasItsOwnHandler) {
  Add(Method::kGet, "/a", "get");
  EXPECT_EQ(Body(Method::kHead, "/a"), "get");
  Add(Method::kHead, "/a", "head");
  EXPECT_EQ(Body(Method::kHead, "/a"), "head");
}

TEST_F(RouterTest, OptionsTellsWhatIsAllowed) {
  Add(Method::kGet, "/a", "get");
  const Response response = Serve(Method::kOptions, "/a");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(Header(response, "Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(Status(Method::kOptions, "/b"), 404);
  EXPECT_EQ(Status(Method::kOptions, "*"), 204);
}

TEST_F(RouterTest, TellsWhichPatternWasMatched) {
  Add(Method::kGet, "/doctors/{id}/slots", "slots");
  EXPECT_EQ(router_.Find(Method::kGet, "/doctors/7/slots").route, "/doctors/{id}/slots");
  EXPECT_EQ(router_.Find(Method::kPut, "/doctors/7/slots").route, "/doctors/{id}/slots");
  EXPECT_EQ(router_.Find(Method::kGet, "/doctors/7").route, "");
}

}  // namespace
}  // namespace clinic::http
