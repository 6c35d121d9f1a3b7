#include "clinic/capacity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace clinic {
namespace {

constexpr Instant At(int minutes) { return Instant{} + std::chrono::minutes{minutes}; }

using Positions = std::vector<std::size_t>;

TEST(InTheWay, NothingIsInTheWayOfNothing) {
  EXPECT_TRUE(InTheWay({}, {At(0), At(10)}, 1).empty());
}

TEST(InTheWay, OneIsEnoughForCapacityOne) {
  const std::vector<Interval> taken = {{At(0), At(10)}, {At(10), At(20)}, {At(20), At(30)}};
  EXPECT_EQ(InTheWay(taken, {At(10), At(20)}, 1), Positions{1});
  EXPECT_EQ(InTheWay(taken, {At(9), At(21)}, 1), (Positions{0, 1, 2}));
}

TEST(InTheWay, NamesOnlyThoseThatMeet) {
  const std::vector<Interval> taken = {{At(0), At(60)}, {At(0), At(60)}, {At(90), At(120)}};
  EXPECT_EQ(InTheWay(taken, {At(0), At(120)}, 2), (Positions{0, 1}));
  EXPECT_TRUE(InTheWay(taken, {At(60), At(120)}, 2).empty());
}

TEST(InTheWay, AgreesWithCountingMinuteByMinute) {
  std::mt19937 random(7);
  const auto interval = [&] {
    const int start = static_cast<int>(random() % 60);
    return Interval{At(start), At(start + 1 + static_cast<int>(random() % 15))};
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<Interval> taken;
    for (std::size_t i = random() % 12; i > 0; --i) taken.push_back(interval());
    const Interval wanted = interval();
    const int capacity = 1 + static_cast<int>(random() % 4);

    std::set<std::size_t> expected;
    for (Instant minute = wanted.start; minute < wanted.end; minute += std::chrono::minutes{1}) {
      Positions present;
      for (std::size_t i = 0; i < taken.size(); ++i) {
        if (taken[i].Contains(minute)) present.push_back(i);
      }
      if (std::ssize(present) >= capacity) expected.insert(present.begin(), present.end());
    }
    EXPECT_EQ(InTheWay(taken, wanted, capacity), Positions(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace clinic
