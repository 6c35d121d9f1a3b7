#include "server/http/problem.hpp"

#include <gtest/gtest.h>

namespace clinic::http {
namespace {

TEST(ProblemTest, TextThatIsNotUtf8IsRepaired) {
  const Response response =
      ToResponse({.status = 400, .code = "x", .detail = "\xFF"}, "/\xC3", "id\xFE");
  EXPECT_NE(response.body.find("\"detail\":\"\xEF\xBF\xBD\""), std::string::npos) << response.body;
}

TEST(ProblemTest, TheDocumentHasWhatTheContractNames) {
  const Response response = ToResponse({.status = 422,
                                        .code = "too_long",
                                        .detail = "At most \"60\" minutes.",
                                        .errors = {{"/duration_minutes", "too long"}}},
                                       "/api/appointments", "id-7");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"urn:problem-type:clinic:too_long","title":"Unprocessable Content",)"
            R"("status":422,"detail":"At most \"60\" minutes.","instance":"/api/appointments",)"
            R"("code":"too_long","request_id":"id-7",)"
            R"("errors":[{"pointer":"/duration_minutes","detail":"too long"}]})");
}

TEST(ProblemTest, MembersAreWrittenAsTheyStandAndHeadersGoWithTheAnswer) {
  const Response response = ToResponse({.status = 409,
                                        .code = "conflict",
                                        .title = "Taken",
                                        .members = {{"conflicts", "[]"}, {"alternatives", "[1]"}},
                                        .headers = {{"Retry-After", "1"}}},
                                       "", "id-7");
  EXPECT_EQ(response.body,
            R"({"type":"urn:problem-type:clinic:conflict","title":"Taken","status":409,)"
            R"("instance":"urn:request:clinic:id-7",)"
            R"("code":"conflict","request_id":"id-7","conflicts":[],"alternatives":[1]})");
  EXPECT_EQ(response.headers, (NameValues{{"Retry-After", "1"}}));
}

}  // namespace
}  // namespace clinic::http
