#include "clinic/id.hpp"

#include <gtest/gtest.h>

#include <set>

#include "clinic/id_generator.hpp"

namespace clinic {
namespace {

TEST(Uuid, RoundTripsThroughItsText) {
  const std::string text = "550e8400-e29b-41d4-a716-446655440000";
  const auto uuid = ParseUuid(text);
  ASSERT_TRUE(uuid);
  EXPECT_EQ(ToString(*uuid), text);
  EXPECT_EQ(ParseUuid("550E8400-E29B-41D4-A716-446655440000"), uuid);
}

TEST(Uuid, RefusesEverythingThatIsNotThe36Characters) {
  for (const char* text : {"", "550e8400", "550e8400-e29b-41d4-a716-44665544000",
                           "550e8400-e29b-41d4-a716-4466554400000", "550e8400ee29b-41d4-a716-446655440000",
                           "550e8400-e29b-41d4-a716-44665544000g", "{50e8400-e29b-41d4-a716-446655440000}"}) {
    EXPECT_EQ(ParseUuid(text), std::nullopt) << text;
  }
}

// RFC 9562, appendix A.4: the DNS name space and "www.example.com".
TEST(Uuid, NameBasedIsTheOneThatTheStandardPrints) {
  const auto dns = ParseUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  ASSERT_TRUE(dns);
  EXPECT_EQ(ToString(NameBasedUuid(*dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(UuidV7Generator, RisesStrictlyAlsoWhenTheClockIsSetBack) {
  SimulatedClock clock(std::chrono::sys_days{std::chrono::year{2024} / 3 / 1});
  UuidV7Generator generator(clock, 1);
  Uuid last = generator.NewUuid();
  for (int i = 0; i < 10'000; ++i) {
    if (i == 5'000) clock.Advance(-std::chrono::hours{1});
    const Uuid next = generator.NewUuid();
    EXPECT_LT(last, next);
    EXPECT_EQ(next.high >> 12 & 0xF, 7U);
    EXPECT_EQ(next.low >> 62, 2U);
    last = next;
  }
}

TEST(UuidV7Generator, RepeatsItselfFromTheSameSeed) {
  SimulatedClock clock(std::chrono::sys_days{std::chrono::year{2024} / 3 / 1});
  UuidV7Generator one(clock, 42);
  UuidV7Generator two(clock, 42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.NewUuid(), two.NewUuid());
}

}  // namespace
}  // namespace clinic
