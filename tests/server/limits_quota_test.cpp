#include "server/limits/quota.hpp"

#include <gtest/gtest.h>

namespace clinic::limits {
namespace {

using namespace std::chrono_literals;

TEST(QuotaText, WhatIsNoQuotaIsRefusedWithWhatItMayBe) {
  for (const char* text : {"", "/", "10", "10/", "/minute", "0/minute", "-1/minute", "1.5/minute",
                           "10/day", "10 / minute", "10/minutes", "1000001/second", "OFF",
                           "99999999999999999999/hour", "10/minute/", "+5/second"}) {
    const Result<std::optional<Quota>> quota = ParseQuota(text);
    ASSERT_FALSE(quota.ok()) << text;
    EXPECT_EQ(quota.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(quota.error().message.find("COUNT/minute"), std::string::npos);
  }
}

TEST(QuotaText, SaysHowManyInHowLong) {
  EXPECT_EQ(ParseQuota("off").value(), std::nullopt);
  EXPECT_EQ(ParseQuota("20/second").value(), (Quota{20, 1s}));
  EXPECT_EQ(ParseQuota("600/minute").value(), (Quota{600, 1min}));
  EXPECT_EQ(ParseQuota("1000000/hour").value(), (Quota{1'000'000, 1h}));
}

TEST(Quota, ABurstIsAWholeNumberOfIntervals) {
  const Quota seven{7, 1s};
  EXPECT_EQ(seven.interval(), 142'857us);
  EXPECT_EQ(seven.burst(), 7 * 142'857us);
  EXPECT_EQ((Quota{kMostInAPeriod, 1s}).interval(), 1us);
}

TEST(Quota, ManyTimesAQuotaStaysAQuota) {
  EXPECT_EQ((Quota{10, 1min}).Times(30), (Quota{300, 1min}));
  EXPECT_EQ((Quota{kMostInAPeriod, 1s}).Times(30), (Quota{kMostInAPeriod, 1s}));
}

}  // namespace
}  // namespace clinic::limits
