// What both structures of intervals promise: a GapTree, and a Timeline, which answers as it does.
#include "clinic/gap_tree.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "clinic/timeline.hpp"

namespace clinic {
namespace {

using namespace std::chrono_literals;
using Entry = GapTree<std::uint32_t>::Entry;

template <typename Tree>
class Intervals : public testing::Test {
  static_assert(std::forward_iterator<typename Tree::Iterator>);
};

struct Names {
  template <typename Tree>
  static std::string GetName(int) {
    return std::is_same_v<Tree, GapTree<std::uint32_t>> ? "GapTree" : "Timeline";
  }
};
using Trees = testing::Types<GapTree<std::uint32_t>, Timeline<std::uint32_t>>;
TYPED_TEST_SUITE(Intervals, Trees, Names);

constexpr Instant At(std::int64_t seconds) { return Instant{Duration{seconds}}; }
constexpr Interval Between(std::int64_t start, std::int64_t end) { return {At(start), At(end)}; }
constexpr Instant kNever = Instant::max();

// [0, 10) [20, 30) ... with a gap of ten after each, values rising from zero.
template <typename Tree>
Tree Comb(std::int64_t teeth) {
  Tree tree;
  for (std::int64_t i = 0; i < teeth; ++i) {
    EXPECT_TRUE(tree.Insert(Between(20 * i, 20 * i + 10), static_cast<std::uint32_t>(i)));
  }
  return tree;
}

TYPED_TEST(Intervals, RefusesIntervalsThatCannotBeBooked) {
  using Tree = TypeParam;
  Tree tree;
  for (const Interval& bad : {Between(10, 10), Between(11, 10), Interval{kEarliest - 1s, At(0)},
                              Interval{At(0), kLatest + 1s}, Interval{kLatest, kLatest + 1s},
                              Interval{Instant::min(), Instant::max()}}) {
    EXPECT_FALSE(tree.IsFree(bad));
    EXPECT_FALSE(tree.Insert(bad, 1));
  }
  EXPECT_TRUE(tree.empty());
  EXPECT_EQ(tree.BrokenInvariant(), "");
}

TYPED_TEST(Intervals, FindsNothingAtInstantsOutsideTheRange) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(3);
  for (const Instant outside : {Instant::min(), kEarliest - 1s, kLatest, Instant::max()}) {
    EXPECT_EQ(tree.FindAt(outside), std::nullopt);
    EXPECT_FALSE(Tree(tree).Erase(outside));
    EXPECT_FALSE(Tree(tree).SetValue(outside, 9));
  }
}

TYPED_TEST(Intervals, EmptyTreeIsFreeEverywhere) {
  using Tree = TypeParam;
  const Tree tree;
  EXPECT_TRUE(tree.IsFree({kEarliest, kLatest}));
  EXPECT_EQ(tree.FirstOverlapping({kEarliest, kLatest}), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(At(5), 1s, At(6)), At(5));
  EXPECT_EQ(tree.begin(), tree.end());
}

TYPED_TEST(Intervals, IntervalsThatTouchDoNotOverlap) {
  using Tree = TypeParam;
  Tree tree;
  EXPECT_TRUE(tree.Insert(Between(10, 20), 1));
  EXPECT_TRUE(tree.Insert(Between(20, 30), 2));
  EXPECT_TRUE(tree.Insert(Between(0, 10), 3));
  for (const Interval& taken : {Between(19, 21), Between(9, 11), Between(0, 30), Between(14, 15),
                                Between(29, 31), Between(-5, 1), Between(-5, 50)}) {
    EXPECT_FALSE(tree.Insert(taken, 4));
  }
  EXPECT_EQ(tree.size(), 3U);
}

TYPED_TEST(Intervals, HoldsTheWholeOfTime) {
  using Tree = TypeParam;
  Tree tree;
  EXPECT_TRUE(tree.Insert({kEarliest, kLatest}, 1));
  EXPECT_FALSE(tree.IsFree({kLatest - 1s, kLatest}));
  EXPECT_FALSE(tree.IsFree({kEarliest, kEarliest + 1s}));
  EXPECT_EQ(tree.EarliestGap(kEarliest, 1s, kLatest), std::nullopt);
  EXPECT_EQ(tree.FindAt(kEarliest), (Entry{{kEarliest, kLatest}, 1}));
  EXPECT_EQ(tree.BrokenInvariant(), "");
  EXPECT_TRUE(tree.Erase(kEarliest));
  EXPECT_TRUE(tree.Insert({kEarliest, kEarliest + 1s}, 1));
  EXPECT_TRUE(tree.Insert({kLatest - 1s, kLatest}, 2));
  EXPECT_EQ(tree.EarliestGap(Instant::min(), kLatest - kEarliest - 2s, kNever), kEarliest + 1s);
  EXPECT_EQ(tree.EarliestGap(Instant::min(), kLatest - kEarliest - 1s, kNever), std::nullopt);
  EXPECT_EQ(tree.BrokenInvariant(), "");
}

TYPED_TEST(Intervals, KeepsCenturiesExactToTheSecondBesideMinutes) {
  using Tree = TypeParam;
  Tree tree;
  constexpr std::int64_t century = 3'155'760'000;
  EXPECT_TRUE(tree.Insert(Between(1, century), 1));
  EXPECT_TRUE(tree.Insert(Between(0, 1), 2));
  EXPECT_TRUE(tree.Insert(Between(century, century + 1), 3));
  EXPECT_TRUE(tree.Insert(Between(-century, -century + 60), 4));
  EXPECT_EQ(tree.EarliestGap(At(-century), century * 1s, kNever), At(century + 1));
  EXPECT_EQ(tree.EarliestGap(At(-century), (century - 60) * 1s, kNever), At(-century + 60));
  EXPECT_EQ(tree.Extract(At(1)), (Entry{Between(1, century), 1}));
  EXPECT_EQ(tree.EarliestGap(At(0), 1s, kNever), At(1));
  EXPECT_EQ(tree.BrokenInvariant(), "");
}

TYPED_TEST(Intervals, EarliestGapIsRefusedForNoLengthAndNoRoom) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(3);
  EXPECT_EQ(tree.EarliestGap(At(0), 0s, kNever), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(At(0), -1s, kNever), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(At(0), Duration::max(), kNever), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(Instant::max(), 1s, Instant::min()), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(At(9), 1s, At(9)), std::nullopt);
}

TYPED_TEST(Intervals, EarliestGapLooksBeforeBetweenAndAfterTheEntries) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(3);  // [0, 10) [20, 30) [40, 50)
  EXPECT_EQ(tree.EarliestGap(At(-5), 5s, kNever), At(-5));
  EXPECT_EQ(tree.EarliestGap(At(-5), 6s, kNever), At(10));
  EXPECT_EQ(tree.EarliestGap(At(3), 10s, kNever), At(10));
  EXPECT_EQ(tree.EarliestGap(At(13), 7s, kNever), At(13));
  EXPECT_EQ(tree.EarliestGap(At(13), 8s, kNever), At(30));
  EXPECT_EQ(tree.EarliestGap(At(20), 1s, kNever), At(30));
  EXPECT_EQ(tree.EarliestGap(At(0), 11s, kNever), At(50));
  EXPECT_EQ(tree.EarliestGap(At(99), 11s, kNever), At(99));
}

TYPED_TEST(Intervals, EarliestGapEndsByTheLimit) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(3);
  EXPECT_EQ(tree.EarliestGap(At(0), 5s, At(15)), At(10));
  EXPECT_EQ(tree.EarliestGap(At(0), 5s, At(14)), std::nullopt);
  EXPECT_EQ(tree.EarliestGap(At(45), 5s, At(55)), At(50));
  EXPECT_EQ(tree.EarliestGap(kLatest - 5s, 5s, kNever), kLatest - 5s);
  EXPECT_EQ(tree.EarliestGap(kLatest - 5s, 6s, kNever), std::nullopt);
}

TYPED_TEST(Intervals, EarliestGapFindsTheOnlyOneOfItsLengthAmongThousands) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(50'000);
  EXPECT_EQ(tree.EarliestGap(At(0), 11s, kNever), At(49'999 * 20 + 10));
  EXPECT_TRUE(tree.Erase(At(20 * 31'234)));
  EXPECT_EQ(tree.EarliestGap(At(0), 11s, kNever), At(20 * 31'233 + 10));
  EXPECT_EQ(tree.EarliestGap(At(0), 30s, kNever), At(20 * 31'233 + 10));
  EXPECT_EQ(tree.EarliestGap(At(0), 31s, kNever), At(49'999 * 20 + 10));
  EXPECT_EQ(tree.EarliestGap(At(20 * 31'234), 20s, kNever), At(20 * 31'234));
  EXPECT_EQ(tree.EarliestGap(At(20 * 31'234), 21s, kNever), At(49'999 * 20 + 10));
}

TYPED_TEST(Intervals, ErasesByTheExactStartOnly) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(3);
  EXPECT_FALSE(tree.Erase(At(21)));
  EXPECT_FALSE(tree.Erase(At(19)));
  EXPECT_FALSE(tree.Erase(At(-1)));
  EXPECT_EQ(tree.Extract(At(20)), (Entry{Between(20, 30), 1}));
  EXPECT_EQ(tree.Extract(At(20)), std::nullopt);
  EXPECT_EQ(tree.size(), 2U);
}

TYPED_TEST(Intervals, FindsAndChangesTheValueAtAStart) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(500);
  EXPECT_TRUE(tree.SetValue(At(200), 77));
  EXPECT_FALSE(tree.SetValue(At(201), 78));
  EXPECT_EQ(tree.FindAt(At(200)), (Entry{Between(200, 210), 77}));
  EXPECT_EQ(tree.FindAt(At(205)), std::nullopt);
}

TYPED_TEST(Intervals, NothingOverlapsAnEmptyInterval) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(3);
  EXPECT_EQ(tree.FirstOverlapping(Between(5, 5)), std::nullopt);
  EXPECT_EQ(tree.FirstOverlapping(Between(25, 5)), std::nullopt);
  tree.ForEachOverlapping(Between(5, 5), [](const Entry&) { ADD_FAILURE(); });
}

TYPED_TEST(Intervals, VisitsWhatOverlapsInOrder) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(400);
  std::vector<std::uint32_t> seen;
  tree.ForEachOverlapping(Between(5, 6001),
                          [&](const Entry& entry) { seen.push_back(entry.value); });
  ASSERT_EQ(seen.size(), 301U);
  for (std::uint32_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
  EXPECT_EQ(tree.FirstOverlapping(Between(10, 21)), (Entry{Between(20, 30), 1}));
  EXPECT_EQ(tree.FirstOverlapping(Between(10, 20)), std::nullopt);
  EXPECT_EQ(tree.FirstOverlapping({Instant::min(), Instant::max()}), (Entry{Between(0, 10), 0}));
}

TYPED_TEST(Intervals, AVisitorCanEndTheWalk) {
  using Tree = TypeParam;
  const Tree tree = Comb<Tree>(400);
  int visits = 0;
  tree.ForEachOverlapping({kEarliest, kLatest}, [&](const Entry&) { return ++visits < 3; });
  EXPECT_EQ(visits, 3);
}

TYPED_TEST(Intervals, BuildRefusesWhatIsNotInOrderAndKeepsWhatItHad) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(3);
  const Entry early{Between(0, 10), 1};
  const Entry late{Between(10, 20), 2};
  EXPECT_FALSE(tree.Build(std::vector<Entry>{late, early}));
  EXPECT_FALSE(tree.Build(std::vector<Entry>{early, early}));
  EXPECT_FALSE(tree.Build(std::vector<Entry>{early, {Between(30, 30), 3}}));
  EXPECT_EQ(tree.size(), 3U);
  EXPECT_TRUE(tree.Build(std::vector<Entry>{early, late}));
  EXPECT_EQ(tree.size(), 2U);
  EXPECT_TRUE(tree.Build({}));
  EXPECT_TRUE(tree.empty());
}

TYPED_TEST(Intervals, BuildGivesTheSameTreeAsInsertingOneByOne) {
  using Tree = TypeParam;
  for (const int size : {1, 4, 5, 111, 112, 113, 128, 129, 6'272, 6'273, 100'000}) {
    const Tree inserted = Comb<Tree>(size);
    Tree built;
    ASSERT_TRUE(built.Build(std::vector<Entry>(inserted.begin(), inserted.end())));
    EXPECT_EQ(built.BrokenInvariant(), "") << size;
    EXPECT_TRUE(std::equal(built.begin(), built.end(), inserted.begin(), inserted.end())) << size;
    EXPECT_EQ(built.EarliestGap(At(0), 11s, kNever), At(20 * size - 10));
  }
}

TYPED_TEST(Intervals, CopiesAreIndependentAndMovesLeaveNothingBehind) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(20'000);
  const Tree copy = tree;
  EXPECT_TRUE(tree.Erase(At(0)));
  EXPECT_EQ(copy.size(), 20'000U);
  EXPECT_EQ(copy.BrokenInvariant(), "");
  const Tree moved = std::move(tree);
  EXPECT_EQ(moved.size(), 19'999U);
  EXPECT_TRUE(tree.empty());  // NOLINT(bugprone-use-after-move): it says so
  tree = copy;
  EXPECT_EQ(tree.size(), 20'000U);
}

TYPED_TEST(Intervals, EmptiesItselfFromBothEndsAndTheMiddle) {
  using Tree = TypeParam;
  constexpr std::int64_t teeth = 20'000;
  for (const std::int64_t stride : {1, 7'919, -1}) {
    Tree tree = Comb<Tree>(teeth);
    std::int64_t tooth = 0;
    for (std::int64_t i = 0; i < teeth; ++i) {
      ASSERT_TRUE(tree.Erase(At(20 * tooth)));
      if (i % 1'000 == 0) {
        ASSERT_EQ(tree.BrokenInvariant(), "") << i;
      }
      tooth = (tooth + stride + teeth) % teeth;
    }
    EXPECT_TRUE(tree.empty());
    EXPECT_LE(tree.MemoryBytes(), Tree().MemoryBytes() + 64);
  }
}

TYPED_TEST(Intervals, GivesMemoryBackAsItEmpties) {
  using Tree = TypeParam;
  Tree tree = Comb<Tree>(100'000);
  for (std::int64_t i = 0; i < 100'000; ++i) {
    if (i % 100 != 0) {
      ASSERT_TRUE(tree.Erase(At(20 * i)));
    }
  }
  EXPECT_EQ(tree.size(), 1'000U);
  EXPECT_LT(tree.MemoryBytes(), 40'000U);
}

TYPED_TEST(Intervals, TakesSixteenBytesAnEntryOrFewer) {
  using Tree = TypeParam;
  // Starts in an order that never helps: a step of the golden section.
  Tree tree;
  for (std::int64_t i = 0; i < 4'001; ++i)
    tree.Insert(Between(i * 2'473 % 4'001 * 20, i * 2'473 % 4'001 * 20 + 10), 1);
  ASSERT_EQ(tree.size(), 4'001U);
  EXPECT_LE(tree.MemoryBytes(), 16 * tree.size());
}

}  // namespace
}  // namespace clinic
