#include "server/http/target.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace clinic::http {
namespace {

TEST(TargetTest, RefusesWhatCouldBeReadInTwoWays) {
  for (const std::string_view text : {
           "",
           "a",
           "a/b",
           "*",
           "//%",
           "/%",
           "/%4",
           "/%zz",
           "/%00",
           "/a%2Fb",
           "/a%2fb",
           "/a%5Cb",
           "/a\\b",
           "/.",
           "/..",
           "/a/../b",
           "/a/./b",
           "/%2e%2e/b",
           "/.%2E",
           "/a/..",
           "/a#b",
           "/%0a",
           "/%7f",
           "/a b",
           "/%ff",
           "/%c0%af",
           "/%ed%a0%80",
           "/%f4%90%80%80",
           "/%e2%82",
           "/a<b",
           "/a\"b",
           "/a?x=%",
           "/a?x=%0",
           "/a?%00",
           "/a?x=%ff",
           "/a?x=1#y",
           "ftp://host/",
           "http:///a",
           "http://",
           "http://user@host/",
           "http://user:pw@host/",
           "http://host:99999a/",
           "http://ho st/",
           "host:80",
           "https:/a",
       }) {
    Target target;
    const std::optional<Problem> problem = ParseTarget(text, Method::kGet, target);
    ASSERT_TRUE(problem.has_value()) << text;
    EXPECT_EQ(problem->status, 400) << text;
  }
}

TEST(TargetTest, DecodesPathAndQuery) {
  Target target;
  ASSERT_FALSE(ParseTarget("/api/M%C3%BCller/a%20b;c=1/...?q=a+b%2B%26&&from=1=2&flag&=x&q=2",
                           Method::kGet, target));
  EXPECT_EQ(target.path, "/api/M\xC3\xBCller/a b;c=1/...");
  EXPECT_EQ(target.query,
            (NameValues{{"q", "a b+&"}, {"from", "1=2"}, {"flag", ""}, {"", "x"}, {"q", "2"}}));
  EXPECT_EQ(target.authority, "");
}

TEST(TargetTest, AnAbsoluteTargetNamesItsHost) {
  Target target;
  ASSERT_FALSE(ParseTarget("HTTP://clinic.example:8000/a?b=c", Method::kGet, target));
  EXPECT_EQ(target.authority, "clinic.example:8000");
  EXPECT_EQ(target.path, "/a");
  ASSERT_FALSE(ParseTarget("https://[::1]:8000?b=c", Method::kGet, target));
  EXPECT_EQ(target.authority, "[::1]:8000");
  EXPECT_EQ(target.path, "/");
  EXPECT_EQ(target.query, (NameValues{{"b", "c"}}));
}

TEST(TargetTest, OnlyOptionsIsAskedOfTheServerItself) {
  Target target;
  ASSERT_FALSE(ParseTarget("*", Method::kOptions, target));
  EXPECT_EQ(target.path, "*");
}

TEST(TargetTest, KnowsAuthorities) {
  for (const char* text : {"clinic", "127.0.0.1:80", "[::1]", "[2001:db8::1]:443",
                           "a-b.c_d:", "clinic.example:65535"}) {
    EXPECT_TRUE(IsAuthority(text)) << text;
  }
  for (const char* text : {"", ":80", "a b", "a@b", "a/b", "::1", "[::1", "[]", "a:80:80", "a:8x",
                           "a:123456", "a?b", "a,b c"}) {
    EXPECT_FALSE(IsAuthority(text)) << text;
  }
}

}  // namespace
}  // namespace clinic::http
