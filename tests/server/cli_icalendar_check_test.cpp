// `clinic check` and `clinic import` on iCalendar, as a shell sees them.
#include <gtest/gtest.h>

#include <string>

#include "tests/server/cli_icalendar_support.hpp"

namespace clinic::cli {
namespace {

using calendar_file::CalendarOf;
using calendar_file::EventOf;

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string Event(const std::string& uid, const std::string& content) {
  return "BEGIN:VEVENT\nUID:" + uid + "\n" + content + "END:VEVENT\n";
}

// Rounds at 9 in London, each day of the week in which summer time begins.
const std::string kRounds = Event("rounds",
                                  "DTSTART;TZID=Europe/London:20260327T090000\nDURATION:PT1H\n"
                                  "RRULE:FREQ=DAILY;COUNT=5\n");

TEST(CheckICalendar, WhatIsNoCalendarOrNoZoneIsSaid) {
  const TemporaryFolder folder;
  const Outcome no_calendar = RunClinic({"check", folder.Write("a.ics", "<html>")});
  EXPECT_EQ(no_calendar.exit_code, 1);
  EXPECT_TRUE(Contains(no_calendar.err, "a.ics: is no calendar")) << no_calendar.err;
  const Outcome no_zone = RunClinic(
      {"check", folder.Write("b.ics", CalendarOf(kRounds)), "--timezone", "Europe/Nowhere"});
  EXPECT_EQ(no_zone.exit_code, 2);
  EXPECT_TRUE(Contains(no_zone.err, "Europe/Nowhere")) << no_zone.err;
}

TEST(CheckICalendar, AnEventThatCannotBeUsedIsAFailureThatNamesIt) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunClinic({"check", folder.Write("a.ics", CalendarOf(kRounds + Event("bad", "")))});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(Contains(outcome.err, "row 10 (UID \"bad\") has no DTSTART")) << outcome.err;
  EXPECT_TRUE(Contains(outcome.out, "5 appointments of 1 practitioner")) << outcome.out;
}

TEST(CheckICalendar, ADoubleBookingWithOneOfASeriesIsFound) {
  const TemporaryFolder folder;
  const std::string text =
      CalendarOf(kRounds + Event("before", "DTSTART:20260328T083000Z\nDTEND:20260328T090000Z\n") +
                 Event("after", "DTSTART:20260329T083000Z\nDTEND:20260329T090000Z\n") +
                 Event("free", "DTSTART:20260327T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\n") +
                 Event("off", "DTSTART:20260327T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED\n"));
  const Outcome outcome = RunClinic(
      {"check", folder.WriteGzip("a.ics.gz", text), "--timezone", "Europe/London", "--json"});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_TRUE(Contains(outcome.out, "\"overlapping_pairs\":1")) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "rounds/20260329T090000")) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "2026-03-29T09:30:00")) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "\"appointments\":7")) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "\"appointments_without_time\":1")) << outcome.out;
}

// 01:30 is shown twice in London on 2026-10-25; the instants tell the two apart.
TEST(CheckICalendar, TheTwoPassesOfARepeatedHourAreNotOne) {
  const TemporaryFolder folder;
  const std::string text =
      CalendarOf(Event("first", "DTSTART:20261025T003000Z\nDURATION:PT30M\n") +
                 Event("second", "DTSTART:20261025T013000Z\nDURATION:PT30M\n") +
                 Event("day", "DTSTART;VALUE=DATE:20261026\n"));
  const Outcome outcome =
      RunClinic({"check", folder.Write("a.ics", text), "--timezone", "Europe/London"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

TEST(CheckICalendar, CalendarsOfOneNameAreOneAndMayBeCsvAsWell) {
  const TemporaryFolder folder;
  const std::string csv = "doctor,id,start,duration_minutes\nDr. A,c1,2026-03-27T09:30,15\n";
  const Outcome outcome =
      RunClinic({"check", folder.Write("a.ics", CalendarOf(kRounds)), folder.Write("a.csv", csv)});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "(rounds/20260327T090000)")) << outcome.out;
}

TEST(ImportICalendar, EventsAreLoadedOnceAndThoseThatOverlapAreLeftOut) {
  const TemporaryFolder folder;
  const std::string file = folder.Write(
      "a.ics", CalendarOf(kRounds + Event("late", "DTSTART:20260329T083000Z\nDURATION:PT30M\n") +
                          Event("maybe",
                                "DTSTART:20260401T080000Z\nDURATION:PT30M\n"
                                "STATUS:TENTATIVE\n")));
  const std::vector<std::string> import = {
      "import",     "--appointments", file,    "--database", "sqlite:" + folder.Path("clinic.db"),
      "--timezone", "Europe/London",  "--json"};
  const Outcome first = RunClinic(import);
  EXPECT_EQ(first.exit_code, 3) << first.err;
  EXPECT_TRUE(Contains(first.err, "row 10")) << first.err;
  EXPECT_TRUE(Contains(first.out,
                       R"("appointments":{"loaded":6,"already_there":0,"refused":1,"changed":0})"))
      << first.out;
  EXPECT_TRUE(Contains(RunClinic(import).out,
                       R"("appointments":{"loaded":0,"already_there":6,"refused":1,"changed":0})"));
}

}  // namespace
}  // namespace clinic::cli
