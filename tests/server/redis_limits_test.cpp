// Limits that several servers share.
#include <random>

#include "adapters/redis/cells.hpp"
#include "server/limits/shared_rate_limiter.hpp"
#include "tests/server/redis_fixture.hpp"

namespace clinic::limits {
namespace {

using namespace std::chrono_literals;

constexpr Quota kTenAnHour{10, 1h};

class SharedLimits : public WithRedis {
 protected:
  void SetUp() override {
    WithRedis::SetUp();
    if (IsSkipped()) return;
    other_redis_ = Open();
    here_ = std::make_unique<SharedRateLimiter>(*redis_);
    there_ = std::make_unique<SharedRateLimiter>(*other_redis_);
  }

  static Verdict Take(SharedRateLimiter& node, const std::string& key,
                      const Quota& quota = kTenAnHour) {
    const Demand demand{key, quota};
    return node.Take({&demand, 1});
  }

  static int CountAllowed(SharedRateLimiter& node, const std::string& key) {
    int allowed = 0;
    while (Take(node, key).allowed) ++allowed;
    return allowed;
  }

  std::unique_ptr<redis::Redis> other_redis_;
  std::unique_ptr<SharedRateLimiter> here_;
  std::unique_ptr<SharedRateLimiter> there_;
};

TEST_F(SharedLimits, WhatOneNodeGaveTheOtherDoesNotGiveAgain) {
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(Take(*here_, "a").allowed);
  EXPECT_EQ(Take(*there_, "a").remaining, 2);
  EXPECT_EQ(CountAllowed(*there_, "a"), 2);
  const Verdict refused = Take(*here_, "a");
  EXPECT_FALSE(refused.allowed);
  EXPECT_NEAR(static_cast<double>(refused.retry_after.count()), 360, 2);
}

TEST_F(SharedLimits, TakesFromAllKeysOrFromNone) {
  const Demand both[] = {{"a", kTenAnHour}, {"b", {1, 1h}}};
  EXPECT_TRUE(here_->Take(both).allowed);
  EXPECT_FALSE(there_->Take(both).allowed);
  EXPECT_EQ(CountAllowed(*there_, "a"), 9);
}

TEST_F(SharedLimits, WhoWasOverTheLimitStaysOverItWithoutRedis) {
  EXPECT_EQ(CountAllowed(*here_, "a"), 10);
  server_->Kill();
  EXPECT_FALSE(Take(*here_, "a").allowed);
  EXPECT_TRUE(Take(*here_, "b").allowed) << "others are served";
}

TEST_F(SharedLimits, ARedisWithoutItsDataLearnsWhatTheNodesKnow) {
  EXPECT_EQ(CountAllowed(*here_, "a"), 10);
  for (int i = 0; i < 4; ++i) Take(*here_, "b");
  server_->Kill();
  EXPECT_EQ(Take(*here_, "b").remaining, 5);
  EXPECT_TRUE(is_away_);
  server_->Start();
  WaitUntilBack();
  EXPECT_FALSE(Take(*here_, "a").allowed);
  EXPECT_EQ(Take(*here_, "b").remaining, 4) << "five were taken before, one without Redis";
  (void)Take(*there_, "c");  // notices that it was away
  WaitUntilBack();
  EXPECT_EQ(Take(*there_, "b").remaining, 3);
}

TEST_F(SharedLimits, TheWayToRedisIsNotCharged) {
  const Quota fast{100'000, 1s};
  Verdict last;
  for (int i = 0; i < 2'000; ++i) last = Take(*here_, "a", fast);
  std::this_thread::sleep_for(100ms);
  EXPECT_GE(Take(*here_, "a", fast).remaining, 99'998);
}

TEST_F(SharedLimits, NothingIsLeftBehindWhenNothingIsOwed) {
  Take(*here_, "ada@example.com", {2, 1s});
  const std::vector<redis::Reply> keys = server_->Run({"KEYS", "clinic:limit:*"}).items;
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].text.find("ada"), std::string::npos) << "Redis is not told who asks";
  std::this_thread::sleep_for(550ms);
  EXPECT_EQ(server_->Run({"EXISTS", keys[0].text}).integer, 0);
}

TEST_F(SharedLimits, ManyThreadsOnTwoNodesGetTogetherWhatThereIs) {
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 200; ++j) {
        if (Take(i % 2 == 0 ? *here_ : *there_, "a", {100, 1h}).allowed) ++allowed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 100);
}

// The script, by Redis's clock, and the limiter in memory agree: one of them is told to the other
// before each step, so that whatever they owe differently shows.
TEST_F(SharedLimits, TheScriptJudgesAsTheMemoryDoes) {
  std::minstd_rand random(1);
  microseconds now{1h};
  LocalRateLimiter memory(1 << 12, [&] { return now; });
  for (int step = 0; step < 500; ++step) {
    const Quota quota{static_cast<std::int64_t>(1 + random() % 20), 1h};
    const Demand demand{"key " + std::to_string(step), quota};
    const microseconds owed = quota.interval() * static_cast<std::int64_t>(random() % 21);
    const microseconds known = std::min(owed, quota.burst());
    memory.Raise({&demand, 1}, {&known, 1}, now);
    const redis::Cell cell{demand.key, quota.interval(), quota.burst(), known};
    const Result<redis::Taken> taken = redis::TakeFrom(*redis_, {&cell, 1});
    ASSERT_TRUE(taken.ok());
    ASSERT_EQ(Judge({&demand, 1}, taken->owed, taken->allowed), memory.Take({&demand, 1}));
  }
}

}  // namespace
}  // namespace clinic::limits
