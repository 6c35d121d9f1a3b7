#include "server/limits/local_rate_limiter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace clinic::limits {
namespace {

using namespace std::chrono_literals;

constexpr Quota kThreeAMinute{3, 1min};

class LocalLimits : public ::testing::Test {
 protected:
  Verdict Take(const std::string& key, const Quota& quota = kThreeAMinute) {
    const Demand demand{key, quota};
    return limiter_.Take({&demand, 1});
  }

  std::atomic<microseconds> now_{1h};
  LocalRateLimiter limiter_{1 << 12, [this] { return now_.load(); }};
};

TEST_F(LocalLimits, WhoHasAskedForAllIsRefusedUntilOneIsGivenBack) {
  EXPECT_EQ(Take("a"), (Verdict{.limit = 3, .remaining = 2, .reset = 20s}));
  EXPECT_EQ(Take("a"), (Verdict{.limit = 3, .remaining = 1, .reset = 40s}));
  EXPECT_EQ(Take("a"), (Verdict{.limit = 3, .remaining = 0, .reset = 60s}));
  const Verdict refused{.allowed = false, .limit = 3, .reset = 60s, .retry_after = 20s};
  EXPECT_EQ(Take("a"), refused);
  EXPECT_EQ(Take("a"), refused) << "a refusal costs nothing";
  now_ = 1h + 19s + 999'999us;
  EXPECT_EQ(Take("a").retry_after, 1s);
  now_ = 1h + 20s;
  EXPECT_TRUE(Take("a").allowed);
  EXPECT_FALSE(Take("a").allowed);
}

TEST_F(LocalLimits, OneKeySpendsNothingOfAnothers) {
  for (int i = 0; i < 4; ++i) Take("a");
  EXPECT_EQ(Take("b").remaining, 2);
}

TEST_F(LocalLimits, TakesFromAllKeysOrFromNone) {
  const Demand both[] = {{"a", kThreeAMinute}, {"b", {1, 1h}}};
  EXPECT_EQ(limiter_.Take(both), (Verdict{.limit = 1, .remaining = 0, .reset = 1h}));
  EXPECT_EQ(limiter_.Take(both),
            (Verdict{.allowed = false, .limit = 1, .reset = 1h, .retry_after = 1h}));
  EXPECT_EQ(Take("a").remaining, 1) << "what b refused a has not paid for";
}

TEST_F(LocalLimits, WhatIsKnownFromElsewhereCountsAndNeverMakesLess) {
  const Demand demand{"a", kThreeAMinute};
  Take("a");
  const microseconds less = 1s;
  limiter_.Raise({&demand, 1}, {&less, 1}, now_);
  EXPECT_EQ(limiter_.Owed({&demand, 1}, now_).front(), 20s);
  const microseconds more = 60s;
  limiter_.Raise({&demand, 1}, {&more, 1}, now_);
  EXPECT_FALSE(Take("a").allowed);
}

// The virtual scheduling algorithm as ITU-T I.371 writes it, over a map without bounds.
class PlainReference {
 public:
  bool Take(std::span<const Demand> demands, microseconds now) {
    const bool allowed = std::ranges::all_of(demands, [&](const Demand& demand) {
      const microseconds tolerance = demand.quota.burst() - demand.quota.interval();
      return now >= arrival_[demand.key] - tolerance;
    });
    for (const Demand& demand : demands) {
      microseconds& arrival = arrival_[demand.key];
      if (allowed) arrival = std::max(now, arrival) + demand.quota.interval();
    }
    return allowed;
  }

 private:
  std::map<std::string, microseconds> arrival_;
};

TEST_F(LocalLimits, AgreesWithTheAlgorithmAsItIsWritten) {
  const Quota quotas[] = {{1, 1s}, {7, 1s}, {5, 1min}, {60, 1min}, {100, 1h}};
  int refused = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::minstd_rand random(seed);
    LocalRateLimiter limiter(1 << 14, [this] { return now_.load(); });
    PlainReference reference;
    for (int step = 0; step < 5'000; ++step) {
      now_ = now_.load() + microseconds(random() % 400'000);
      std::vector<Demand> demands;
      const std::size_t first = random() % 40;
      const std::size_t last = first + random() % 3;
      for (std::size_t key = first; key <= last; ++key) {
        demands.push_back({std::to_string(key), quotas[key % std::size(quotas)]});
      }
      const bool allowed = reference.Take(demands, now_);
      ASSERT_EQ(limiter.Take(demands).allowed, allowed) << "seed " << seed << " step " << step;
      refused += allowed ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 1'000);
}

TEST_F(LocalLimits, AFullTableForgetsWhoAskedLeast) {
  LocalRateLimiter small(512, [this] { return now_.load(); });
  const auto take = [&](const std::string& key) {
    const Demand demand{key, kThreeAMinute};
    return small.Take({&demand, 1});
  };
  while (take("flood").allowed) {
  }
  for (int i = 0; i < 100'000; ++i) take(std::to_string(i));
  EXPECT_FALSE(take("flood").allowed);
}

TEST_F(LocalLimits, ManyThreadsGetTogetherWhatThereIs) {
  const Quota quota{1'000, 1h};
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < 2'000; ++i) {
        // In either order, so that who locks as they come would wait for each other.
        std::vector<Demand> demands{{"shared", quota}, {"own " + std::to_string(i % 50), quota}};
        if (number % 2 == 0) std::ranges::reverse(demands);
        if (limiter_.Take(demands).allowed) ++allowed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 1'000);
}

}  // namespace
}  // namespace clinic::limits
