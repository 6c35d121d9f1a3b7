// What a Timeline promises beyond what a GapTree does (gap_tree_test.cpp): how it is laid out, what
// it takes, and what it knows of whole days.
#include "clinic/timeline.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace clinic {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

struct Nothing {
  friend bool operator==(Nothing, Nothing) = default;
};
using Handles = Timeline<std::uint32_t>;
using Words = std::array<std::uint64_t, 5>;

constexpr std::chrono::sys_days kJanuary = std::chrono::year{2024} / 1 / 1;
constexpr Instant kNever = Instant::max();

constexpr Interval On(int day, Duration from, Duration to) {
  return {kJanuary + days{day} + from, kJanuary + days{day} + to};
}

// Half an hour at 09:00, 09:30 ... of each day, so many a day.
Handles Regular(int day_count, int a_day) {
  Handles handles;
  std::uint32_t value = 0;
  for (int day = 0; day < day_count; ++day) {
    for (int i = 0; i < a_day; ++i) {
      const Duration start = 9h + i * 30min;
      EXPECT_TRUE(handles.Insert(On(day, start, start + 30min), value++));
    }
  }
  return handles;
}

// A year of a practitioner, booked at random until 70 % of the working hours is taken.
template <typename Value>
Timeline<Value> RandomYear(unsigned seed) {
  constexpr int kMinutes[] = {10, 10, 10, 15, 15, 15, 15, 15, 15, 20,
                              20, 20, 20, 30, 30, 30, 30, 30, 45, 60};
  std::mt19937 random(seed);
  Timeline<Value> year;
  for (Duration taken{}; taken < 262 * 8h * 7 / 10;) {
    const int day = static_cast<int>(random() % 366);
    if (day % 7 >= 5) continue;
    const Duration length = std::chrono::minutes{kMinutes[random() % 20]};
    const Duration start = 9h + 5min * static_cast<int>(random() % 96);
    if (start + length > 17h) continue;
    if (year.Insert(On(day, start, start + length), Value{})) taken += length;
  }
  return year;
}

std::vector<Handles::Entry> EntriesOf(const Handles& handles) {
  return {handles.begin(), handles.end()};
}

TEST(Timeline, TakesSixteenBytesABookingOfAYearOrFewer) {
  const auto year = RandomYear<std::uint32_t>(1);
  ASSERT_EQ(year.BrokenInvariant(), "");
  ASSERT_GT(year.size(), 4'000U);
  // Eight bytes are what an allocator keeps for itself, a block for each day.
  EXPECT_LE(year.MemoryBytes() + 366 * 8, 16 * year.size());
}

TEST(Timeline, AValueThatIsEmptyTakesNoRoom) {
  const auto year = RandomYear<Nothing>(1);
  ASSERT_EQ(year.BrokenInvariant(), "");
  EXPECT_LE(year.MemoryBytes() + 366 * 8, 12 * year.size());
  EXPECT_EQ(year.FindAt((*year.begin()).interval.start), *year.begin());
}

TEST(Timeline, AFewBookingsTakeAFewHundredBytes) {
  Handles few;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(few.Insert(On(100 * i, 9h, 10h), 1));
  EXPECT_LE(few.MemoryBytes(), 256U);
}

TEST(Timeline, EntriesFarApartAreNotLaidOutByDay) {
  Handles sparse;
  for (int i = 0; i < 3'000; ++i) ASSERT_TRUE(sparse.Insert(On(900 * i, 9h, 10h), 1));
  EXPECT_EQ(sparse.BrokenInvariant(), "");
  EXPECT_LE(sparse.MemoryBytes(), 64 * sparse.size());
}

TEST(Timeline, TheFirstAndTheLastDayOfTimeBesideAYearCostNoDaysBetween) {
  Handles handles = Regular(366, 5);
  ASSERT_TRUE(handles.Insert({kEarliest, kEarliest + 5min}, 1));
  ASSERT_TRUE(handles.Insert({kLatest - 5min, kLatest}, 2));
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(handles.Insert(On(10'000 + 1'000 * i, 9h, 10h), 3));
  }
  EXPECT_EQ(handles.BrokenInvariant(), "");
  EXPECT_LE(handles.MemoryBytes(), 64 * handles.size());
  EXPECT_EQ((*handles.begin()).interval.start, kEarliest);
}

TEST(Timeline, ADayOnEachSideOfAnEndlessClosureIsFoundAtOnce) {
  // What a Schedule keeps: nothing is free before and after what is known.
  Timeline<Nothing> blocked;
  ASSERT_TRUE(blocked.Insert({kEarliest, kJanuary}, {}));
  ASSERT_TRUE(blocked.Insert({kJanuary + days{100}, kLatest}, {}));
  for (int day = 0; day < 100; ++day) {
    ASSERT_TRUE(blocked.Insert(On(day, 0h, 9h), {}));
    ASSERT_TRUE(blocked.Insert(On(day, 17h, 24h), {}));
  }
  EXPECT_EQ(blocked.BrokenInvariant(), "");
  EXPECT_EQ(blocked.EarliestGap(kEarliest, 8h, kNever), kJanuary + 9h);
  EXPECT_EQ(blocked.EarliestGap(kEarliest, 8h + 1s, kNever), std::nullopt);
  EXPECT_EQ(blocked.EarliestGap(kJanuary + days{99} + 16h, 1h, kNever), kJanuary + days{99} + 16h);
  EXPECT_EQ(blocked.EarliestGap(kJanuary + days{99} + 16h + 1s, 1h, kNever), std::nullopt);
}

TEST(Timeline, ARunOverSeveralDaysIsOneGap) {
  Handles handles = Regular(200, 3);
  for (const int day : {50, 51, 52}) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(handles.Erase(kJanuary + days{day} + 9h + i * 30min));
  }
  ASSERT_EQ(handles.BrokenInvariant(), "");
  const Instant start = kJanuary + days{49} + 10h + 30min;
  constexpr Duration kRun = days{4} - 90min;
  EXPECT_EQ(handles.EarliestGap(kJanuary + 9h, kRun, kNever), start);
  EXPECT_EQ(handles.EarliestGap(kJanuary + 9h, kRun + 1s, kNever),
            kJanuary + days{199} + 10h + 30min);
  EXPECT_EQ(handles.EarliestGap(start + 10h, kRun - 10h, kNever), start + 10h);
  EXPECT_EQ(handles.BrokenInvariant(), "");
}

TEST(Timeline, BookingsOverMidnightStandInTheDayInWhichTheyStart) {
  Handles handles = Regular(100, 4);
  ASSERT_TRUE(handles.Insert(On(10, 23h, 33h), 7));  // to 09:00, where the next one starts
  ASSERT_TRUE(handles.Insert(On(20, 24h - 1s, 24h + 1s), 8));
  ASSERT_TRUE(handles.Insert(On(30, 22h, 24h), 9));  // ends at midnight
  EXPECT_EQ(handles.BrokenInvariant(), "");
  EXPECT_EQ(handles.FirstOverlapping(On(11, 8h, 12h))->value, 7U);
  EXPECT_EQ(handles.FirstOverlapping(On(21, 0h, 1h))->value, 8U);
  EXPECT_TRUE(handles.IsFree(On(21, 1s, 5min)));
  EXPECT_TRUE(handles.IsFree(On(31, 0h, 9h)));
  EXPECT_FALSE(handles.Insert(On(11, 0h, 5min), 1));
  EXPECT_TRUE(handles.Insert(On(11, 12h, 13h), 1));
  ASSERT_TRUE(handles.Erase(kJanuary + days{10} + 23h));
  ASSERT_TRUE(handles.Erase(kJanuary + days{21} - 1s));
  EXPECT_TRUE(handles.IsFree(On(20, 23h, 33h)));
  EXPECT_EQ(handles.BrokenInvariant(), "");
}

TEST(Timeline, WeeksOfTimeOffAreTakenAsAWhole) {
  Handles handles = Regular(100, 4);
  ASSERT_TRUE(handles.Insert(On(99, 12h, 24h * 21), 1));
  ASSERT_TRUE(handles.Insert(On(-30, 12h + 1s, 24h * 30 + 1s), 2));
  EXPECT_EQ(handles.BrokenInvariant(), "");
  EXPECT_EQ(handles.EarliestGap(kJanuary + days{99} + 11h, 2h, kNever), kJanuary + days{120});
  EXPECT_EQ(handles.EarliestGap(kJanuary - days{30} + 12h, 1s, kNever), kJanuary - days{30} + 12h);
  EXPECT_EQ(handles.EarliestGap(kJanuary - days{30} + 12h, 2s, kNever), kJanuary + 1s);
}

TEST(Timeline, MovesWithTimeAsADiaryDoes) {
  // Ninety days ahead are booked, what is past is forgotten.
  Handles handles;
  for (int today = 0; today < 1'000; ++today) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(handles.Insert(On(today + 90, 9h + i * 30min, 9h + (i + 1) * 30min), 1));
      ASSERT_EQ(handles.Erase(kJanuary + days{today} + 9h + i * 30min), today >= 90);
    }
    ASSERT_LE(handles.MemoryBytes(), 512 + 64 * handles.size()) << today;
  }
  EXPECT_EQ(handles.BrokenInvariant(), "");
}

TEST(Timeline, GivesAllMemoryBackWhenEverythingIsErased) {
  Handles handles = Regular(366, 8);
  EXPECT_GT(handles.MemoryBytes(), 20'000U);
  std::vector<Handles::Entry> entries = EntriesOf(handles);
  std::shuffle(entries.begin(), entries.end(), std::mt19937(1));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ASSERT_EQ(handles.Extract(entries[i].interval.start), entries[i]);
    if (i % 500 == 0) {
      ASSERT_EQ(handles.BrokenInvariant(), "");
    }
    ASSERT_LE(handles.MemoryBytes(), 4'096 + 160 * handles.size());
  }
  EXPECT_EQ(handles.MemoryBytes(), sizeof(Handles));
}

TEST(Timeline, CopiesAreIndependent) {
  Handles handles = Regular(100, 4);
  ASSERT_TRUE(handles.Insert({kEarliest, kEarliest + 1s}, 5));
  Handles copy = handles;
  const std::vector<Handles::Entry> before = EntriesOf(handles);
  ASSERT_TRUE(copy.Erase(kEarliest));
  ASSERT_TRUE(copy.Erase(kJanuary + 9h));
  ASSERT_TRUE(copy.Insert(On(0, 20h, 21h), 1));
  ASSERT_TRUE(copy.SetValue(kJanuary + 9h + 30min, 77));
  EXPECT_EQ(EntriesOf(handles), before);
  EXPECT_EQ(handles.BrokenInvariant(), "");
  EXPECT_EQ(copy.BrokenInvariant(), "");
  handles.Clear();
  EXPECT_EQ(copy.FindAt(kJanuary + 9h + 30min)->value, 77U);
}

TEST(Timeline, CoveredCellsAreThoseWithoutAFreeSecond) {
  Handles handles = Regular(40, 4);
  const auto cells = [&](int day) { return handles.CoveredCells(kJanuary + days{day}); };
  Words expected{};
  for (int cell = 108; cell < 132; ++cell) expected[cell / 64U] |= std::uint64_t{1} << (cell % 64);
  EXPECT_EQ(cells(3), expected);

  ASSERT_TRUE(handles.Insert(On(3, 2h + 1s, 2h + 10min), 1));  // the second cell only
  ASSERT_TRUE(handles.Insert(On(3, 3h, 3h + 2min), 2));        // these two: one cell together
  ASSERT_TRUE(handles.Insert(On(3, 3h + 2min, 3h + 5min), 3));
  ASSERT_TRUE(handles.Insert(On(3, 4h, 4h + 2min), 4));  // a second between them is free
  ASSERT_TRUE(handles.Insert(On(3, 4h + 2min + 1s, 4h + 5min), 5));
  expected[0] |= std::uint64_t{1} << 25 | std::uint64_t{1} << 36;
  EXPECT_EQ(cells(3), expected);

  EXPECT_EQ(cells(-5), Words{});
  ASSERT_TRUE(handles.Insert({kEarliest, kJanuary - days{2}}, 6));
  const std::uint64_t all = ~std::uint64_t{0};
  EXPECT_EQ(cells(-5), (Words{all, all, all, all, all >> 32}));
  EXPECT_EQ(cells(-2), Words{});
}

TEST(Timeline, ThreadsMayLookForGapsAtTheSameTime) {
  // Every search finds wide free time that is still not enough, and so lowers what days know.
  Handles handles = Regular(366, 10);
  const Handles& shared = handles;
  const auto search = [&shared](int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int i = 0; i < 2'000; ++i) {
      const Instant from = kJanuary + days{random() % 360} + 9h;
      const Duration length = 20h + Duration{random() % 7'200};
      const auto found = shared.EarliestGap(from, length, kNever);
      const bool fits = length <= 19h;
      ASSERT_EQ(found, fits ? from + 5h : kJanuary + days{365} + 14h);
    }
  };
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 4; ++seed) threads.emplace_back(search, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(handles.BrokenInvariant(), "");
}

}  // namespace
}  // namespace clinic
