// iCalendar that cannot be used: each event is rejected with its line, its UID and why, and the
// events around it are read.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/server/cli_icalendar_support.hpp"

namespace clinic::calendar_file {
namespace {

constexpr char kGood[] =
    "BEGIN:VEVENT\nUID:good\nDTSTART:20260105T090000Z\nDTEND:20260105T093000Z\nEND:VEVENT\n";
const std::string kGoodRow = "Dr. A 2026-01-05T09:00:00 30 booked good";

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ICalendar, WhatIsNoCalendarIsNotReadAsOne) {
  for (const std::string text : {"", "\n\n", "<html>Please sign in</html>", "BEGIN:VCARD\n",
                                 "BEGIN:VCALENDARS\n", "VERSION:2.0\nBEGIN:VCALENDAR\n"}) {
    const auto table = ReadICalendarText(text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(table.error().code, ErrorCode::kCorrupt);
    EXPECT_TRUE(Contains(table.error().message, "dr-b.ics: is no calendar")) << text;
  }
}

TEST(ICalendar, AnEventThatCannotBeUsedIsRejectedAlone) {
  const std::string start = "DTSTART:20260105T090000Z\n";
  const std::string local_start = "DTSTART:20260105T090000\n";
  const std::string date_start = "DTSTART;VALUE=DATE:20260105\n";
  const std::string length = "DURATION:PT30M\n";
  const std::pair<std::string, std::string> wrong[] = {
      {length, "has no DTSTART"},
      {start + start + length, "has more than one DTSTART"},
      {start + "UID:v\n" + length, "has more than one UID"},
      {start + length + "DTEND:20260105T100000Z\n", "has a DTEND and a DURATION"},
      {start,
       "says not how long it is, and neither does the slot length of practitioner \"Dr. A\""},
      {"DTSTART:garbage\n" + length, "has the DTSTART \"garbage\" on line 6, which cannot be read"},
      {"DTSTART:\n" + length, "has the DTSTART \"\" on line 6, which cannot be read"},
      {"DTSTART\n" + length, "has the DTSTART \"\" on line 6, which cannot be read"},
      {"DTSTART:2026 1 5T 9 000\n" + length, "which cannot be read"},
      {std::string("DTSTART:20260105T090000Z\0\n", 26) + length, "which cannot be read"},
      {"DTSTART;VALUE=TEXT:20260105\n" + length, "which cannot be read"},
      {"DTSTART:20260230T090000Z\n" + length, "which does not exist"},
      {"DTSTART:20260105T250000Z\n" + length, "which does not exist"},
      {"DTSTART:00000105T090000Z\n" + length, "which does not exist"},
      {"DTSTART;TZID=UTC:20260105T090000Z\n" + length, "in UTC, and has a TZID as well"},
      {"DTSTART;TZID=:20260105T090000\n" + length, "with an empty TZID"},
      {start + "DTEND:20260105T083000Z\n",
       "has the DTEND \"20260105T083000Z\" on line 7, which is not after its start"},
      {start + "DTEND:20260105T090000Z\n", "which is not after its start"},
      {start + "DTEND:20260105T100000\n", "a local time, where its DTSTART is a time in a zone"},
      {local_start + "DTEND:20260105T100000Z\n",
       "a time in a zone, where its DTSTART is a local time"},
      {date_start + "DTEND:20260106T000000\n", "a local time, where its DTSTART is a date"},
      {date_start + "DURATION:PT1H\n", "which is not whole days"},
      {start + "DURATION:PT0S\n", "which is not more than nothing"},
      {start + "DURATION:-PT30M\n", "which is not more than nothing"},
      {start + "DURATION:P1H\n", "which cannot be read"},
      {start + "DURATION:PT99999999999S\n", "which cannot be read"},
      {start + "DURATION:P999999999D\n", "beyond the year 9999"},
      {start + length + "RRULE:FREQ=SOMETIMES\n",
       "has the RRULE \"FREQ=SOMETIMES\" on line 8, which is no rule: "},
      {start + length + "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270101\n", "which is no rule: "},
      {start + length + "RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY\n", "has more than one RRULE"},
      {start + length + "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n", "never matches"},
      {start + length + "RRULE:FREQ=MINUTELY;COUNT=10001\n", "a series of more than 10000"},
      {start + length + "EXRULE:FREQ=DAILY\n", "which is not supported"},
      {start + length + "RDATE;VALUE=PERIOD:20260106T090000Z/PT1H\n", "a period"},
      {start + length + "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260106\n",
       "a date, where its DTSTART is a time in a zone"},
      {start + length + "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260106T090000Z,x\n",
       "which cannot be read"},
      {start + length + "RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z\n", "with a RANGE"},
      {start + length + "RECURRENCE-ID:20260105T090000Z\nRRULE:FREQ=DAILY\n", "is a series itself"},
      {start + length + "STATUS:PERHAPS\n", "which is none of an event"},
      {start + length + "TRANSP:PERHAPS\n", "which is neither OPAQUE nor TRANSPARENT"},
      {start + length + "BEGIN:VALARM\nTRIGGER:-PT5M\n", "has a VALARM that does not end"},
  };
  for (const auto& [content, reason] : wrong) {
    const Texts texts = Events(CalendarOf(EventOf(content) + kGood));
    ASSERT_EQ(texts.size(), 2U) << content;
    EXPECT_EQ(texts[0], kGoodRow) << content;
    EXPECT_EQ(texts[1].substr(0, 12), "4 (UID \"u\") ") << texts[1];
    EXPECT_TRUE(Contains(texts[1], reason)) << texts[1];
  }
}

TEST(ICalendar, AZoneThatNobodyKnowsIsNotGuessed) {
  const std::string event =
      EventOf("DTSTART;TZID=W. Europe Standard Time:20260105T090000\nDURATION:PT30M\n");
  const auto zone = [](const std::string& more) {
    return "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\n" + more +
           "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
           "END:STANDARD\nEND:VTIMEZONE\n";
  };
  const auto reason = [](const Texts& texts) { return texts.size() == 1 ? texts[0] : ""; };
  EXPECT_TRUE(Contains(reason(Events(CalendarOf(event))),
                       "with the TZID \"W. Europe Standard Time\", which is no IANA time zone, and "
                       "the calendar has no VTIMEZONE for it"));
  EXPECT_TRUE(Contains(reason(Events(CalendarOf(event + zone("")))), "says not which it is"));
  EXPECT_TRUE(Contains(reason(Events(CalendarOf(event + zone("X-LIC-LOCATION:Nowhere/Else\n")))),
                       "neither is the X-LIC-LOCATION \"Nowhere/Else\""));
  EXPECT_EQ(Events(CalendarOf(event + zone("X-LIC-LOCATION:Europe/Berlin\n"))),
            (Texts{"Dr. A 2026-01-05T08:00:00 30 booked u"}));
}

TEST(ICalendar, AFileCutShortGivesWhatCameBefore) {
  const std::string text = "BEGIN:VCALENDAR\nX-WR-CALNAME:Dr. A\n" + std::string(kGood) +
                           "BEGIN:VEVENT\nUID:cut\nDTSTART:20260106T0";
  EXPECT_EQ(Events(text),
            (Texts{kGoodRow, "1 begins a calendar that does not end: the file is cut short",
                   "8 (UID \"cut\") does not end"}));
}

TEST(ICalendar, AnEventThatDoesNotEndDoesNotSwallowTheNext) {
  EXPECT_EQ(
      Events(CalendarOf("BEGIN:VEVENT\nUID:open\nDTSTART:20260105T080000Z\n" + std::string(kGood) +
                        "SUMMARY:x\nEND:VEVENT\n")),
      (Texts{kGoodRow, "4 (UID \"open\") does not end", "13 ends an event that did not begin"}));
  EXPECT_EQ(Events(CalendarOf(kGood) + kGood),
            (Texts{kGoodRow, "10 is an event outside of every calendar"}));
}

TEST(ICalendar, TwoEventsOfOneIdentityAreNotBothRead) {
  EXPECT_EQ(Events(CalendarOf(std::string(kGood) + kGood)),
            (Texts{kGoodRow,
                   "9 (UID \"good\") has the same UID and RECURRENCE-ID as the event on "
                   "line 4"}));
}

TEST(ICalendar, TextThatIsNotUtf8IsRejected) {
  const std::string event =
      "BEGIN:VEVENT\nUID:\xFF\nDTSTART:20260105T090000Z\n"
      "DURATION:PT30M\nEND:VEVENT\n";
  EXPECT_EQ(Events(CalendarOf(event)), (Texts{"4 has a UID that is not UTF-8"}));
  EXPECT_FALSE(ReadICalendarText("BEGIN:VCALENDAR\nNAME:\xFF\n" + event).ok());
}

}  // namespace
}  // namespace clinic::calendar_file
