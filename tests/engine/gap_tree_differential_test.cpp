// Random operations on a GapTree and on a std::map side by side: every answer must be the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "clinic/gap_tree.hpp"

namespace clinic {
namespace {

using Tree = GapTree<std::uint32_t>;
using Entry = Tree::Entry;

// The same answers, by walking.
class Reference {
 public:
  bool IsFree(const Interval& interval) const {
    return IsProper(interval) && Overlapping(interval).empty();
  }

  bool Insert(const Interval& interval, std::uint32_t value) {
    return IsFree(interval) && entries_.emplace(interval.start, Entry{interval, value}).second;
  }

  std::optional<Entry> Extract(Instant start) {
    const auto found = FindAt(start);
    entries_.erase(start);
    return found;
  }

  std::optional<Entry> FindAt(Instant start) const {
    const auto it = entries_.find(start);
    return it == entries_.end() ? std::nullopt : std::optional<Entry>(it->second);
  }

  std::vector<Entry> Overlapping(const Interval& interval) const {
    std::vector<Entry> found;
    auto it = entries_.lower_bound(interval.start);
    if (it != entries_.begin()) --it;
    for (; it != entries_.end() && it->first < interval.end; ++it) {
      if (Overlaps(it->second.interval, interval)) found.push_back(it->second);
    }
    return found;
  }

  std::optional<Instant> EarliestGap(Instant from, Duration length, Instant limit) const {
    Instant free = from;
    auto it = entries_.lower_bound(from);
    if (it != entries_.begin()) free = std::max(free, std::prev(it)->second.interval.end);
    for (; it != entries_.end() && it->first - free < length; ++it) free = it->second.interval.end;
    return free <= limit - length ? std::optional<Instant>(free) : std::nullopt;
  }

  const std::map<Instant, Entry>& entries() const { return entries_; }

 private:
  std::map<Instant, Entry> entries_;
};

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

class GapTreeDifferential : public testing::TestWithParam<std::tuple<Distribution, unsigned>> {
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

  void CheckEverything() {
    ASSERT_EQ(tree_.BrokenInvariant(), "");
    ASSERT_EQ(tree_.size(), reference_.entries().size());
    auto it = tree_.begin();
    for (const auto& [start, entry] : reference_.entries()) ASSERT_EQ(*it++, entry);
    ASSERT_EQ(it, tree_.end());
  }

  std::mt19937_64 random_{std::get<1>(GetParam())};
  Tree tree_;
  Reference reference_;
};

// Waves of filling and emptying, so that nodes split and merge again and again.
TEST_P(GapTreeDifferential, GivesTheSameAnswersAsAMap) {
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

INSTANTIATE_TEST_SUITE_P(AllDistributions, GapTreeDifferential,
                         testing::Combine(testing::ValuesIn(kDistributions),
                                          testing::Values(1U, 2U, 3U)),
                         [](const auto& instance) {
                           return std::get<0>(instance.param).name + "_Seed" +
                                  std::to_string(std::get<1>(instance.param));
                         });

}  // namespace
}  // namespace clinic
