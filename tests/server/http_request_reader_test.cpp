#include "server/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace clinic::http {
namespace {

using Phase = RequestReader::Phase;

const Limits kLimits;

// Feeds `bytes` in pieces of at most `size`, and stops where the reader has a request or a refusal.
Phase Feed(RequestReader& reader, Buffer& input, std::string_view bytes, std::size_t size) {
  Phase phase = reader.Consume(input);
  while (!bytes.empty() && phase != Phase::kWhole && phase != Phase::kRefused) {
    const std::string_view piece = bytes.substr(0, size);
    input.Append(piece);
    bytes.remove_prefix(piece.size());
    phase = reader.Consume(input);
  }
  input.Append(bytes);
  return phase;
}

int StatusOf(std::string_view bytes, const Limits& limits = kLimits) {
  RequestReader reader(limits);
  Buffer input;
  const Phase phase = Feed(reader, input, bytes, bytes.size());
  return phase == Phase::kRefused ? reader.problem().status : phase == Phase::kWhole ? 200 : 0;
}

std::string Chunked(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

TEST(RequestReaderTest, RefusesBrokenChunks) {
  for (const std::string_view body :
       {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\na\r\n", "1\na\r\n",
        "1\r\nab\r\n", "1\r\na\n", "1\r\nabc", "1 x\r\n", ";x\r\n", "1;\x01\r\n",
        "0\r\nno colon\r\n", "0\r\na : b\r\n", "0\r\n folded\r\n", "0\r\na: \x01\r\n", "0\r\n\n"}) {
    EXPECT_EQ(StatusOf(Chunked(body)), 400) << body;
  }
}

TEST(RequestReaderTest, LimitsEveryPartOfAChunkedBody) {
  Limits limits;
  limits.body_bytes = 10;
  limits.chunk_line_bytes = 8;
  limits.chunk_extension_bytes = 10;
  limits.head_bytes = 100;
  EXPECT_EQ(StatusOf(Chunked("a\r\n0123456789\r\n0\r\n\r\n"), limits), 200);
  EXPECT_EQ(StatusOf(Chunked("b\r\n"), limits), 413);
  EXPECT_EQ(StatusOf(Chunked("ffffffffffffffff"), limits), 400) << "too long for a line";
  EXPECT_EQ(StatusOf(Chunked("ffffffffffffffff\r\n")), 413);
  EXPECT_EQ(StatusOf(Chunked("5\r\n01234\r\n6\r\n"), limits), 413);
  EXPECT_EQ(StatusOf(Chunked("1;345678\r\na\r\n"), limits), 0);
  EXPECT_EQ(StatusOf(Chunked("1;3456789\r\n"), limits), 400);
  EXPECT_EQ(StatusOf(Chunked("1;aaaa\r\na\r\n1;aaaaa\r\n"), limits), 400);
  EXPECT_EQ(StatusOf(Chunked("0\r\na: " + std::string(50, 'x') + "\r\nb: " + std::string(50, 'x') +
                             "\r\n"),
                     limits),
            431);
}

TEST(RequestReaderTest, DoesNotWaitForTheEndOfAHeadThatCannotBeOne) {
  for (const std::string_view bytes : {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n",
                                       "GET /\rX", "\n", "\x16\x03\x01"}) {
    EXPECT_EQ(StatusOf(bytes), 400) << bytes;
  }
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0);
}

TEST(RequestReaderTest, HowTheBytesArriveDoesNotMatter) {
  const std::string bytes =
      "\r\nPOST /a%20b?c=d HTTP/1.1\r\nHost: clinic\r\nX-Empty:\r\nx-two: \t a  b \t\r\n"
      "Transfer-Encoding: Chunked\r\n\r\n"
      "3\r\nabc\r\n00A ; x=\"y\"\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n"
      "GET /next";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    RequestReader reader(kLimits);
    Buffer input;
    ASSERT_EQ(Feed(reader, input, bytes, size), Phase::kWhole) << size;
    const Request& request = reader.head().request;
    EXPECT_EQ(request.path, "/a b");
    EXPECT_EQ(request.body, "abc0123456789");
    EXPECT_EQ(request.Header("X-TWO"), "a  b");
    EXPECT_EQ(request.Header("x-empty"), "");
    EXPECT_EQ(request.Header("trailer"), std::nullopt);
    EXPECT_EQ(input.View(), "GET /next");
  }
}

TEST(RequestReaderTest, PhasesFollowTheRequest) {
  RequestReader reader(kLimits);
  Buffer input;
  EXPECT_EQ(reader.Consume(input), Phase::kBetween);
  EXPECT_EQ(Feed(reader, input, "\r\n", 2), Phase::kBetween);
  EXPECT_EQ(Feed(reader, input, "P", 1), Phase::kHead);
  EXPECT_EQ(Feed(reader, input, "OST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", 99),
            Phase::kBody);
  EXPECT_EQ(Feed(reader, input, "1", 1), Phase::kBody);
  EXPECT_EQ(Feed(reader, input, "2", 1), Phase::kWhole);
  EXPECT_EQ(reader.head().request.body, "12");
  reader.Reset();
  EXPECT_EQ(reader.Consume(input), Phase::kBetween);
}

TEST(RequestReaderTest, SaysOnceThatTheClientWaitsForContinue) {
  RequestReader reader(kLimits);
  Buffer input;
  const std::string head =
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(Feed(reader, input, head, 7), Phase::kBody);
  EXPECT_TRUE(reader.TakeContinue());
  EXPECT_FALSE(reader.TakeContinue());
  RequestReader hasty(kLimits);
  ASSERT_EQ(Feed(hasty, input, head + "1", head.size() + 1), Phase::kBody);
  EXPECT_FALSE(hasty.TakeContinue()) << "it does not wait";
}

TEST(RequestReaderTest, TellsWhetherTheConnectionPersists) {
  const auto persistence = [](std::string_view version, std::string_view header) {
    RequestReader reader(kLimits);
    Buffer input;
    input.Append("GET / " + std::string(version) + "\r\nHost: a\r\n" + std::string(header) +
                 "\r\n");
    EXPECT_EQ(reader.Consume(input), Phase::kWhole);
    return reader.head().persistence;
  };
  EXPECT_EQ(persistence("HTTP/1.1", ""), Persistence::kKeepAlive);
  EXPECT_EQ(persistence("HTTP/1.2", "Connection: keep-alive\r\n"), Persistence::kKeepAlive);
  EXPECT_EQ(persistence("HTTP/1.1", "Connection: Upgrade, CLOSE\r\n"), Persistence::kClose);
  EXPECT_EQ(persistence("HTTP/1.1", "Connection: a\r\nConnection: close\r\n"), Persistence::kClose);
  EXPECT_EQ(persistence("HTTP/1.0", ""), Persistence::kClose);
  EXPECT_EQ(persistence("HTTP/1.0", "Connection: Keep-Alive\r\n"), Persistence::kExplicitKeepAlive);
}

// Every prefix of arbitrary changes to a valid request is read to some end without harm; the
// sanitizers look on.
TEST(RequestReaderTest, NoChangeOfOneByteDoesHarm) {
  const std::string valid = Chunked("3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n");
  int refused = 0;
  for (std::size_t at = 0; at < valid.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = valid;
      changed[at] = static_cast<char>(value);
      RequestReader reader(kLimits);
      Buffer input;
      refused += Feed(reader, input, changed, 16) == Phase::kRefused ? 1 : 0;
    }
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace clinic::http
