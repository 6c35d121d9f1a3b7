// What events of a calendar become: whose they are, when they are, and what series make of them.
#include <gtest/gtest.h>

#include <string>

#include "tests/server/cli_icalendar_support.hpp"

namespace clinic::calendar_file {
namespace {

using std::chrono::minutes;

const std::string kVisit = EventOf("DTSTART:20260105T090000Z\nDURATION:PT30M\n");

TEST(ICalendar, IsSeenFromItsContentInAnyFileAndCase) {
  const cli::TemporaryFolder folder;
  const std::string text =
      "\xEF\xBB\xBF\r\nbegin:vcalendar\r\nx-wr-calname:Dr. A\r\nBegin:vEvent"
      "\r\nuid:u\r\ndtstart:20260105T0900\r\n 00Z\r\nduration:PT\r\n\t30M\r\n"
      "end:vevent\r\nend:vcalendar\r\n";
  for (const std::string& path :
       {folder.Write("calendar.txt", text), folder.WriteGzip("calendar.csv", text),
        folder.WriteGzip("calendar.ics.gz", text)}) {
    const auto table = ReadAppointments({.path = path}, {});
    ASSERT_TRUE(table.ok()) << table.error().message;
    ASSERT_EQ(table->rows.size(), 1U);
    EXPECT_EQ(FormatCivil(table->rows[0].start), "2026-01-05T09:00:00");
    EXPECT_EQ(table->rows[0].length, minutes(30));
    EXPECT_EQ(table->rows[0].row, 4U);
  }
}

TEST(ICalendar, ThePractitionerIsTheCalendarsNameOrTheFiles) {
  const auto practitioner = [](const std::string& properties) {
    return Events("BEGIN:VCALENDAR\n" + properties + kVisit + "END:VCALENDAR\n")[0].substr(0, 6);
  };
  EXPECT_EQ(practitioner("NAME:Dr. N\nX-WR-CALNAME:Dr. X\n"), "Dr. X ");
  EXPECT_EQ(practitioner("NAME:Dr. N\n"), "Dr. N ");
  EXPECT_EQ(practitioner(""), "dr-b 2");
  EXPECT_EQ(
      Events(CalendarOf(kVisit) + "BEGIN:VCALENDAR\nNAME:Dr. C\n" + kVisit + "END:VCALENDAR"),
      (Texts{"Dr. A 2026-01-05T09:00:00 30 booked u", "Dr. C 2026-01-05T09:00:00 30 booked u"}));
}

TEST(ICalendar, EveryFormOfTimeIsPutOnTheClinicsClock) {
  EXPECT_EQ(Events(CalendarOf("BEGIN:VEVENT\nDTSTART:20260705T090000Z\nDTEND:20260705T093000Z\n"
                              "END:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART:20260705T090000\nDTEND:20260705T093000\n"
                              "END:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART;TZID=\"America/New_York\":20260705T090000\n"
                              "DTEND;TZID=Europe/London:20260705T150000\nEND:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260329\nEND:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261024\n"
                              "DTEND;VALUE=DATE:20261026\nEND:VEVENT\n"),
                   "Europe/Berlin"),
            (Texts{"Dr. A 2026-07-05T11:00:00 30 booked ", "Dr. A 2026-07-05T09:00:00 30 booked ",
                   "Dr. A 2026-07-05T15:00:00 60 booked ",
                   "Dr. A 2026-03-29T00:00:00 1380 booked ",     // 23 hours
                   "Dr. A 2026-10-24T00:00:00 2940 booked "}));  // a day, and one of 25 hours
}

TEST(ICalendar, AnEventWithoutAnEndIsAsLongAsASlotOrAsIsGiven) {
  const std::string text = CalendarOf(EventOf("DTSTART:20260105T090000Z\n"));
  const LengthRules both = {.slots = {{"Dr. A", minutes(20)}}, .fallback = minutes(15)};
  EXPECT_EQ(Events(text, "UTC", both), (Texts{"Dr. A 2026-01-05T09:00:00 20 booked u"}));
  EXPECT_EQ(Events(text, "UTC", {.slots = {}, .fallback = minutes(15)}),
            (Texts{"Dr. A 2026-01-05T09:00:00 15 booked u"}));
}

TEST(ICalendar, StatusAndTransparencySayWhetherTimeIsHeld) {
  const auto with = [](const std::string& property) {
    return Events(CalendarOf(EventOf("DTSTART:20260105T090000Z\nDURATION:PT30M\n" + property)));
  };
  EXPECT_EQ(with("STATUS:CONFIRMED\nTRANSP:OPAQUE\n")[0], "Dr. A 2026-01-05T09:00:00 30 booked u");
  EXPECT_EQ(with("STATUS:TENTATIVE\n")[0], "Dr. A 2026-01-05T09:00:00 30 booked u");
  EXPECT_EQ(with("STATUS:cancelled\n")[0], "Dr. A 2026-01-05T09:00:00 30 cancelled u");
  EXPECT_EQ(with("TRANSP:TRANSPARENT\n"), Texts{});
}

// 01:30 does not exist in London on 2026-03-29: it is an hour later by the clock, and only there.
TEST(ICalendar, ASeriesStaysOnItsOwnClockWhenItIsSetForward) {
  const std::string text =
      CalendarOf(EventOf("DTSTART;TZID=Europe/London:20260328T013000\n"
                         "DTEND;TZID=Europe/London:20260328T020000\nRRULE:FREQ=DAILY;COUNT=3\n"));
  EXPECT_EQ(Events(text, "Europe/London"),
            (Texts{"Dr. A 2026-03-28T01:30:00 30 booked u/20260328T013000",
                   "Dr. A 2026-03-29T02:30:00 30 booked u/20260329T013000",
                   "Dr. A 2026-03-30T01:30:00 30 booked u/20260330T013000"}));
  EXPECT_EQ(Events(text, "UTC"), (Texts{"Dr. A 2026-03-28T01:30:00 30 booked u/20260328T013000",
                                        "Dr. A 2026-03-29T01:30:00 30 booked u/20260329T013000",
                                        "Dr. A 2026-03-30T00:30:00 30 booked u/20260330T013000"}));
}

TEST(ICalendar, ADurationInDaysIsAsLongAsTheClocksMakeIt) {
  const auto lengths = [](const std::string& end) {
    const auto table = ReadICalendarText(CalendarOf(EventOf(
        "DTSTART;TZID=Europe/London:20261023T120000\n" + end + "RRULE:FREQ=DAILY;COUNT=2\n")));
    return std::vector<Duration>{table->rows[0].length, table->rows[1].length};
  };
  using std::chrono::hours;
  EXPECT_EQ(lengths("DURATION:P1D\n"), (std::vector<Duration>{hours(24), hours(25)}));
  EXPECT_EQ(lengths("DURATION:PT24H\n"), (std::vector<Duration>{hours(24), hours(24)}));
  EXPECT_EQ(lengths("DTEND;TZID=Europe/London:20261024T120000\n"),
            (std::vector<Duration>{hours(24), hours(24)}));
}

TEST(ICalendar, DatesAreAddedToASeriesAndTakenOutOfIt) {
  EXPECT_EQ(Events(CalendarOf(EventOf("DTSTART;TZID=Europe/London:20260601T090000\nDURATION:PT30M\n"
                                      "RRULE:FREQ=DAILY;UNTIL=20260605T080000Z\n"
                                      "EXDATE;TZID=Europe/London:20260602T090000,20260603T090000\n"
                                      "EXDATE:20260604T080000Z\nRDATE:20260610T120000Z\n"))),
            (Texts{"Dr. A 2026-06-01T08:00:00 30 booked u/20260601T090000",
                   "Dr. A 2026-06-05T08:00:00 30 booked u/20260605T090000",
                   "Dr. A 2026-06-10T12:00:00 30 booked u/20260610T130000"}));
}

TEST(ICalendar, OneOfASeriesIsReplacedWhereItIsNamed) {
  const std::string series = EventOf(
      "DTSTART;TZID=Europe/London:20260601T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=4\n");
  const std::string moved =
      EventOf("RECURRENCE-ID:20260602T080000Z\nDTSTART:20260602T150000Z\nDURATION:PT15M\n");
  const std::string cancelled = EventOf(
      "RECURRENCE-ID;TZID=Europe/London:20260603T090000\nSTATUS:CANCELLED\n"
      "DTSTART;TZID=Europe/London:20260603T090000\nDURATION:PT30M\n");
  const std::string free = EventOf(
      "RECURRENCE-ID;TZID=Europe/London:20260604T090000\nTRANSP:TRANSPARENT\n"
      "DTSTART;TZID=Europe/London:20260604T090000\nDURATION:PT30M\n");
  EXPECT_EQ(Events(CalendarOf(moved + series + cancelled + free)),
            (Texts{"Dr. A 2026-06-02T15:00:00 15 booked u/20260602T090000",
                   "Dr. A 2026-06-01T08:00:00 30 booked u/20260601T090000",
                   "Dr. A 2026-06-03T08:00:00 30 cancelled u/20260603T090000"}));
}

TEST(ICalendar, AReplacementStandsAloneWithoutItsSeriesAndIsRefusedWithAnotherForm) {
  const std::string alone =
      EventOf("RECURRENCE-ID:20260602T080000Z\nDTSTART:20260602T150000Z\nDURATION:PT15M\n");
  EXPECT_EQ(Events(CalendarOf(alone)),
            (Texts{"Dr. A 2026-06-02T15:00:00 15 booked u/20260602T080000Z"}));
  EXPECT_EQ(Events(CalendarOf(alone + EventOf("DTSTART;VALUE=DATE:20260601\n"))),
            (Texts{"Dr. A 2026-06-01T00:00:00 1440 booked u",
                   "4 (UID \"u\") has a RECURRENCE-ID that is a time in a zone, where the DTSTART "
                   "of its series is a date"}));
}

TEST(ICalendar, ASeriesWithoutAnEndGoesOnForTwoYearsAfterTheLastStart) {
  const std::string series =
      EventOf("DTSTART:20200101T090000Z\nDURATION:PT30M\nRRULE:FREQ=YEARLY\n");
  const std::string later =
      "BEGIN:VEVENT\nUID:v\nDTSTART:20230601T090000Z\nDURATION:PT30M\nEND:VEVENT\n";
  EXPECT_EQ(Events(CalendarOf(series)).size(), 2U);               // 2020, 2021
  EXPECT_EQ(Events(CalendarOf(series + later)).size(), 6U + 1U);  // to 2025
  EXPECT_EQ(Events(CalendarOf(EventOf("DTSTART;VALUE=DATE:99981231\nRRULE:FREQ=YEARLY\n"))),
            (Texts{"Dr. A 9998-12-31T00:00:00 1440 booked u/99981231",
                   "Dr. A 9999-12-31T00:00:00 1440 booked u/99991231"}));
}

}  // namespace
}  // namespace clinic::calendar_file
