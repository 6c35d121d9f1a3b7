#include "clinic/availability.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace clinic {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::sys_days;

using Windows = std::vector<Interval>;

const Zone kNewYork = *Zone::Load("America/New_York");
constexpr CivilTime kMonday = local_days{2026y / 3 / 2};  // the clocks change on Sunday, March 8

AvailabilityRule Hours(CivilTime start, CivilTime end, const char* rule = nullptr) {
  AvailabilityRule hours{.start = start, .end = end};
  if (rule != nullptr) hours.rule = *RecurrenceRule::Parse(rule);
  return hours;
}

Interval Local(CivilTime start, CivilTime end, const Zone& zone = kNewYork) {
  return {zone.ToInstant(start), zone.ToInstant(end)};
}

Windows Expanded(const std::vector<AvailabilityRule>& rules, const Interval& range,
                 const Zone& zone = kNewYork) {
  const Result<Windows> windows = ExpandWindows(rules, zone, range);
  EXPECT_TRUE(windows.ok()) << windows.error().message;
  return windows.ok() ? *windows : Windows{};
}

TEST(Availability, RefusesRulesThatCannotBeExpanded) {
  const auto refusal = [](const AvailabilityRule& rule) {
    const Result<void> valid = Validate(rule, kNewYork);
    EXPECT_FALSE(valid.ok());
    return valid.ok() ? ErrorCode::kCorrupt : valid.error().code;
  };
  EXPECT_EQ(refusal(Hours(kMonday, kMonday)), ErrorCode::kBadInterval);
  EXPECT_EQ(refusal(Hours(kMonday, kMonday - 1s)), ErrorCode::kBadInterval);
  EXPECT_EQ(refusal(Hours(kMonday, kMonday + kLongestWindow + 1s)), ErrorCode::kTooLong);
  EXPECT_EQ(refusal(Hours(CivilTime::min(), CivilTime::max())), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal(Hours(kMonday, CivilTime::max())), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal(Hours(kMonday, kMonday + 1h, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
            ErrorCode::kUnbounded);
  AvailabilityRule rule = Hours(kMonday, kMonday - 1s);
  rule.exdates = {CivilTime::max()};
  EXPECT_EQ(refusal(rule), ErrorCode::kInvalidArgument);  // comes first

  EXPECT_TRUE(Validate(Hours(kMonday, kMonday + kLongestWindow, "FREQ=DAILY"), kNewYork).ok());
  EXPECT_TRUE(
      Validate(Hours(kMonday, kMonday + 1h, "FREQ=DAILY;UNTIL=20260401T000000Z"), kNewYork).ok());
}

TEST(Availability, RefusesRangesAndRulesInTheSameWayWhenExpanding) {
  const AvailabilityRule hours = Hours(kMonday + 9h, kMonday + 17h, "FREQ=DAILY");
  const Interval day = Local(kMonday, kMonday + 24h);
  for (const Interval range : {Interval{day.start, day.start}, Interval{day.end, day.start},
                               Interval{Instant::min(), Instant::max()}}) {
    EXPECT_EQ(ExpandWindows({&hours, 1}, kNewYork, range).error().code, ErrorCode::kBadInterval);
  }
  const AvailabilityRule empty = Hours(kMonday, kMonday);
  EXPECT_EQ(ExpandWindows({&empty, 1}, kNewYork, day).error().code, ErrorCode::kBadInterval);
  const AvailabilityRule many = Hours(kMonday, kMonday + 1h, "FREQ=SECONDLY");
  EXPECT_EQ(ExpandWindows({&many, 1}, kNewYork, day).error().code, ErrorCode::kUnbounded);
  EXPECT_EQ(ExpandWindows({&hours, 1}, kNewYork, day, {.max_windows = 5}).error().code,
            ErrorCode::kUnbounded);
  EXPECT_EQ(Expanded({}, day), Windows{});
}

TEST(Availability, RepeatsOnWeekdaysAtTheSameLocalHours) {
  const AvailabilityRule hours =
      Hours(kMonday + 9h, kMonday + 17h, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
  Windows expected;
  for (const int day : {4, 7, 8}) {  // Friday, and after the change Monday and Tuesday
    const CivilTime midnight = kMonday + std::chrono::days(day);
    expected.push_back(Local(midnight + 9h, midnight + 17h));
    EXPECT_EQ(expected.back().length(), 8h);
  }
  EXPECT_EQ(Expanded({hours}, Local(kMonday + 24h * 4, kMonday + 24h * 9)), expected);
  EXPECT_EQ(expected[1].start, Instant(sys_days{2026y / 3 / 9} + 13h));
}

TEST(Availability, GivesWindowsWholeThatReachIntoTheRange) {
  const AvailabilityRule hours = Hours(kMonday + 9h, kMonday + 17h);
  const Windows whole{Local(kMonday + 9h, kMonday + 17h)};
  EXPECT_EQ(Expanded({hours}, Local(kMonday + 12h, kMonday + 13h)), whole);
  EXPECT_EQ(Expanded({hours}, Local(kMonday + 16h, kMonday + 99h)), whole);
  EXPECT_EQ(Expanded({hours}, Local(kMonday + 17h, kMonday + 99h)), Windows{});
  EXPECT_EQ(Expanded({hours}, Local(kMonday, kMonday + 9h)), Windows{});
}

TEST(Availability, UnitesWindowsThatOverlapOrTouch) {
  const std::vector<AvailabilityRule> rules{
      Hours(kMonday + 13h, kMonday + 17h), Hours(kMonday + 9h, kMonday + 12h),
      Hours(kMonday + 11h, kMonday + 13h), Hours(kMonday + 18h, kMonday + 19h),
      Hours(kMonday + 10h, kMonday + 11h)};
  EXPECT_EQ(Expanded(rules, Local(kMonday, kMonday + 24h)),
            (Windows{Local(kMonday + 9h, kMonday + 17h), Local(kMonday + 18h, kMonday + 19h)}));
  // Whichever of them the range meets.
  EXPECT_EQ(Expanded(rules, Local(kMonday + 16h, kMonday + 17h)),
            (Windows{Local(kMonday + 9h, kMonday + 17h)}));
}

TEST(Availability, AddsAndTakesOutWindowsByTheirStart) {
  AvailabilityRule hours = Hours(kMonday + 9h, kMonday + 10h, "FREQ=DAILY;COUNT=3");
  hours.rdates = {kMonday + 30h};
  hours.exdates = {kMonday + 33h};
  EXPECT_EQ(Expanded({hours}, Local(kMonday, kMonday + 24h * 9)),
            (Windows{Local(kMonday + 9h, kMonday + 10h), Local(kMonday + 30h, kMonday + 31h),
                     Local(kMonday + 57h, kMonday + 58h)}));
}

TEST(Availability, EndsWithAnUntilInUtcAsItIsInTheZone) {
  const AvailabilityRule hours =
      Hours(kMonday + 20h, kMonday + 21h, "FREQ=DAILY;UNTIL=20260304T010000Z");
  EXPECT_EQ(Expanded({hours}, Local(kMonday, kMonday + 24h * 9)).size(), 2u);
  EXPECT_EQ(Expanded({hours}, Local(kMonday, kMonday + 24h * 9), Zone::Utc()).size(), 2u);
  EXPECT_EQ(Expanded({hours}, Local(kMonday, kMonday + 24h * 9), *Zone::Load("Asia/Tokyo")).size(),
            2u);
  EXPECT_EQ(
      Expanded({hours}, Local(kMonday, kMonday + 24h * 9), *Zone::Load("Pacific/Honolulu")).size(),
      1u);
}

TEST(Availability, PlacesEachEndByItselfWhenTheClocksChange) {
  const CivilTime spring = local_days{2026y / 3 / 8};
  const CivilTime autumn = local_days{2026y / 11 / 1};
  const auto night = [](CivilTime day) {
    return Expanded({Hours(day - 4h, day + 6h)}, Local(day, day + 1h)).at(0).length();
  };
  EXPECT_EQ(night(spring), 9h);
  EXPECT_EQ(night(autumn), 11h);
  // 02:15-02:45 does not happen in spring, but moves to 03:15-03:45; 02:30-03:15 turns around.
  const Interval day = Local(spring, spring + 24h);
  EXPECT_EQ(Expanded({Hours(spring + 135min, spring + 165min)}, day),
            (Windows{Local(spring + 195min, spring + 225min)}));
  EXPECT_EQ(Expanded({Hours(spring + 150min, spring + 195min)}, day), Windows{});
}

TEST(Availability, KeepsLongShiftsWholeAndCutsEndlessOnesAtMidnight) {
  const Interval noon = Local(kMonday + 12h, kMonday + 13h);
  // Monday to Friday round the clock is five days in one.
  EXPECT_EQ(Expanded({Hours(kMonday, kMonday + 24h, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")}, noon),
            (Windows{Local(kMonday, kMonday + 24h * 5)}));
  EXPECT_EQ(Expanded({Hours(kMonday, kMonday + kLongestWindow)}, noon),
            (Windows{Local(kMonday, kMonday + kLongestWindow)}));
  EXPECT_EQ(Expanded({Hours(kMonday - 24h * 30, kMonday - 24h * 29, "FREQ=DAILY")}, noon),
            (Windows{Local(kMonday, kMonday + 24h)}));
  // Eight days: the first piece begins where the window does.
  EXPECT_EQ(Expanded({Hours(kMonday + 9h, kMonday + 33h, "FREQ=DAILY;COUNT=8")},
                     Local(kMonday, kMonday + 36h)),
            (Windows{Local(kMonday + 9h, kMonday + 24h), Local(kMonday + 24h, kMonday + 48h)}));
}

TEST(Availability, CutsAtMidnightsThatTheClocksSkipOrRepeat) {
  const CivilTime start = local_days{2010y / 1 / 1};
  const AvailabilityRule always = Hours(start, start + 24h, "FREQ=DAILY");
  for (const char* name : {"America/Sao_Paulo", "America/Havana", "America/St_Johns"}) {
    const Zone zone = *Zone::Load(name);
    const Interval year = Local(start + 24h * 30, start + 24h * 395, zone);
    const Windows days = Expanded({always}, year, zone);
    ASSERT_EQ(days.size(), 365u) << name;
    for (std::size_t i = 0; i < days.size(); ++i) {
      if (i > 0) {
        EXPECT_EQ(days[i].start, days[i - 1].end);
      }
      EXPECT_EQ(days[i].start, zone.ToInstant(start + std::chrono::days(30 + i)));
    }
  }
}

// Slots are counted from the start of their window, so that the windows must not depend on the
// range.
TEST(Availability, GivesTheSameWindowsWhateverTheRange) {
  const CivilTime start = local_days{2025y / 10 / 1};
  std::mt19937_64 random(20260301);
  const auto below = [&random](std::uint64_t bound) { return static_cast<int>(random() % bound); };
  const char* const recurrences[] = {"FREQ=DAILY",
                                     "FREQ=DAILY;INTERVAL=2",
                                     "FREQ=DAILY;COUNT=40",
                                     "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                                     "FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20260315",
                                     "FREQ=MONTHLY;BYDAY=1MO,-1FR",
                                     "FREQ=HOURLY;INTERVAL=7"};
  for (int round = 0; round < 200; ++round) {
    std::vector<AvailabilityRule> rules;
    for (int i = below(3); i >= 0; --i) {
      const CivilTime from = start + std::chrono::minutes(15 * below(96 * 20));
      const Duration length = std::chrono::minutes(15 * (1 + below(below(4) == 0 ? 672 : 100)));
      rules.push_back(Hours(from, from + length, recurrences[below(std::size(recurrences))]));
    }
    const Interval everything = Local(start, start + 24h * 240);
    const Windows all = Expanded(rules, everything);
    for (int i = 0; i < 20; ++i) {
      const CivilTime from = start + std::chrono::minutes(7 * below(200 * 24 * 8));
      const Interval range = Local(from, from + std::chrono::minutes(1 + below(60 * 24 * 10)));
      if (range.end >= everything.end) continue;
      Windows expected;
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                   [&](const Interval& window) { return Overlaps(window, range); });
      ASSERT_EQ(Expanded(rules, range), expected) << "round " << round;
    }
  }
}

TEST(Availability, LeavesOutWhatReachesBeyondTheEndOfTime) {
  const CivilTime last = local_days{9999y / 12 / 30};
  const AvailabilityRule nights = Hours(last + 12h, last + 36h, "FREQ=DAILY");
  EXPECT_EQ(Expanded({nights}, {kLatest - 48h, kLatest}, Zone::Utc()),
            (Windows{Local(last + 12h, last + 36h, Zone::Utc())}));
}

}  // namespace
}  // namespace clinic
