#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "server/http/answer_writer.hpp"
#include "server/http/httplib_writer.hpp"

namespace clinic::http {
namespace {

/// An answer's lines, those of the headers sorted, then the body. The time may have moved on.
std::vector<std::string> PartsOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  EXPECT_NE(end, std::string::npos) << answer;
  std::vector<std::string> parts;
  std::istringstream head(answer.substr(0, end));
  for (std::string line; std::getline(head, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with("Date: ")) parts.push_back(line);
  }
  std::sort(std::next(parts.begin()), parts.end());
  parts.push_back(answer.substr(end + 4));
  return parts;
}

TEST(Answers, AreTheSameWhoeverWritesThem) {
  AnswerWriter direct;
  HttplibWriter by_library;
  const Response responses[] = {
      {},
      {.status = 200, .body = "{}", .content_type = "application/json"},
      {.status = 201,
       .headers = {{"Location", "/a"}},
       .body = "made",
       .content_type = "text/plain"},
      {.status = 204, .headers = {{"ETag", "\"1\""}}, .body = "not sent"},
      {.status = 304, .headers = {{"Cache-Control", "no-cache"}}, .content_type = "text/html"},
      {.status = 401, .headers = {{"WWW-Authenticate", "Bearer"}}, .body = "no"},
      {.status = 200,
       .headers = {{"Content-Security-Policy", "default-src 'self'"},
                   {"Set-Cookie", "a"},
                   {"Set-Cookie", "b"},
                   {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}},
       .body = "<p>",
       .content_type = "text/html"},
      {.status = 200,
       .headers = {{"Content-Length", "99"},
                   {"Transfer-Encoding", "chunked"},
                   {"connection", "upgrade"},
                   {"X-Request-Id", "mine"},
                   {"Broken", "a\r\nB: c"},
                   {"Not a name", "x"}},
       .body = std::string(100'000, 'x')},
      {.status = 503, .headers = {{"Retry-After", "1"}}, .body = "later"},
  };
  for (const Response& response : responses) {
    for (const Method method : {Method::kGet, Method::kHead, Method::kPost}) {
      for (const Persistence persistence :
           {Persistence::kClose, Persistence::kKeepAlive, Persistence::kExplicitKeepAlive}) {
        const AnswerTo to{method, "id-1", persistence};
        const auto expected = PartsOf(direct.Write(to, response));
        EXPECT_EQ(PartsOf(std::string(by_library.Write(to, response))), expected)
            << response.status;
        const bool has_no_body =
            method == Method::kHead || response.status == 204 || response.status == 304;
        EXPECT_EQ(expected.back(), has_no_body ? "" : response.body);
      }
    }
  }
}

}  // namespace
}  // namespace clinic::http
