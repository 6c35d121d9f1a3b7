#include "server/routes/kept.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <thread>

namespace clinic::server {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class KeptTest : public testing::Test {
 protected:
  /// Counts how often something was found out.
  int Get(Kept<int>& kept) {
    return kept.Get([this] { return ++found_; }).value_or(-1);
  }

  Kept<int> Keep(std::chrono::steady_clock::duration patience) {
    return Kept<int>(seconds{1}, patience, [this] { return now_; });
  }

  int found_ = 0;
  std::chrono::steady_clock::time_point now_{hours{1}};
};

TEST_F(KeptTest, IsFoundOutOnceInAPeriod) {
  Kept<int> kept = Keep(seconds{10});
  EXPECT_EQ(Get(kept), 1);
  now_ += seconds{1} - std::chrono::nanoseconds{1};
  EXPECT_EQ(Get(kept), 1);
  now_ += std::chrono::nanoseconds{1};
  EXPECT_EQ(Get(kept), 2);
  EXPECT_EQ(Get(kept), 2);
}

TEST_F(KeptTest, WhatIsThrownIsNotKept) {
  Kept<int> kept = Keep(seconds{10});
  const auto fail = []() -> int { throw std::runtime_error("not now"); };
  EXPECT_THROW((void)kept.Get(fail), std::runtime_error);
  EXPECT_EQ(Get(kept), 1);
  now_ += seconds{2};
  EXPECT_THROW((void)kept.Get(fail), std::runtime_error);
  EXPECT_EQ(Get(kept), 2);
}

TEST_F(KeptTest, WhoComesMeanwhileGetsTheLastOneAndFindsNothingOut) {
  Kept<int> kept = Keep(hours{1});
  EXPECT_EQ(Get(kept), 1);
  now_ += seconds{2};
  EXPECT_EQ(kept.Get([&] {
    EXPECT_EQ(Get(kept), 1);
    return 7;
  }),
            7);
  EXPECT_EQ(Get(kept), 7);
  EXPECT_EQ(found_, 1);
}

TEST_F(KeptTest, WhatIsTooOldIsNotGivenWhileSomebodyTakesTooLong) {
  Kept<int> kept = Keep(std::chrono::milliseconds{1});
  EXPECT_EQ(Get(kept), 1);
  now_ += seconds{2};
  (void)kept.Get([&] {
    EXPECT_EQ(Get(kept), -1);
    return 7;
  });
  EXPECT_EQ(found_, 1);
}

TEST_F(KeptTest, TheFirstOnesWaitForTheFirstValue) {
  Kept<int> kept = Keep(hours{1});
  std::latch begun{1};
  std::latch asked{1};
  std::thread first([&] {
    (void)kept.Get([&] {
      begun.count_down();
      asked.wait();
      return ++found_;
    });
  });
  begun.wait();
  std::thread second([&] { EXPECT_EQ(Get(kept), 1); });
  asked.count_down();
  first.join();
  second.join();
  EXPECT_EQ(found_, 1);
}

}  // namespace
}  // namespace clinic::server
