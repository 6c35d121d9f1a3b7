#include "server/http/static_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace clinic::http {
namespace {

constexpr StaticFile kFile{
    .name = "page.html", .bytes = "<p>Hello", .gzip = "(compressed)", .digest = "abc"};

Request Get(NameValues headers) {
  Request request;
  request.path = "/page.html";
  request.headers = std::move(headers);
  return request;
}

std::string HeaderOf(const Response& response, std::string_view name) {
  const auto found =
      std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
  return found == response.headers.end() ? "" : found->second;
}

TEST(StaticFileTest, AClientThatDoesNotAcceptGzipGetsTheFileAsItIs) {
  for (const char* accepted : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0",
                               "br, *;q=0", "*, gzip;q=0", "xgzip", "gzip2"}) {
    const Response response = Serve(kFile, Get({{"Accept-Encoding", accepted}}));
    EXPECT_EQ(response.body, "<p>Hello") << accepted;
    EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "") << accepted;
    EXPECT_EQ(HeaderOf(response, "ETag"), "\"abc\"") << accepted;
  }
  EXPECT_EQ(Serve(kFile, Get({})).body, "<p>Hello");
}

TEST(StaticFileTest, AClientThatAcceptsGzipGetsItCompressed) {
  for (const char* accepted : {"gzip", "GZIP", "br, gzip", "deflate,gzip;q=0.5", "gzip ; q=0.001",
                               "*", "br;q=0,\tgzip;q=1"}) {
    const Response response = Serve(kFile, Get({{"Accept-Encoding", accepted}}));
    EXPECT_EQ(response.body, "(compressed)") << accepted;
    EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "gzip") << accepted;
    EXPECT_EQ(HeaderOf(response, "ETag"), "\"abc-gzip\"") << accepted;
    EXPECT_EQ(HeaderOf(response, "Vary"), "Accept-Encoding") << accepted;
    EXPECT_EQ(response.content_type, "text/html; charset=utf-8") << accepted;
  }
}

TEST(StaticFileTest, WhoHasItAlreadyIsNotSentItAgain) {
  for (const char* known : {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"}) {
    const Response response = Serve(kFile, Get({{"If-None-Match", known}}));
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.body, "") << known;
    EXPECT_EQ(HeaderOf(response, "ETag"), "\"abc\"") << known;
  }
}

TEST(StaticFileTest, WhoHasAnotherVersionOrAnotherCodingIsSentThisOne) {
  for (const char* known : {"\"abd\"", "abc", "\"abc", "\"abc-gzip\"", "\"\""}) {
    EXPECT_EQ(Serve(kFile, Get({{"If-None-Match", known}})).status, 200) << known;
  }
  EXPECT_EQ(Serve(kFile, Get({{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"abc\""}})).status,
            200);
}

TEST(StaticFileTest, WhatItIsIsToldByTheEndingOfItsName) {
  EXPECT_EQ(MediaTypeOf("a.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(MediaTypeOf("a.css"), "text/css; charset=utf-8");
  EXPECT_EQ(MediaTypeOf("openapi.json"), "application/json");
  EXPECT_EQ(MediaTypeOf("a.png"), "image/png");
  EXPECT_EQ(MediaTypeOf("LICENSE"), "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace clinic::http
