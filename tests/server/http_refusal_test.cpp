// What the front refuses: raw bytes on the left, the status on the right. Behind each stands
// another request, which must not be taken for one.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/server/http_client.hpp"

namespace clinic::http {
namespace {

struct Refusal {
  std::string name;
  std::string bytes;
  int status;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

std::string WithHeader(const std::string& header) {
  return "POST /refused HTTP/1.1\r\nHost: clinic\r\n" + header + "\r\n\r\n";
}

// With the shortest chunked body behind it: a request that would be whole if it were not refused.
std::string WithCoding(const std::string& header) { return WithHeader(header) + "0\r\n\r\n"; }

std::string WithTarget(const std::string& target) { return Get(target); }

std::string Headers(int count) {
  std::string headers;
  for (int index = 0; index < count; ++index) headers += "X-" + std::to_string(index) + ": y\r\n";
  return headers + "Last: z";
}

using namespace std::string_literals;

const std::vector<Refusal> kRefusals = {
    // Request lines
    {"NoMethod", "/refused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"NoVersion", "GET /refused\r\nHost: a\r\n\r\n", 400},
    {"TwoSpaces", "GET  /refused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"SpaceBeforeMethod", " GET /refused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"SpaceAfterVersion", "GET /refused HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
    {"SpaceInTarget", "GET /re fused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TabInRequestLine", "GET\t/refused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"LowerCaseVersion", "GET /refused http/1.1\r\nHost: a\r\n\r\n", 400},
    {"LongVersion", "GET /refused HTTP/1.10\r\nHost: a\r\n\r\n", 400},
    {"TwoEmptyLines", "\r\n\r\nGET /refused HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"Version09", "GET /refused HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"Version2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"UnknownMethod", "BREW /refused HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"LowerCaseMethod", "get /refused HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"Connect", "CONNECT refused:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    {"EndlessMethod", std::string(9'000, 'A'), 501},
    {"Tls", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03"s, 400},
    // Line ends and bytes
    {"BareLineFeed", "GET /refused HTTP/1.1\nHost: a\n\n", 400},
    {"BareLineFeedInHeaders", "GET /refused HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
    {"BareReturn", "GET /refused HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
    {"ReturnReturnLineFeed", "GET /refused HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
    {"NulInHeader", WithHeader("X: a\0b"s), 400},
    {"ControlInHeader", WithHeader("X: a\x01"), 400},
    {"DeleteInHeader", WithHeader("X: a\x7F"), 400},
    {"NulInTarget", WithTarget("/ref\0used"s), 400},
    // Headers
    {"FoldedHeader", WithHeader("X: a\r\n folded"), 400},
    {"FoldedFirstHeader", "GET /refused HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"TabFoldedHeader", WithHeader("X: a\r\n\tfolded"), 400},
    {"SpaceBeforeColon", WithHeader("X : a"), 400},
    {"EmptyName", WithHeader(": a"), 400},
    {"NoColon", WithHeader("X"), 400},
    {"NameIsNoToken", WithHeader("X(y): a"), 400},
    {"NonAsciiName", WithHeader("X\xC3\xA4: a"), 400},
    {"NoHost", "GET /refused HTTP/1.1\r\nX: y\r\n\r\n", 400},
    {"TwoHosts", WithHeader("Host: clinic"), 400},
    {"TwoHostsInVersion10", "GET /refused HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"EmptyHost", "GET /refused HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"HostWithUser", "GET /refused HTTP/1.1\r\nHost: me@clinic\r\n\r\n", 400},
    {"HostWithPath", "GET /refused HTTP/1.1\r\nHost: clinic/x\r\n\r\n", 400},
    {"TwoContentTypes", WithHeader("Content-Type: a/b\r\nContent-Type: a/b"), 400},
    {"TwoAuthorizations", WithHeader("Authorization: a\r\nAuthorization: b"), 400},
    {"TooManyHeaders", WithHeader(Headers(99)), 431},
    {"TooLargeHead", WithHeader("X: " + std::string(17'000, 'x')), 431},
    {"EndlessHeader", "GET /refused HTTP/1.1\r\nX: " + std::string(17'000, 'x'), 431},
    {"TooLongTarget", WithTarget("/" + std::string(8'192, 'x')), 414},
    {"EndlessTarget", "GET /" + std::string(17'000, 'x'), 414},
    // Targets
    {"RelativeTarget", WithTarget("refused"), 400},
    {"AsteriskForGet", WithTarget("*"), 400},
    {"Fragment", WithTarget("/refused#x"), 400},
    {"BrokenPercent", WithTarget("/refused%zz"), 400},
    {"EncodedNul", WithTarget("/refused%00"), 400},
    {"EncodedSlash", WithTarget("/refused%2fx"), 400},
    {"DotSegment", WithTarget("/x/../refused"), 400},
    {"EncodedDotSegment", WithTarget("/x/%2e%2e/refused"), 400},
    {"NotUtf8", WithTarget("/refused%ff"), 400},
    {"RawBytes", WithTarget("/refus\xC3\xA9"), 400},
    {"BrokenPercentInQuery", WithTarget("/refused?x=%"), 400},
    {"OtherScheme", WithTarget("ftp://clinic/refused"), 400},
    {"UserInTarget", WithTarget("http://me@clinic/refused"), 400},
    // Framing
    {"LengthAndEncoding", WithCoding("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400},
    {"EncodingAndLength", WithCoding("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400},
    {"TwoLengths", WithHeader("Content-Length: 5\r\nContent-Length: 6"), 400},
    {"TwoEqualLengths", WithHeader("Content-Length: 5\r\nContent-Length: 5"), 400},
    {"ListOfLengths", WithHeader("Content-Length: 5, 5"), 400},
    {"SignedLength", WithHeader("Content-Length: +5"), 400},
    {"NegativeLength", WithHeader("Content-Length: -5"), 400},
    {"HexadecimalLength", WithHeader("Content-Length: 0x5"), 400},
    {"EmptyLength", WithHeader("Content-Length:"), 400},
    {"FractionalLength", WithHeader("Content-Length: 5.0"), 400},
    {"TooLargeBody", WithHeader("Content-Length: 1048577"), 413},
    {"LengthBeyond64Bits", WithHeader("Content-Length: 18446744073709551621"), 413},
    {"TooLargeBodyExpected", WithHeader("Expect: 100-continue\r\nContent-Length: 1048577"), 413},
    {"Gzip", WithCoding("Transfer-Encoding: gzip"), 400},
    {"GzipChunked", WithCoding("Transfer-Encoding: gzip, chunked"), 501},
    {"ChunkedGzip", WithCoding("Transfer-Encoding: chunked, gzip"), 400},
    {"ChunkedTwice", WithCoding("Transfer-Encoding: chunked, chunked"), 400},
    {"ChunkedInTwoHeaders", WithCoding("Transfer-Encoding: x\r\nTransfer-Encoding: chunked"), 501},
    {"Identity", WithCoding("Transfer-Encoding: identity"), 400},
    {"AlmostChunked", WithCoding("Transfer-Encoding: xchunked"), 400},
    {"EmptyEncoding", WithCoding("Transfer-Encoding:"), 400},
    {"ChunkedWithComma", WithCoding("Transfer-Encoding: chunked,"), 501},
    {"ChunkedVersion10",
     "POST /refused HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"ContentEncoding", WithHeader("Content-Encoding: gzip\r\nContent-Length: 3"), 415},
    {"SecondContentEncoding", WithHeader("Content-Encoding: identity\r\nContent-Encoding: br"),
     415},
    {"Expectation", WithHeader("Expect: miracles\r\nContent-Length: 3"), 417},
    {"BrokenChunk", WithHeader("Transfer-Encoding: chunked") + "x\r\n", 400},
    {"ChunkWithBareLineFeed", WithHeader("Transfer-Encoding: chunked") + "1\na\n0\n\n", 400},
    {"TooLargeChunk", WithHeader("Transfer-Encoding: chunked") + "100001\r\n", 413},
};

class RefusalTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, IsExplainedAndNothingBehindItIsExecuted) {
  std::atomic<int> reported = 0;
  Options options = TestOptions();
  options.on_refusal = [&](const Problem& problem, std::string_view address, std::string_view id) {
    reported = problem.status;
    EXPECT_EQ(address, "127.0.0.1");
    EXPECT_EQ(id, "id-1");
  };
  TestServer server(EchoPath, options);
  Client client(server.port());
  client.Send(GetParam().bytes + Get("/smuggled") + Get("/smuggled"));
  const Answer answer = client.Read();

  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_EQ(answer.Header("X-Request-Id"), "id-1");
  EXPECT_NE(answer.body.find("\"status\":" + std::to_string(GetParam().status)), std::string::npos);
  EXPECT_NE(answer.body.find("\"request_id\":\"id-1\""), std::string::npos) << answer.body;
  EXPECT_EQ(reported, GetParam().status);
  client.EndSending();
  EXPECT_TRUE(client.EndsCleanly());
  EXPECT_TRUE(server.asked().empty()) << "executed " << server.asked().front();
}

INSTANTIATE_TEST_SUITE_P(Http, RefusalTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& test) { return test.param.name; });

TEST(RefusalAnswerTest, QuotesTheIdAndThePathOfTheRequest) {
  TestServer server(EchoPath);
  Client client(server.port());
  const Answer answer = client.Ask(
      "POST /a HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine.1\r\nContent-Length: 9999999\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.Header("X-Request-Id"), "mine.1");
  EXPECT_NE(answer.body.find(R"("instance":"/a")"), std::string::npos) << answer.body;
}

TEST(RefusalAnswerTest, ReachesAClientThatSendsItsWholeBodyFirst) {
  TestServer server(EchoPath);
  Client client(server.port());
  const std::string body(8 << 20, 'x');
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n" + body));
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_TRUE(server.asked().empty());
}

TEST(RefusalAnswerTest, OfHeadHasNoBody) {
  TestServer server(EchoPath);
  Client client(server.port());
  client.Send("HEAD /%2e HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer answer = client.Read(Client::Body::kNone);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.Header("Content-Length"), "");
  EXPECT_TRUE((client.EndSending(), client.EndsCleanly())) << "there is a body";
}

}  // namespace
}  // namespace clinic::http
