// Random operations on a GapTree or a Timeline and on a std::map side by side: every answer must be
// the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "clinic/gap_tree.hpp"
#include "clinic/timeline.hpp"
#include "tests/engine/interval_reference.hpp"

namespace clinic {
namespace {

using Entry = GapTree<std::uint32_t>::Entry;

// Where random intervals lie and how long they are.
struct Distribution {
  std::string name;
  Instant from;
  Instant to;
  Duration grid;
  std::vector<std::int64_t> lengths;  // in steps of the grid
};

constexpr Instant kYear2024{Duration{1'704'067'200}};
constexpr Duration kDay{86'400};

const std::vector<Distribution> kDistributions = {
    {"DenseGrid", kYear2024, kYear2024 + 30 * kDay, Duration{300}, {1, 2, 3, 4, 6, 9, 12}},
    {"TouchingOnACrampedGrid", kYear2024, kYear2024 + kDay, Duration{60}, {1, 1, 1, 2}},
    {"OddSeconds", kYear2024, kYear2024 + 90 * kDay, Duration{1}, {1, 599, 1'801, 86'399}},
    {"FromYear1To9999", kEarliest, kLatest, Duration{1}, {1, 3'600, 86'400 * 365, 3'155'760'000}},
    {"YearsAmongMinutes",
     kYear2024,
     kYear2024 + 100'000 * kDay,
     Duration{60},
     {30, 60, 525'600, 10 * 525'600}},
    {"AroundTheReachOfALeaf",
     kYear2024,
     kYear2024 + Duration{1L << 33},
     Duration{1L << 24},
     {1, 2, 127, 128, 129, 200}},
    {"ManyInFewPlaces", kYear2024, kYear2024 + 400 * kDay, Duration{60}, {1, 5, 10}},
};

template <typename Tree>
class Differential : public testing::TestWithParam<std::tuple<Distribution, unsigned>> {
 protected:
  Instant RandomInstant() {
    const auto& [d, seed] = GetParam();
    return d.from + d.grid * Pick((d.to - d.from) / d.grid);
  }

  Duration RandomLength() {
    const auto& [d, seed] = GetParam();
    return d.grid * d.lengths[static_cast<std::size_t>(Pick(std::ssize(d.lengths)))];
  }

  // The start of an entry, or any instant.
  Instant RandomStart() {
    const auto it = reference_.entries().lower_bound(RandomInstant());
    return it == reference_.entries().end() ? RandomInstant() : it->first;
  }

  std::int64_t Pick(std::int64_t size) {
    return std::uniform_int_distribution<std::int64_t>(0, size - 1)(random_);
  }

  void Insert() {
    const Instant start = Pick(3) == 0 ? EndOfAnEntry() : RandomInstant();
    const Interval interval{start, start + RandomLength()};
    const auto value = static_cast<std::uint32_t>(random_());
    ASSERT_EQ(tree_.Insert(interval, value), reference_.Insert(interval, value));
  }

  Instant EndOfAnEntry() {
    const auto entry = reference_.FindAt(RandomStart());
    return entry ? entry->interval.end : RandomInstant();
  }

  void Extract() {
    const Instant start = RandomStart();
    ASSERT_EQ(tree_.Extract(start), reference_.Extract(start));
  }

  void Ask() {
    const Instant start = RandomInstant();
    const Interval interval{start, start + RandomLength()};
    ASSERT_EQ(tree_.IsFree(interval), reference_.IsFree(interval));
    ASSERT_EQ(tree_.FindAt(start), reference_.FindAt(start));
    const std::vector<Entry> expected = reference_.Overlapping(interval);
    std::vector<Entry> found;
    tree_.ForEachOverlapping(interval, [&](const Entry& entry) { found.push_back(entry); });
    ASSERT_EQ(found, expected);
    const auto first = expected.empty() ? std::nullopt : std::optional<Entry>(expected.front());
    ASSERT_EQ(tree_.FirstOverlapping(interval), first);
    const Duration length = RandomLength();
    const Instant limit = Pick(2) == 0 ? kLatest : std::min(kLatest, start + 40 * length);
    ASSERT_EQ(tree_.EarliestGap(start, length, limit),
              reference_.EarliestGap(start, length, limit));
  }

  // Waves of filling and emptying, so that nodes split and merge again and again.
  void GivesTheSameAnswersAsAMap() {
    constexpr int kOperations = 60'000;
    for (int i = 0; i < kOperations && !HasFatalFailure(); ++i) {
      const bool filling = i / 20'000 % 2 == 0;
      const std::int64_t dice = Pick(10);
      if (dice < (filling ? 6 : 1)) {
        Insert();
      } else if (dice < 7) {
        Extract();
      } else {
        Ask();
      }
      if (i % 2'000 == 0) CheckEverything();
    }
    CheckEverything();
  }

  void CheckEverything() {
    ASSERT_EQ(tree_.BrokenInvariant(), "");
    ASSERT_EQ(tree_.size(), reference_.entries().size());
    auto it = tree_.begin();
    for (const auto& [start, entry] : reference_.entries()) ASSERT_EQ(*it++, entry);
    ASSERT_EQ(it, tree_.end());
  }

  std::mt19937_64 random_{std::get<1>(GetParam())};
  Tree tree_;
  IntervalReference reference_;
};

std::string NameOf(const testing::TestParamInfo<std::tuple<Distribution, unsigned>>& instance) {
  return std::get<0>(instance.param).name + "_Seed" + std::to_string(std::get<1>(instance.param));
}

const auto kAllDistributions =
    testing::Combine(testing::ValuesIn(kDistributions), testing::Values(1U, 2U, 3U));

using GapTreeDifferential = Differential<GapTree<std::uint32_t>>;
TEST_P(GapTreeDifferential, GivesTheSameAnswersAsAMap) { GivesTheSameAnswersAsAMap(); }
INSTANTIATE_TEST_SUITE_P(AllDistributions, GapTreeDifferential, kAllDistributions, NameOf);

using TimelineDifferential = Differential<Timeline<std::uint32_t>>;
TEST_P(TimelineDifferential, GivesTheSameAnswersAsAMap) { GivesTheSameAnswersAsAMap(); }
INSTANTIATE_TEST_SUITE_P(AllDistributions, TimelineDifferential, kAllDistributions, NameOf);

}  // namespace
}  // namespace clinic
