#include "adapters/redis/address.hpp"

#include <gtest/gtest.h>

namespace clinic::redis {
namespace {

TEST(RedisAddress, WhatIsNoneIsRefusedWithoutBeingQuoted) {
  for (const char* url :
       {"", "redis", "redis://", "redis://:hunter2@", "http://hunter2@host",
        "rediss://:hunter2@host", "redis://hunter2@host", "redis://:@host",
        "redis://:hunter2@host:0", "redis://:hunter2@host:65536", "redis://:hunter2@host:6379x",
        "redis://:hunter2@host/x", "redis://:hunter2@host/-1", "redis://:hunter%2@host",
        "redis://:hunter%zz2@host", "redis://:hunter2@[::1", "unix://relative", "unix:///path?db=x",
        "unix:///path?hunter2=1"}) {
    const Result<Address> address = ParseAddress(url);
    ASSERT_FALSE(address.ok()) << url;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(address.error().message.find("hunter"), std::string::npos) << url;
  }
}

TEST(RedisAddress, SaysWhereAndAsWhom) {
  const Address plain = ParseAddress("redis://cache.example").value();
  EXPECT_EQ(plain.host, "cache.example");
  EXPECT_EQ(plain.port, 6379);
  EXPECT_EQ(plain.database, 0);
  const Address full = ParseAddress("redis://ada:p%40ss%3a%2f@[::1]:7000/3").value();
  EXPECT_EQ(full.host, "::1");
  EXPECT_EQ(full.port, 7000);
  EXPECT_EQ(full.user, "ada");
  EXPECT_EQ(full.password, "p@ss:/");
  EXPECT_EQ(full.database, 3);
  const Address socket = ParseAddress("unix://:s3cret@/run/redis/redis.sock?db=2").value();
  EXPECT_EQ(socket.socket, "/run/redis/redis.sock");
  EXPECT_EQ(socket.password, "s3cret");
  EXPECT_EQ(socket.database, 2);
}

TEST(RedisAddress, IsNamedWithoutItsPassword) {
  EXPECT_EQ(ParseAddress("redis://ada:secret@[::1]:7000/3")->ToString(), "[::1]:7000 database 3");
  EXPECT_EQ(ParseAddress("unix://:secret@/run/redis.sock")->ToString(), "/run/redis.sock");
}

}  // namespace
}  // namespace clinic::redis
