// Random operations on a Timeline and on a std::map side by side, over mixes that a clinic has and
// some that it does not: every answer must be the same, and no invariant may break.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "clinic/timeline.hpp"
#include "tests/engine/interval_reference.hpp"

namespace clinic {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using Entry = Timeline<std::uint32_t>::Entry;

constexpr Instant kStart = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};

// Of a hundred intervals so many are of each kind; the rest lie on the grid.
struct Mix {
  std::string name;
  days span;
  Duration shift;  // how far the working day lies from 09:00 UTC
  int odd = 0;
  int over_days = 0;
  int far = 0;
  int huge = 0;
};

std::ostream& operator<<(std::ostream& out, const Mix& mix) { return out << mix.name; }

const std::vector<Mix> kMixes = {
    {.name = "OnTheGrid", .span = days{120}, .shift = 0h},
    {.name = "AroundMidnight", .span = days{60}, .shift = 11h, .over_days = 2},
    {.name = "SomeOdd", .span = days{60}, .shift = 0h, .odd = 10},
    {.name = "MostlyOdd", .span = days{12}, .shift = 12h, .odd = 90, .over_days = 2},
    {.name = "DaysAndWeeks", .span = days{300}, .shift = 3h, .odd = 5, .over_days = 15},
    {.name = "FarAway", .span = days{60}, .shift = 0h, .odd = 2, .over_days = 1, .far = 20},
    {.name = "Everything",
     .span = days{200},
     .shift = 14h,
     .odd = 15,
     .over_days = 5,
     .far = 5,
     .huge = 2},
};

class TimelineMix : public testing::TestWithParam<std::tuple<Mix, unsigned>> {
 protected:
  const Mix& mix() const { return std::get<0>(GetParam()); }

  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }

  // Of a working day of eight hours, mostly.
  Interval RandomInterval() {
    std::int64_t dice = Below(100);
    const Instant day = kStart + days{Below(mix().span.count())} + mix().shift;
    const Instant start = day + 9h + 5min * Below(96);
    const auto is = [&dice](int share) { return (dice -= share) < 0; };
    if (is(mix().odd)) {
      const Instant odd = start + Duration{Below(300)};
      return {odd, odd + Duration{1 + Below(Below(4) == 0 ? 20'000 : 2'000)}};
    }
    if (is(mix().over_days)) {
      return {start, start + 5min * (1 + Below(288 * 80)) + Duration{Below(3) == 0 ? 1 : 0}};
    }
    if (is(mix().far)) {
      const Instant anywhere = kEarliest + Duration{Below((kLatest - kEarliest).count() - 7'200)};
      return {anywhere, anywhere + Duration{1 + Below(7'200)}};
    }
    if (is(mix().huge)) return {start, start + days{1 + Below(40'000)}};
    return {start, start + 5min * (1 + Below(12))};
  }

  // The start of an entry, or any instant.
  Instant RandomStart() {
    const Instant instant = RandomInterval().start;
    const auto it = reference_.entries().lower_bound(instant);
    return it == reference_.entries().end() ? instant : it->first;
  }

  void Insert() {
    const Interval interval = RandomInterval();
    const auto value = static_cast<std::uint32_t>(random_());
    ASSERT_EQ(timeline_.Insert(interval, value), reference_.Insert(interval, value));
  }

  void Remove() {
    const Instant start = RandomStart();
    if (Below(2) == 0) {
      ASSERT_EQ(timeline_.Extract(start), reference_.Extract(start));
    } else {
      ASSERT_EQ(timeline_.Erase(start), reference_.Extract(start).has_value());
    }
  }

  void Ask() {
    const Interval interval = RandomInterval();
    ASSERT_EQ(timeline_.IsFree(interval), reference_.IsFree(interval));
    ASSERT_EQ(timeline_.FindAt(interval.start), reference_.FindAt(interval.start));
    const std::vector<Entry> expected = reference_.Overlapping(interval);
    std::vector<Entry> found;
    timeline_.ForEachOverlapping(interval, [&](const Entry& entry) { found.push_back(entry); });
    ASSERT_EQ(found, expected);
    const auto first = expected.empty() ? std::nullopt : std::optional<Entry>(expected.front());
    ASSERT_EQ(timeline_.FirstOverlapping(interval), first);
    const Duration length = Below(3) == 0 ? RandomInterval().length() : 5min * (1 + Below(24));
    ASSERT_EQ(timeline_.EarliestGap(interval.start, length, kLatest),
              reference_.EarliestGap(interval.start, length, kLatest));
  }

  void AskForCells() {
    const auto day = std::chrono::floor<days>(RandomInterval().start);
    const auto cells = timeline_.CoveredCells(day);
    const std::vector<Entry> entries = reference_.Overlapping({day, day + days{1}});
    for (int i = 0; i < 288; ++i) {
      const Interval cell{day + 5min * i, day + 5min * (i + 1)};
      Duration covered{};
      for (const Entry& entry : entries) {
        covered += std::max(Duration{}, Intersection(entry.interval, cell).length());
      }
      const bool is_covered = (cells[static_cast<std::size_t>(i) / 64] >> (i % 64) & 1) != 0;
      ASSERT_EQ(is_covered, covered == 5min) << i;
    }
    ASSERT_EQ(cells[4] >> 32, 0U);
  }

  void CheckEverything() {
    ASSERT_EQ(timeline_.BrokenInvariant(), "");
    ASSERT_EQ(timeline_.size(), reference_.entries().size());
    auto it = timeline_.begin();
    for (const auto& [start, entry] : reference_.entries()) ASSERT_EQ(*it++, entry);
    ASSERT_EQ(it, timeline_.end());
  }

  std::mt19937_64 random_{std::get<1>(GetParam())};
  Timeline<std::uint32_t> timeline_;
  IntervalReference reference_;
};

// Waves of filling and emptying, so that days are laid out and given up again and again.
TEST_P(TimelineMix, GivesTheSameAnswersAsAMap) {
  constexpr int kOperations = 100'000;
  for (int i = 0; i < kOperations && !HasFatalFailure(); ++i) {
    const bool is_filling = i / 12'500 % 2 == 0;
    const std::int64_t dice = Below(100);
    if (dice < (is_filling ? 55 : 5)) {
      Insert();
    } else if (dice < 70) {
      Remove();
    } else if (dice < 99) {
      Ask();
    } else {
      AskForCells();
    }
    if (i % 1'250 == 0) CheckEverything();
  }
  CheckEverything();
  while (!reference_.entries().empty() && !HasFatalFailure()) {
    const Instant start = reference_.entries().begin()->first;
    ASSERT_EQ(timeline_.Extract(start), reference_.Extract(start));
  }
  EXPECT_EQ(timeline_.MemoryBytes(), sizeof(timeline_));
}

INSTANTIATE_TEST_SUITE_P(Mixes, TimelineMix,
                         testing::Combine(testing::ValuesIn(kMixes), testing::Values(1U, 2U)),
                         [](const auto& instance) {
                           return std::get<0>(instance.param).name + "_Seed" +
                                  std::to_string(std::get<1>(instance.param));
                         });

// Years in which every minute is taken, nights too, but for what is cancelled now and then: here
// searches lead far, and what they learn on the way has to be forgotten at the right time.
class FullTimeline : public testing::TestWithParam<bool> {};

TEST_P(FullTimeline, GivesTheSameAnswersAsAMap) {
  constexpr int kDays = 250;
  std::mt19937_64 random(3);
  const auto below = [&random](int bound) {
    return static_cast<int>(random() % static_cast<std::uint64_t>(bound));
  };
  Timeline<std::uint32_t> timeline;
  IntervalReference reference;
  std::vector<Interval> all;
  for (Instant from = kStart; from < kStart + days{kDays};) {
    const Instant to = from + 5min * (1 + below(12)) + (below(40) == 0 ? 12h : 0h);
    all.push_back({from, to});
    from = to;
  }
  if (GetParam()) std::ranges::shuffle(all, random);
  std::uint32_t value = 0;
  for (const Interval& interval : all) {
    ASSERT_TRUE(timeline.Insert(interval, ++value));
    ASSERT_TRUE(reference.Insert(interval, value));
  }
  std::vector<Interval> cancelled;
  for (int i = 0; i < 4'000; ++i) {
    if (below(4) >= static_cast<int>(cancelled.size())) {
      const Interval& chosen = all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
      if (reference.Extract(chosen.start)) cancelled.push_back(chosen);
      ASSERT_EQ(timeline.Erase(chosen.start), cancelled.back() == chosen);
    } else {
      ASSERT_TRUE(timeline.Insert(cancelled.back(), ++value));
      ASSERT_TRUE(reference.Insert(cancelled.back(), value));
      cancelled.pop_back();
    }
    for (int question = 0; question < 4; ++question) {
      const Instant from = kStart + 5min * below(kDays * 288) + Duration{below(8) == 0 ? 17 : 0};
      const Duration length = 5min * (1 + below(15)) + Duration{below(8) == 0 ? 1 : 0};
      ASSERT_EQ(timeline.EarliestGap(from, length, kLatest),
                reference.EarliestGap(from, length, kLatest));
    }
    if (i % 100 == 0) {
      ASSERT_EQ(timeline.BrokenInvariant(), "");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, FullTimeline, testing::Bool(), [](const auto& instance) {
  return instance.param ? "BookedInNoOrder" : "BookedDayAfterDay";
});

}  // namespace
}  // namespace clinic
