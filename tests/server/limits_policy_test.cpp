// Which quotas count for a request.
#include <gtest/gtest.h>

#include "server/limits/limits.hpp"
#include "server/limits/local_rate_limiter.hpp"

namespace clinic::limits {
namespace {

using namespace std::chrono_literals;

class LimitsPolicy : public ::testing::Test {
 protected:
  /// How many of these sign-ins are let through in a row.
  template <typename F>
  int CountAllowed(F&& take) {
    int allowed = 0;
    while (take()->allowed) ++allowed;
    return allowed;
  }

  microseconds now_{1h};
  LocalRateLimiter limiter_{1 << 12, [this] { return now_; }};
  Limits limits_{
      limiter_,
      {.address = Quota{100, 1min}, .account = Quota{50, 1min}, .sign_in = Quota{10, 1min}}};
};

TEST_F(LimitsPolicy, NoQuotaNoVerdict) {
  Limits none(limiter_, {.address = {}, .account = {}, .sign_in = {}});
  EXPECT_FALSE(none.TakeForAddress("198.51.100.1"));
  EXPECT_FALSE(none.TakeForAccount(AccountId()));
  EXPECT_FALSE(none.TakeForRegistration("198.51.100.1"));
  EXPECT_FALSE(none.TakeForSignIn("198.51.100.1", "ada@example.com"));
}

TEST_F(LimitsPolicy, AWholeNetworkOfIPv6IsOneClient) {
  int number = 0;
  EXPECT_EQ(CountAllowed([&] {
              return limits_.TakeForAddress("2001:db8:1:2::" + std::to_string(++number));
            }),
            100);
  EXPECT_TRUE(limits_.TakeForAddress("2001:db8:1:3::1")->allowed);
}

TEST_F(LimitsPolicy, OnePersonsPasswordIsGuessedTenTimesFromOneAddress) {
  const auto guess = [&] { return limits_.TakeForSignIn("198.51.100.1", "ada@example.com"); };
  EXPECT_EQ(CountAllowed(guess), 10);
  EXPECT_TRUE(limits_.TakeForSignIn("198.51.100.1", "bob@example.com")->allowed)
      << "others at the same address sign in";
  EXPECT_TRUE(limits_.TakeForSignIn("198.51.100.2", "ada@example.com")->allowed)
      << "from elsewhere nobody is locked out";
}

TEST_F(LimitsPolicy, OneAddressGuessesAtManyPeopleThreeHundredTimes) {
  int number = 0;
  EXPECT_EQ(
      CountAllowed([&] { return limits_.TakeForSignIn("198.51.100.1", std::to_string(++number)); }),
      300);
}

TEST_F(LimitsPolicy, RegisteringCountsWithTheSignInsOfAnAddress) {
  EXPECT_EQ(CountAllowed([&] { return limits_.TakeForRegistration("198.51.100.1"); }), 300);
  EXPECT_FALSE(limits_.TakeForSignIn("198.51.100.1", "ada@example.com")->allowed);
}

TEST_F(LimitsPolicy, GuessingFromEverywhereLocksOutForNoLongerThanAMoment) {
  int number = 0;
  const auto guess = [&] {
    return limits_.TakeForSignIn("10.1.0." + std::to_string(++number % 250), "ada@example.com");
  };
  EXPECT_EQ(CountAllowed(guess), 100);
  EXPECT_FALSE(limits_.TakeForSignIn("198.51.100.1", "ada@example.com")->allowed);
  now_ += 600ms;
  EXPECT_TRUE(limits_.TakeForSignIn("198.51.100.1", "ada@example.com")->allowed);
}

}  // namespace
}  // namespace clinic::limits
