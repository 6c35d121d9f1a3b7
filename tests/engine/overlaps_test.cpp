#include "clinic/overlaps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

namespace clinic {
namespace {

GroupedInterval Item(std::uint32_t group, std::int64_t start, std::int64_t end) {
  return {group, {Instant(Duration(start)), Instant(Duration(end))}};
}

using Pairs = std::vector<OverlappingPair>;

TEST(Overlaps, EmptyAndInvertedIntervalsOverlapNothing) {
  const std::vector<GroupedInterval> items = {Item(0, 0, 10), Item(0, 5, 5), Item(0, 8, 2),
                                              Item(0, 5, 5), Item(0, 0, 0)};
  EXPECT_EQ(FindOverlaps(items), Pairs{});
  EXPECT_EQ(FindOverlaps({}), Pairs{});
}

TEST(Overlaps, IntervalsThatTouchDoNotOverlap) {
  const std::vector<GroupedInterval> items = {Item(0, 0, 10), Item(0, 10, 20), Item(0, 20, 30)};
  EXPECT_EQ(FindOverlaps(items), Pairs{});
}

TEST(Overlaps, OnlyIntervalsOfTheSameGroupAreCompared) {
  const std::vector<GroupedInterval> items = {Item(2, 0, 10), Item(1, 0, 10), Item(2, 9, 12)};
  EXPECT_EQ(FindOverlaps(items), (Pairs{{0, 2}}));
}

TEST(Overlaps, OneLongIntervalMeetsAllThatStartWithinIt) {
  const std::vector<GroupedInterval> items = {Item(0, 50, 60), Item(0, 0, 100), Item(0, 10, 20),
                                              Item(0, 99, 200), Item(0, 100, 101)};
  EXPECT_EQ(FindOverlaps(items), (Pairs{{1, 2}, {1, 0}, {1, 3}, {3, 4}}));
}

TEST(Overlaps, ThreeAtTheSameTimeAreThreePairsInTheOrderTheyCame) {
  const std::vector<GroupedInterval> items = {Item(0, 0, 5), Item(0, 0, 9), Item(0, 0, 1)};
  EXPECT_EQ(FindOverlaps(items), (Pairs{{0, 1}, {0, 2}, {1, 2}}));
}

TEST(Overlaps, TheEndsOfTheTimeLineAreTimesLikeOthers) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const std::vector<GroupedInterval> items = {Item(0, kMin, kMax), Item(0, kMax - 1, kMax),
                                              Item(0, kMin, kMin + 1)};
  EXPECT_EQ(FindOverlaps(items), (Pairs{{0, 2}, {0, 1}}));
}

// The plain reference: every two, compared by the definition of an overlap.
Pairs EveryTwoCompared(const std::vector<GroupedInterval>& items) {
  Pairs pairs;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    for (std::uint32_t j = i + 1; j < items.size(); ++j) {
      if (items[i].group != items[j].group) continue;
      if (!Overlaps(items[i].interval, items[j].interval)) continue;
      const bool in_order = items[i].interval.start <= items[j].interval.start;
      pairs.push_back(in_order ? OverlappingPair{i, j} : OverlappingPair{j, i});
    }
  }
  const auto rank = [&items](const OverlappingPair& pair) {
    return std::tuple(items[pair.first].group, items[pair.first].interval.start, pair.first,
                      items[pair.second].interval.start, pair.second);
  };
  std::sort(pairs.begin(), pairs.end(),
            [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return pairs;
}

TEST(Overlaps, AgreeWithComparingEveryTwo) {
  std::mt19937_64 random(20240101);
  for (int round = 0; round < 400; ++round) {
    const auto pick = [&random](std::int64_t low, std::int64_t high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    const std::int64_t span = round % 2 == 0 ? 20 : 2000;  // crowded, and sparse
    const std::int64_t groups = pick(1, 4);
    std::vector<GroupedInterval> items(static_cast<std::size_t>(pick(0, 120)));
    for (GroupedInterval& item : items) {
      const std::int64_t start = pick(-span, span);
      item = Item(static_cast<std::uint32_t>(pick(1, groups)), start, start + pick(-2, 30));
    }
    ASSERT_EQ(FindOverlaps(items), EveryTwoCompared(items)) << "round " << round;
  }
}

}  // namespace
}  // namespace clinic
