#include "clinic/time_text.hpp"

#include <gtest/gtest.h>

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2024-03-05T14:30:00Z
constexpr Instant kInstant{seconds{1709649000}};
constexpr CivilTime kCivil{seconds{1709649000}};

struct Refused {
  const char* text;
  const char* because;  // a part of the message
};

template <typename T>
void ExpectRefused(const Result<T>& result, const Refused& refused) {
  ASSERT_FALSE(result.ok()) << refused.text;
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument) << refused.text;
  EXPECT_NE(result.error().message.find(refused.because), std::string::npos)
      << refused.text << " gave: " << result.error().message;
}

TEST(ParseTime, RefusesWhatIsNotATimeAndSaysWhy) {
  constexpr Refused kRefused[] = {
      {"", "a year has exactly four digits"},
      {"now", "a year has exactly four digits"},
      {"2024", "year-month-day"},
      {"2024-03-05", "stands a T"},
      {"20240305T143000Z", "a year has exactly four digits"},
      {"10000-01-01T00:00:00Z", "a year has exactly four digits"},
      {"+2024-03-05T14:30Z", "a year has exactly four digits"},
      {"-2024-03-05T14:30Z", "a year has exactly four digits"},
      {" 2024-03-05T14:30Z", "a year has exactly four digits"},
      {"224-03-05T14:30Z", "a year has exactly four digits"},
      {"0000-01-01T00:00Z", "no year 0000"},
      {"2024-3-05T14:30Z", "a month has exactly two digits"},
      {"2024-00-05T14:30Z", "months go from 01 to 12"},
      {"2024-13-05T14:30Z", "months go from 01 to 12"},
      {"2024-03-5T14:30Z", "a day has exactly two digits"},
      {"2024-03-00T14:30Z", "no such day in that month"},
      {"2024-02-30T14:30Z", "no such day in that month"},
      {"2023-02-29T14:30Z", "no such day in that month"},
      {"1900-02-29T14:30Z", "no such day in that month"},
      {"2024-04-31T14:30Z", "no such day in that month"},
      {"2024-W10-2T14:30Z", "a month has exactly two digits"},
      {"2024-03-05 14:30Z", "stands a T"},
      {"2024-03-05T", "an hour has exactly two digits"},
      {"2024-03-05T14", "hours:minutes"},
      {"2024-03-05T1430", "an hour has exactly two digits"},
      {"2024-03-05T14:3", "a minute has exactly two digits"},
      {"2024-03-05T24:00:00Z", "no hour 24"},
      {"2024-03-05T25:00:00Z", "hours go from 00 to 23"},
      {"2024-03-05T14:60:00Z", "minutes go from 00 to 59"},
      {"2024-03-05T14:30:", "a second has exactly two digits"},
      {"2024-03-05T14:30:5", "a second has exactly two digits"},
      {"2016-12-31T23:59:60Z", "leap seconds are not supported"},
      {"2024-03-05T14:30:61Z", "seconds go from 00 to 59"},
      {"2024-03-05T14:30:00.", "a decimal point has digits after it"},
      {"2024-03-05T14:30:00.Z", "a decimal point has digits after it"},
      {"2024-03-05T14:30:00.5Z", "fractions of a second"},
      {"2024-03-05T14:30:00.0001Z", "fractions of a second"},
      {"2024-03-05T14:30:00,0Z", "after the time comes Z"},
      {"2024-03-05T14:30:00 ", "after the time comes Z"},
      {"2024-03-05T14:30:00 +01:00", "after the time comes Z"},
      {"2024-03-05T14:30:00UTC", "after the time comes Z"},
      {"2024-03-05T14:30:00+01", "an offset is written as"},
      {"2024-03-05T14:30:00+0100", "an offset is written as"},
      {"2024-03-05T14:30:00+1:00", "an offset is written as"},
      {"2024-03-05T14:30:00-", "an offset is written as"},
      {"2024-03-05T14:30:00+24:00", "an offset is less than a day"},
      {"2024-03-05T14:30:00+01:60", "an offset is less than a day"},
      {"2024-03-05T14:30:00ZZ", "something after the end"},
      {"2024-03-05T14:30:00Z ", "something after the end"},
      {"2024-03-05T14:30:00+01:00Z", "something after the end"},
      {"2024-03-05T14:30:00+01:00[Europe/Berlin]", "something after the end"},
      {"9999-12-31T23:59:59-01:00", "not in the years 0001 to 9999"},
      {"0001-01-01T00:00:00+00:01", "not in the years 0001 to 9999"},
  };
  for (const Refused& refused : kRefused) ExpectRefused(ParseTime(refused.text), refused);
}

TEST(ParseTime, RefusesNulsAndBytesThatAreNotAscii) {
  EXPECT_FALSE(ParseTime(std::string_view("2024-03-05T14:30\0", 17)).ok());
  EXPECT_FALSE(ParseTime("2024-03-05T14:30\xE2\x88\x92"
                         "05:00")
                   .ok());
  EXPECT_FALSE(ParseTime(std::string(100'000, '2')).ok());
}

TEST(ParseTime, QuotesTheTextOnlyWhereItIsShort) {
  EXPECT_NE(ParseTime("tomorrow").error().message.find("\"tomorrow\""), std::string::npos);
  EXPECT_LT(ParseTime(std::string(100'000, 'x')).error().message.size(), 100U);
}

TEST(ParseTime, ReadsAnInstantWhereThereIsAnOffset) {
  for (const char* text :
       {"2024-03-05T14:30:00Z", "2024-03-05T14:30Z", "2024-03-05t14:30:00z",
        "2024-03-05T14:30:00.000Z", "2024-03-05T15:30:00+01:00", "2024-03-05T09:30:00-05:00",
        "2024-03-05T20:15+05:45", "2024-03-05T14:30:00-00:00", "2024-03-06T14:29:00+23:59"}) {
    const Result<TimeText> time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text << ": " << time.error().message;
    EXPECT_EQ(*time, TimeText(kInstant)) << text;
  }
}

TEST(ParseTime, ReadsACivilTimeWhereThereIsNone) {
  for (const char* text : {"2024-03-05T14:30", "2024-03-05T14:30:00", "2024-03-05t14:30:00.0",
                           "2024-03-05T14:30:00.00"}) {
    const Result<TimeText> time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text << ": " << time.error().message;
    EXPECT_EQ(*time, TimeText(kCivil)) << text;
  }
}

TEST(ParseTime, ReachesFromTheFirstToTheLastInstant) {
  EXPECT_EQ(*ParseInstant("0001-01-01T00:00:00Z"), kEarliest);
  EXPECT_EQ(*ParseInstant("9999-12-31T23:59:59Z"), kLatest - seconds{1});
  EXPECT_EQ(*ParseInstant("9999-12-31T23:59:59+01:00"), kLatest - hours{1} - seconds{1});
  EXPECT_TRUE(ParseInstant("2000-02-29T00:00:00Z").ok());
}

TEST(ParseInstant, RefusesATimeWithoutAnOffset) {
  ExpectRefused(ParseInstant("2024-03-05T14:30:00"), {"2024-03-05T14:30:00", "offset from UTC"});
  ExpectRefused(ParseInstant("2024-02-30T14:30:00"), {"2024-02-30T14:30:00", "no such day"});
}

TEST(ParseDate, RefusesWhatIsNotADate) {
  constexpr Refused kRefused[] = {
      {"", "a year has exactly four digits"},   {"2024-02-30", "no such day"},
      {"0000-01-01", "no year 0000"},           {"10000-01-01", "a year has exactly four"},
      {"2024-03-05T14:30", "something after"},  {"05.03.2024", "a year has exactly four"},
      {"2024/03/05", "year-month-day"},         {"2024-03-05 ", "something after"},
      {"2024-03-051", "a day has exactly two"},
  };
  for (const Refused& refused : kRefused) ExpectRefused(ParseDate(refused.text), refused);
}

TEST(ParseDate, ReadsADate) {
  using namespace std::chrono;  // NOLINT: calendar literals read badly without
  EXPECT_EQ(*ParseDate("2024-02-29"), CivilDay(local_days{2024y / February / 29}));
  EXPECT_EQ(*ParseDate("0001-01-01"), CivilDay(local_days{1y / January / 1}));
}

TEST(ParseTimeOfDay, RefusesWhatIsNotATimeOfDay) {
  constexpr Refused kRefused[] = {
      {"", "an hour has exactly two digits"},
      {"8:00", "an hour has exactly two digits"},
      {"08", "hours:minutes"},
      {"24:00", "no hour 24"},
      {"08:60", "minutes go from"},
      {"08:00:60", "leap seconds"},
      {"08:00Z", "something after"},
      {"08:00 AM", "something after"},
      {"-1:00", "an hour has exactly two"},
      {"08:00:00.1", "fractions"},
  };
  for (const Refused& refused : kRefused) ExpectRefused(ParseTimeOfDay(refused.text), refused);
}

TEST(ParseTimeOfDay, CountsFromMidnight) {
  EXPECT_EQ(*ParseTimeOfDay("00:00"), Duration{0});
  EXPECT_EQ(*ParseTimeOfDay("08:30"), hours{8} + minutes{30});
  EXPECT_EQ(*ParseTimeOfDay("23:59:59"), hours{24} - seconds{1});
}

TEST(FormatRfc3339, WritesTheLocalTimeAndItsOffset) {
  EXPECT_EQ(FormatUtc(kInstant), "2024-03-05T14:30:00Z");
  EXPECT_EQ(FormatRfc3339(kInstant, hours{-5}), "2024-03-05T09:30:00-05:00");
  EXPECT_EQ(FormatRfc3339(kInstant, hours{5} + minutes{45}), "2024-03-05T20:15:00+05:45");
  EXPECT_EQ(FormatRfc3339(kInstant, -minutes{30}), "2024-03-05T14:00:00-00:30");
  EXPECT_EQ(FormatRfc3339(kInstant, Duration{0}), "2024-03-05T14:30:00+00:00");
  EXPECT_EQ(FormatCivil(kCivil), "2024-03-05T14:30:00");
  EXPECT_EQ(FormatDate(std::chrono::floor<std::chrono::days>(kCivil)), "2024-03-05");
}

TEST(FormatRfc3339, CutsAnOffsetToTheMinuteSoThatTheTextStillMeansTheSameInstant) {
  const Duration amsterdam = minutes{19} + seconds{32};
  EXPECT_EQ(FormatRfc3339(kInstant, amsterdam), "2024-03-05T14:49:00+00:19");
  EXPECT_EQ(FormatRfc3339(kInstant, -amsterdam), "2024-03-05T14:11:00-00:19");
}

TEST(FormatRfc3339, WritesUtcWhereTheOffsetLeavesTheYears) {
  EXPECT_EQ(FormatRfc3339(kEarliest, hours{-1}), "0001-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339(kEarliest, hours{1}), "0001-01-01T01:00:00+01:00");
  EXPECT_EQ(FormatRfc3339(kLatest - seconds{1}, hours{1}), "9999-12-31T23:59:59Z");
}

TEST(FormatRfc3339, IsReadBackAsTheSameInstant) {
  // Strides that are not whole hours or days, over all the years and all offsets.
  Duration offset = -hours{24} + minutes{1};
  for (Instant instant = kEarliest; instant < kLatest; instant += hours{9'999} + seconds{7'919}) {
    const std::string text = FormatRfc3339(instant, offset);
    const Result<Instant> back = ParseInstant(text);
    ASSERT_TRUE(back.ok()) << text << ": " << back.error().message;
    EXPECT_EQ(*back, instant) << text;
    offset += minutes{7};
    if (offset >= hours{24}) offset -= hours{47};
  }
}

}  // namespace
}  // namespace clinic
