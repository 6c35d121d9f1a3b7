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

// Draws from fixed seeds.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  std::int64_t operator()(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution(low, high)(random_);
  }

 private:
  std::mt19937_64 random_;
};

TEST(Overlaps, AgreeWithComparingEveryTwo) {
  Draw draw(20240101);
  for (int round = 0; round < 4000; ++round) {
    const std::int64_t span = round % 2 == 0 ? 20 : 2000;  // crowded, and sparse
    const std::int64_t groups = draw(1, 4);
    std::vector<GroupedInterval> items(
        static_cast<std::size_t>(draw(0, round % 8 == 0 ? 300 : 60)));
    for (GroupedInterval& item : items) {
      const std::int64_t start = draw(-span, span);
      const std::int64_t longest = draw(0, 20) == 0 ? 3 * span : 30;
      item = Item(static_cast<std::uint32_t>(draw(1, groups)), start, start + draw(-2, longest));
    }
    const Pairs expected = EveryTwoCompared(items);
    const auto threads = static_cast<std::size_t>(draw(0, 4));
    ASSERT_EQ(FindOverlaps(items, {.threads = threads}), expected) << "round " << round;
    Pairs visited;
    ForEachOverlap(items, [&](OverlappingPair pair) { visited.push_back(pair); });
    ASSERT_EQ(visited, expected) << "round " << round;
  }
}

// Groups and instants from the whole of their ranges do not fit into one number, and lengths not
// into 32 bits.
TEST(Overlaps, AgreeWithComparingEveryTwoOverTheWholeTimeLine) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::uint32_t kGroups[] = {0, 1, 7, 0xFFFFFFFF};
  Draw draw(20240102);
  for (int round = 0; round < 2000; ++round) {
    const std::int64_t shift = draw(0, 62);  // how much of the line is used
    const std::int64_t groups = draw(0, 3);
    std::vector<GroupedInterval> items(static_cast<std::size_t>(draw(0, 80)));
    for (GroupedInterval& item : items) {
      const std::int64_t a = draw(kMin, kMax) >> shift;
      const std::int64_t b = draw(kMin, kMax) >> shift;
      item = Item(kGroups[draw(0, groups)], std::min(a, b), std::max(a, b));
    }
    ASSERT_EQ(FindOverlaps(items), EveryTwoCompared(items)) << "round " << round;
  }
}

// The plain reference for many: sorted by comparing, and walked.
Pairs SortedAndWalked(const std::vector<GroupedInterval>& items) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if (items[i].interval.start < items[i].interval.end) order.push_back(i);
  }
  std::ranges::sort(order, {}, [&](std::uint32_t i) {
    return std::tuple(items[i].group, items[i].interval.start, i);
  });
  Pairs pairs;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      const GroupedInterval& first = items[order[i]];
      const GroupedInterval& second = items[order[j]];
      if (second.group != first.group || second.interval.start >= first.interval.end) break;
      pairs.push_back({order[i], order[j]});
    }
  }
  return pairs;
}

struct Crowd {
  const char* name;
  std::int64_t groups;
  std::int64_t span;
  std::int64_t longest;
};

TEST(Overlaps, AreTheSameInTheSameOrderOnAnyNumberOfThreads) {
  constexpr Crowd kCrowds[] = {
      {"one group", 1, 50'000'000, 3'600},
      {"many groups", 300, 1'000'000, 3'600},
      {"a group each", 99'991, 1'000, 60},
      {"few starts", 5'000, 40, 3},
      {"one start", 90'000, 0, 5},
      {"ten thousand years", 3'000, 315'000'000'000, 1'000'000},
  };
  for (const Crowd& crowd : kCrowds) {
    SCOPED_TRACE(crowd.name);
    Draw draw(20240103);
    std::vector<GroupedInterval> items(100'000);
    for (GroupedInterval& item : items) {
      const std::int64_t start = draw(-crowd.span, crowd.span);
      item = Item(static_cast<std::uint32_t>(draw(0, crowd.groups - 1)), start,
                  start + draw(0, crowd.longest));
    }
    const Pairs expected = SortedAndWalked(items);
    ASSERT_FALSE(expected.empty());
    for (const std::size_t threads : {1U, 2U, 3U, 4U}) {
      ASSERT_EQ(FindOverlaps(items, {.threads = threads}), expected);
      Pairs visited;
      ForEachOverlap(items, [&](OverlappingPair pair) { visited.push_back(pair); },
                     {.threads = threads});
      ASSERT_EQ(visited, expected);
    }
  }
}

TEST(Overlaps, WhatIsInOrderAlreadyIsFoundTheSame) {
  Draw draw(20240104);
  std::vector<GroupedInterval> items(100'000);
  std::int64_t start = -1'000'000;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    start += draw(0, 40);
    items[i] = Item(i / 20'000, start, start + draw(0, 60));
  }
  const Pairs expected = SortedAndWalked(items);
  EXPECT_EQ(FindOverlaps(items), expected);
  EXPECT_EQ(FindOverlaps(items, {.threads = 4}), expected);
  std::swap(items[50'000].interval, items[49'999].interval);  // and no more
  EXPECT_EQ(FindOverlaps(items, {.threads = 4}), SortedAndWalked(items));
}

TEST(Overlaps, OneThatCoversAllMeetsEveryOther) {
  constexpr std::uint32_t kCount = 70'000;
  std::vector<GroupedInterval> items;
  for (std::uint32_t i = 0; i < kCount; ++i) items.push_back(Item(3, 10 * i, 10 * i + 10));
  items.push_back(Item(3, -1, 10 * kCount));
  items.push_back(Item(4, -5, 10 * kCount));
  std::swap(items.front(), items.back());
  Pairs expected;
  for (std::uint32_t i = kCount + 1; i > kCount; --i) expected.push_back({kCount, i});
  for (std::uint32_t i = 1; i < kCount; ++i) expected.push_back({kCount, i});
  EXPECT_EQ(FindOverlaps(items, {.threads = 2}), expected);
}

}  // namespace
}  // namespace clinic
