#include "clinic/recurrence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "clinic/zone.hpp"

namespace clinic {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;

constexpr CivilTime kStart = local_days{1997y / 9 / 2} + 9h;  // a Tuesday
constexpr CivilTime kAlways = local_days{10000y / 1 / 1};

RecurrenceRule Rule(const std::string& text) {
  const Result<RecurrenceRule> rule = RecurrenceRule::Parse(text);
  EXPECT_TRUE(rule.ok()) << text << ": " << rule.error().message;
  return *rule;
}

Recurrence SetOf(const std::string& rule, CivilTime start = kStart,
                 std::vector<CivilTime> added = {}, std::vector<CivilTime> removed = {}) {
  return *Recurrence::Create(start, Rule(rule), std::move(added), std::move(removed));
}

std::vector<CivilTime> First(const Recurrence& recurrence, std::size_t most) {
  std::vector<CivilTime> times;
  OccurrenceCursor cursor(recurrence);
  while (times.size() < most) {
    const Result<std::optional<CivilTime>> next = cursor.Next();
    EXPECT_TRUE(next.ok()) << next.error().message;
    if (!next.ok() || !*next) break;
    times.push_back(**next);
  }
  return times;
}

using Times = std::vector<CivilTime>;

TEST(Recurrence, RefusesTimesOutsideTheCalendar) {
  const CivilTime outside[] = {local_days{10000y / 1 / 1}, local_days{0y / 12 / 31},
                               CivilTime::max(), CivilTime::min()};
  for (const CivilTime time : outside) {
    EXPECT_EQ(Recurrence::Create(time, Rule("FREQ=DAILY")).error().code,
              ErrorCode::kInvalidArgument);
    EXPECT_FALSE(Recurrence::Create(kStart, std::nullopt, {time}).ok());
    EXPECT_FALSE(Recurrence::Create(kStart, std::nullopt, {}, {time}).ok());
  }
}

TEST(Recurrence, RefusesAnUntilThatIsNotPlacedInAZone) {
  const RecurrenceRule rule = Rule("FREQ=DAILY;UNTIL=19970903T130000Z");
  const Result<Recurrence> refused = Recurrence::Create(kStart, rule);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  const RecurrenceRule placed = rule.PlacedIn(*Zone::Load("America/New_York"));
  EXPECT_EQ(First(*Recurrence::Create(kStart, placed), 9), (Times{kStart, kStart + 24h}));
}

TEST(Recurrence, EndsWithAnErrorWhereARuleNeverMatches) {
  for (const char* rule :
       {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;INTERVAL=7;BYMONTH=4,6;BYMONTHDAY=31", "FREQ=HOURLY;INTERVAL=2;BYHOUR=10",
        "FREQ=HOURLY;INTERVAL=10;BYHOUR=10", "FREQ=SECONDLY;INTERVAL=14;BYSECOND=1",
        "FREQ=HOURLY;INTERVAL=168;BYDAY=MO", "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "FREQ=SECONDLY;BYHOUR=9;BYSETPOS=2",
        "FREQ=WEEKLY;BYMONTH=1;BYSETPOS=8", "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",  // odd years only
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=5", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=11"}) {
    OccurrenceCursor cursor(SetOf(rule));
    const Result<std::optional<CivilTime>> next = cursor.Next();
    ASSERT_FALSE(next.ok()) << rule;
    EXPECT_EQ(next.error().code, ErrorCode::kUnbounded) << rule;
  }
}

TEST(Recurrence, IsEmptyWithoutErrorWhereItEndsBeforeItMatches) {
  EXPECT_EQ(First(SetOf("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20200101"), 1), Times{});
  EXPECT_EQ(First(SetOf("FREQ=HOURLY;INTERVAL=2;BYHOUR=10;UNTIL=20200101"), 1), Times{});
  EXPECT_EQ(First(SetOf("FREQ=DAILY;UNTIL=19970901"), 1), Times{});
  EXPECT_EQ(First(SetOf("FREQ=MONTHLY;UNTIL=19970901T090000"), 1), Times{});
}

TEST(Recurrence, FindsWhatIsRare) {
  const CivilTime february_29 = local_days{2096y / 2 / 29} + 9h;
  EXPECT_EQ(First(SetOf("FREQ=YEARLY", february_29), 2),
            (Times{february_29, local_days{2104y / 2 / 29} + 9h}));
  EXPECT_EQ(First(SetOf("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=0;BYMINUTE=0"), 1),
            (Times{local_days{2016y / 2 / 29}}));
  EXPECT_EQ(First(SetOf("FREQ=SECONDLY;INTERVAL=86399;BYHOUR=9;BYMINUTE=0;BYSECOND=0"), 2),
            (Times{kStart, kStart + 86399s * 86400}));
}

TEST(Recurrence, WithoutARuleIsItsStartAndTheDatesAdded) {
  const Recurrence set =
      *Recurrence::Create(kStart, std::nullopt, {kStart + 48h, kStart - 24h, kStart + 48h});
  EXPECT_EQ(First(set, 9), (Times{kStart - 24h, kStart, kStart + 48h}));
  EXPECT_EQ(set.start(), kStart);
}

TEST(Recurrence, AddsDatesOnceAndTakesOutExactTimes) {
  const Recurrence set = SetOf("FREQ=DAILY;COUNT=4", kStart, {kStart + 24h, kStart + 1h},
                               {kStart + 48h, kStart + 48h, kStart + 72h + 1s, kStart + 1h});
  EXPECT_EQ(First(set, 9), (Times{kStart, kStart + 24h, kStart + 72h}));
}

TEST(Recurrence, CountsWhatTheRuleGivesBeforeDatesAreTakenOut) {
  EXPECT_EQ(First(SetOf("FREQ=DAILY;COUNT=3", kStart, {}, {kStart}), 9),
            (Times{kStart + 24h, kStart + 48h}));
}

TEST(Recurrence, DoesNotCountAStartThatTheRuleDoesNotMatch) {
  EXPECT_EQ(First(SetOf("FREQ=WEEKLY;BYDAY=WE;COUNT=2"), 9), (Times{kStart + 24h, kStart + 192h}));
}

TEST(Recurrence, IncludesTheEndInEachFormOfUntil) {
  const Times two{kStart, kStart + 24h};
  EXPECT_EQ(First(SetOf("FREQ=DAILY;UNTIL=19970903"), 9), two);
  EXPECT_EQ(First(SetOf("FREQ=DAILY;UNTIL=19970903T090000"), 9), two);
  EXPECT_EQ(First(SetOf("FREQ=DAILY;UNTIL=19970904T085959"), 9), two);
}

TEST(Recurrence, SelectsPositionsFromTheWholePeriodThatTheStartLiesIn) {
  // The Monday of the first week lies before the start, and takes the first position with it.
  EXPECT_EQ(First(SetOf("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=1"), 1), (Times{kStart + 24h * 6}));
  EXPECT_EQ(First(SetOf("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=-1,2,9"), 2),
            (Times{kStart, kStart + 24h}));
  EXPECT_EQ(First(SetOf("FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=-1"), 2),
            (Times{kStart + 40min, kStart + 100min}));
}

TEST(Recurrence, TakesTheWeekdayOfAWeekFromTheStart) {
  EXPECT_EQ(First(SetOf("FREQ=YEARLY;BYWEEKNO=20"), 2),
            (Times{local_days{1998y / 5 / 12} + 9h, local_days{1999y / 5 / 18} + 9h}));
}

TEST(Recurrence, UnitesWeekdaysWithAndWithoutOrdinal) {
  EXPECT_EQ(First(SetOf("FREQ=MONTHLY;BYDAY=TU,1WE,-1WE"), 7),
            (Times{kStart, kStart + 24h, kStart + 24h * 7, kStart + 24h * 14, kStart + 24h * 21,
                   kStart + 24h * 22, kStart + 24h * 28}));
}

TEST(Recurrence, ReadsSecond60AsSecond59) {
  EXPECT_EQ(First(SetOf("FREQ=MINUTELY;BYSECOND=59,60;COUNT=2"), 9),
            (Times{kStart + 59s, kStart + 119s}));
}

TEST(Recurrence, EndsWithTheYear9999) {
  const CivilTime last = local_days{9999y / 12 / 31} + 9h;
  EXPECT_EQ(First(SetOf("FREQ=DAILY", last - 24h), 9), (Times{last - 24h, last}));
  for (const char* rule :
       {"FREQ=SECONDLY;INTERVAL=999999999", "FREQ=YEARLY;INTERVAL=999999999",
        "FREQ=WEEKLY;INTERVAL=999999999", "FREQ=MONTHLY;INTERVAL=999999999",
        "FREQ=DAILY;INTERVAL=999999999;BYMONTH=12", "FREQ=HOURLY;INTERVAL=999999999;BYMONTH=12"}) {
    EXPECT_EQ(First(SetOf(rule, last), 9), Times{last}) << rule;
  }
  OccurrenceCursor cursor(SetOf("FREQ=YEARLY"));
  cursor.Seek(CivilTime::max());
  EXPECT_EQ(*cursor.Next(), std::nullopt);
}

TEST(Recurrence, StartsWithTheYear1) {
  const CivilTime first = local_days{1y / 1 / 1};  // a Monday
  EXPECT_EQ(First(SetOf("FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=MO", first), 3),
            (Times{first, local_days{1y / 12 / 24}, local_days{1y / 12 / 31}}));
  EXPECT_EQ(First(SetOf("FREQ=WEEKLY;WKST=SU", first), 1), Times{first});
}

TEST(Recurrence, LimitsWhatIsAskedFor) {
  const Recurrence daily = SetOf("FREQ=DAILY");
  EXPECT_EQ(daily.OccurrencesBetween(kStart, kStart + 48h, 2)->size(), 2u);
  EXPECT_EQ(daily.OccurrencesBetween(kStart, kStart + 48h + 1s, 2).error().code,
            ErrorCode::kUnbounded);
  EXPECT_EQ(SetOf("FREQ=SECONDLY").OccurrencesBetween(kStart, kAlways, 1000).error().code,
            ErrorCode::kUnbounded);
  EXPECT_EQ(daily.OccurrencesBetween(kStart, kStart, 0)->size(), 0u);
  EXPECT_EQ(daily.OccurrencesBetween(kStart + 1s, kStart, 9)->size(), 0u);
}

TEST(Recurrence, SearchesOnlyTheRangeThatIsAskedFor) {
  const Result<Times> none = SetOf("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
                                 .OccurrencesBetween(kStart, kStart + 24h * 365, 10);
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
}

// One rule of each shape that the plan knows, with and without what makes it special.
const char* const kRulesOfEveryShape[] = {
    "FREQ=SECONDLY;INTERVAL=7",
    "FREQ=SECONDLY;INTERVAL=7;BYHOUR=9,17;BYDAY=MO,FR",
    "FREQ=MINUTELY;INTERVAL=90",
    "FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10,11",
    "FREQ=MINUTELY;INTERVAL=11;BYSECOND=0,30;BYSETPOS=-1;BYMONTH=9,10",
    "FREQ=HOURLY;INTERVAL=5",
    "FREQ=HOURLY;INTERVAL=5;BYHOUR=9,10,14;BYYEARDAY=-1,250,300",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,TH;BYHOUR=8,12;BYMINUTE=0,30;BYSETPOS=1,-1",
    "FREQ=DAILY;INTERVAL=3;BYMONTH=1,9;BYMONTHDAY=-1,2,3,5,8,13",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYMONTH=1,9,12;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,2TU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;BYHOUR=8,9",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO,SU",
    "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=1,60,-1",
    "FREQ=YEARLY;BYDAY=1MO,-1FR;BYSETPOS=2",
};

TEST(Recurrence, SeekingFindsWhatWalkingFinds) {
  std::mt19937_64 random(5545);
  for (const std::string rule : kRulesOfEveryShape) {
    for (const char* end : {"", ";COUNT=150", ";UNTIL=20400101T120000"}) {
      const Recurrence set = SetOf(rule + end, kStart, {kStart + 1h}, {kStart + 24h * 7});
      const Times all = First(set, 300);
      ASSERT_GT(all.size(), 20u) << rule << end;
      OccurrenceCursor cursor(set);
      for (int i = 0; i < 50; ++i) {
        const std::int64_t span = (all.back() - kStart).count();
        const CivilTime from =
            kStart +
            Duration(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span)));
        cursor.Seek(i % 2 == 0 ? from : all[random() % all.size()]);
        if (i % 2 != 0) cursor.Seek(from);  // back and forth
        auto expected = std::lower_bound(all.begin(), all.end(), from);
        for (int n = 0; n < 10 && expected != all.end(); ++n, ++expected) {
          ASSERT_EQ(**cursor.Next(), *expected) << rule << end;
        }
      }
    }
  }
}

TEST(Recurrence, BatchesGiveWhatSingleStepsGive) {
  for (const std::string rule : kRulesOfEveryShape) {
    for (const char* end : {"", ";COUNT=100", ";UNTIL=20400101T120000"}) {
      const Recurrence set = SetOf(rule + end);
      const Times expected = First(set, 300);
      for (const std::size_t size : {1u, 7u, 64u, 300u}) {
        OccurrenceCursor cursor(set);
        Times given;
        Times batch(size);
        for (std::size_t taken = size; taken == size && given.size() < 300;) {
          taken = *cursor.NextBatch(batch);
          given.insert(given.end(), batch.begin(),
                       batch.begin() + static_cast<std::ptrdiff_t>(taken));
        }
        given.resize(std::min<std::size_t>(given.size(), 300));
        ASSERT_EQ(given, expected) << rule << end << " by " << size;
      }
    }
  }
}

TEST(Recurrence, CursorOutlivesTheSetAndCanBeMoved) {
  OccurrenceCursor cursor = [] {
    OccurrenceCursor inner(SetOf("FREQ=DAILY"));
    EXPECT_EQ(**inner.Next(), kStart);
    return inner;
  }();
  EXPECT_EQ(**cursor.Next(), kStart + 24h);
}

}  // namespace
}  // namespace clinic
