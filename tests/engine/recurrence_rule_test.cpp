#include "clinic/recurrence_rule.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace clinic {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::sys_days;

struct Refused {
  const char* text;
  const char* part;  // what the message must name
};

class RecurrenceRuleRefuses : public testing::TestWithParam<Refused> {};

TEST_P(RecurrenceRuleRefuses, AndNamesThePart) {
  const Result<RecurrenceRule> rule = RecurrenceRule::Parse(GetParam().text);
  ASSERT_FALSE(rule.ok()) << GetParam().text;
  EXPECT_EQ(rule.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(rule.error().message.find(GetParam().part), std::string::npos) << rule.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, RecurrenceRuleRefuses,
    testing::Values(
        Refused{"", "RRULE"}, Refused{"RRULE:", "RRULE"}, Refused{"DAILY", "RRULE"},
        Refused{"FREQ", "RRULE"}, Refused{"FREQ=", "FREQ"}, Refused{"FREQ=FORTNIGHTLY", "FREQ"},
        Refused{"COUNT=1", "FREQ"}, Refused{"FREQ=DAILY;", "RRULE"},
        Refused{";FREQ=DAILY", "RRULE"}, Refused{"FREQ=DAILY;BYEASTER=1", "BYEASTER"},
        Refused{"FREQ=DAILY; COUNT=1", "RRULE"}, Refused{"FREQ=DAILY;FREQ=DAILY", "FREQ"},
        Refused{"FREQ=DAILY;BYHOUR=1;BYHOUR=2", "BYHOUR"}, Refused{"FREQ=DAILY;BYHOUR=", "BYHOUR"},
        Refused{"FREQ=DAILY;BYHOUR=1,", "BYHOUR"}, Refused{"FREQ=DAILY;BYHOUR=,1", "BYHOUR"},
        Refused{"FREQ=DAILY;BYHOUR=1 ", "BYHOUR"}, Refused{"FREQ=DAILY;BYHOUR=0x1", "BYHOUR"},
        Refused{"FREQ=DAILY;BYHOUR=--1", "BYHOUR"},
        Refused{"FREQ=DAILY;BYHOUR=99999999999999999999", "BYHOUR"},
        Refused{"FREQ=DAILY;BYDAY=", "BYDAY"}, Refused{"FREQ=DAILY;BYDAY=M", "BYDAY"},
        Refused{"FREQ=DAILY;BYDAY=XX", "BYDAY"}, Refused{"FREQ=DAILY;BYDAY=UM", "BYDAY"},
        Refused{"FREQ=DAILY;BYDAY=MOTU", "BYDAY"}, Refused{"FREQ=MONTHLY;BYDAY=0MO", "BYDAY"},
        Refused{"FREQ=DAILY;WKST=1MO", "WKST"}, Refused{"FREQ=DAILY;WKST=", "WKST"}));

INSTANTIATE_TEST_SUITE_P(Ranges, RecurrenceRuleRefuses,
                         testing::Values(Refused{"FREQ=DAILY;COUNT=0", "COUNT"},
                                         Refused{"FREQ=DAILY;COUNT=-1", "COUNT"},
                                         Refused{"FREQ=DAILY;COUNT=1000000000", "COUNT"},
                                         Refused{"FREQ=DAILY;INTERVAL=0", "INTERVAL"},
                                         Refused{"FREQ=DAILY;INTERVAL=4294967297", "INTERVAL"},
                                         Refused{"FREQ=DAILY;BYSECOND=61", "BYSECOND"},
                                         Refused{"FREQ=DAILY;BYSECOND=-1", "BYSECOND"},
                                         Refused{"FREQ=DAILY;BYMINUTE=60", "BYMINUTE"},
                                         Refused{"FREQ=DAILY;BYHOUR=24", "BYHOUR"},
                                         Refused{"FREQ=MONTHLY;BYDAY=54MO", "BYDAY"},
                                         Refused{"FREQ=MONTHLY;BYDAY=-54MO", "BYDAY"},
                                         Refused{"FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"},
                                         Refused{"FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"},
                                         Refused{"FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY"},
                                         Refused{"FREQ=YEARLY;BYYEARDAY=0", "BYYEARDAY"},
                                         Refused{"FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY"},
                                         Refused{"FREQ=YEARLY;BYWEEKNO=0", "BYWEEKNO"},
                                         Refused{"FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO"},
                                         Refused{"FREQ=DAILY;BYMONTH=0", "BYMONTH"},
                                         Refused{"FREQ=DAILY;BYMONTH=13", "BYMONTH"},
                                         Refused{"FREQ=DAILY;BYMONTH=-1", "BYMONTH"},
                                         Refused{"FREQ=DAILY;BYHOUR=1;BYSETPOS=0", "BYSETPOS"},
                                         Refused{"FREQ=DAILY;BYHOUR=1;BYSETPOS=367", "BYSETPOS"}));

INSTANTIATE_TEST_SUITE_P(Until, RecurrenceRuleRefuses,
                         testing::Values(Refused{"FREQ=DAILY;UNTIL=", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=2026", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260230", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=00000101", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20261301", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101T", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101Z", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101T240000", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101T006000", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101T000061Z", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101X000000", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=20260101T000000+01", "UNTIL"},
                                         Refused{"FREQ=DAILY;UNTIL=2026-01-01", "UNTIL"}));

INSTANTIATE_TEST_SUITE_P(Combinations, RecurrenceRuleRefuses,
                         testing::Values(Refused{"FREQ=DAILY;COUNT=1;UNTIL=20260101",
                                                 "COUNT and UNTIL"},
                                         Refused{"FREQ=WEEKLY;BYDAY=1MO", "BYDAY"},
                                         Refused{"FREQ=DAILY;BYDAY=-1MO", "BYDAY"},
                                         Refused{"FREQ=HOURLY;BYDAY=2MO", "BYDAY"},
                                         Refused{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY"},
                                         Refused{"FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"},
                                         Refused{"FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY"},
                                         Refused{"FREQ=WEEKLY;BYYEARDAY=1", "BYYEARDAY"},
                                         Refused{"FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY"},
                                         Refused{"FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO"},
                                         Refused{"FREQ=HOURLY;BYWEEKNO=1", "BYWEEKNO"},
                                         Refused{"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"}));

TEST(RecurrenceRule, RefusesTextThatIsTooLongOrNotText) {
  EXPECT_FALSE(RecurrenceRule::Parse("FREQ=DAILY;BYHOUR=1" + std::string(100'000, ',')).ok());
  const Result<RecurrenceRule> rule = RecurrenceRule::Parse(std::string("FREQ=DA\0LY\x1b[2J", 14));
  ASSERT_FALSE(rule.ok());
  EXPECT_EQ(rule.error().message.find('\x1b'), std::string::npos);
}

TEST(RecurrenceRule, ReadsEveryPart) {
  const Result<RecurrenceRule> rule = RecurrenceRule::Parse(
      "RRULE:FREQ=YEARLY;COUNT=12;INTERVAL=2;BYSECOND=60,0;BYMINUTE=30;BYHOUR=8,9;"
      "BYDAY=-1FR,2mo,SU;BYMONTHDAY=-1,+15;BYYEARDAY=-366,1;BYMONTH=3,1;BYSETPOS=-1,1;WKST=SU");
  ASSERT_TRUE(rule.ok()) << rule.error().message;
  const RecurrenceParts expected{
      .frequency = Frequency::kYearly,
      .interval = 2,
      .count = 12,
      .by_second = {0, 60},
      .by_minute = {30},
      .by_hour = {8, 9},
      .by_day = {{-1, std::chrono::Friday}, {0, std::chrono::Sunday}, {2, std::chrono::Monday}},
      .by_month_day = {-1, 15},
      .by_year_day = {-366, 1},
      .by_month = {std::chrono::January, std::chrono::March},
      .by_set_position = {-1, 1},
      .week_start = std::chrono::Sunday};
  EXPECT_EQ(rule->parts(), expected);
  EXPECT_EQ(RecurrenceRule::Parse("FREQ=YEARLY;BYWEEKNO=-1,20")->parts().by_week_number,
            (std::vector<int>{-1, 20}));
}

TEST(RecurrenceRule, ReadsTheThreeFormsOfUntil) {
  const auto until = [](const char* text) {
    return *RecurrenceRule::Parse(std::string("FREQ=DAILY;UNTIL=") + text)->parts().until;
  };
  EXPECT_EQ(until("20261231"), RecurrenceEnd(local_days{2026y / 12 / 31}));
  EXPECT_EQ(until("20261231T170501"),
            RecurrenceEnd(CivilTime(local_days{2026y / 12 / 31} + 17h + 5min + 1s)));
  EXPECT_EQ(until("20261231T170000Z"), RecurrenceEnd(Instant(sys_days{2026y / 12 / 31} + 17h)));
}

TEST(RecurrenceRule, PlacesAnUntilInUtcInTheZoneAndNoOther) {
  const Zone new_york = *Zone::Load("America/New_York");
  const auto placed = [&](const char* text) {
    return RecurrenceRule::Parse(text)->PlacedIn(new_york).ToString();
  };
  EXPECT_EQ(placed("FREQ=DAILY;UNTIL=19971224T000000Z"), "FREQ=DAILY;UNTIL=19971223T190000");
  EXPECT_EQ(placed("FREQ=DAILY;UNTIL=19971224T000000"), "FREQ=DAILY;UNTIL=19971224T000000");
  EXPECT_EQ(placed("FREQ=DAILY;UNTIL=19971224"), "FREQ=DAILY;UNTIL=19971224");
  EXPECT_EQ(placed("FREQ=DAILY;COUNT=3"), "FREQ=DAILY;COUNT=3");
}

TEST(RecurrenceRule, PrintsOneFormForRulesThatSayTheSame) {
  const auto canonical = [](const char* text) { return RecurrenceRule::Parse(text)->ToString(); };
  EXPECT_EQ(canonical("wkst=mo;byday=we,mo,mo;interval=1;freq=weekly"), "FREQ=WEEKLY;BYDAY=MO,WE");
  EXPECT_EQ(canonical("FREQ=DAILY;BYHOUR=09,+9,8"), "FREQ=DAILY;BYHOUR=8,9");
  EXPECT_EQ(*RecurrenceRule::Parse("FREQ=DAILY;BYHOUR=09,+9,8"),
            *RecurrenceRule::Parse("FREQ=DAILY;BYHOUR=8,9"));
}

TEST(RecurrenceRule, ReadsBackWhatItPrints) {
  for (const char* text :
       {"FREQ=SECONDLY", "FREQ=MINUTELY;UNTIL=20261231", "FREQ=HOURLY;UNTIL=00010101T000001",
        "FREQ=DAILY;UNTIL=20261231T170000Z", "FREQ=WEEKLY;COUNT=999999999;INTERVAL=3;BYDAY=SU",
        "FREQ=MONTHLY;BYDAY=-1FR,MO;BYMONTHDAY=-31,31;BYSETPOS=-366,366;WKST=SU",
        "FREQ=YEARLY;BYSECOND=0,59;BYMINUTE=0;BYHOUR=23;BYYEARDAY=-1,366;BYWEEKNO=-53,1;BYMONTH=1,"
        "12"}) {
    const Result<RecurrenceRule> rule = RecurrenceRule::Parse(text);
    ASSERT_TRUE(rule.ok()) << rule.error().message;
    EXPECT_EQ(rule->ToString(), text);
    EXPECT_EQ(*RecurrenceRule::Parse(rule->ToString()), *rule);
  }
}

TEST(RecurrenceRule, MadeOfPartsKeepsTheSameRules) {
  EXPECT_FALSE(RecurrenceRule::Make({.by_hour = {24}}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.interval = 0}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.count = 0}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.until = local_days{10000y / 1 / 1}}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.until = Instant::max()}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.by_month = {std::chrono::month{13}}}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.by_day = {{0, std::chrono::weekday{9}}}}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.week_start = std::chrono::weekday{9}}).ok());
  EXPECT_FALSE(RecurrenceRule::Make({.frequency = static_cast<Frequency>(9)}).ok());
  const Result<RecurrenceRule> weekdays =
      RecurrenceRule::Make({.frequency = Frequency::kWeekly,
                            .by_day = {{0, std::chrono::Tuesday}, {0, std::chrono::Monday}}});
  ASSERT_TRUE(weekdays.ok());
  EXPECT_EQ(weekdays->ToString(), "FREQ=WEEKLY;BYDAY=MO,TU");
}

}  // namespace
}  // namespace clinic
