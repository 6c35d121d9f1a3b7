// Which columns mean what, and what the rows of the three files say.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clinic/time_text.hpp"
#include "server/import/appointments.hpp"
#include "server/import/patients.hpp"
#include "server/import/slots.hpp"
#include "tests/server/cli_support.hpp"

namespace clinic::calendar_file {
namespace {

using cli::TemporaryFolder;
using std::chrono::minutes;

ColumnMapping Mapping(const std::string& text) {
  const std::vector<std::string> texts = {text};
  return ColumnMapping::Parse(texts).value();
}

Result<Table<AppointmentRow>> ReadText(const std::string& content, const LengthRules& rules = {},
                                       const ColumnMapping& mapping = {}) {
  const TemporaryFolder folder;
  return ReadAppointments({.path = folder.Write("a.csv", content), .mapping = mapping}, rules);
}

// The appointments as texts: "D01 2024-01-01T08:00:00 15 booked".
std::vector<std::string> Appointments(const std::string& content, const LengthRules& rules = {},
                                      const ColumnMapping& mapping = {}) {
  std::vector<std::string> texts;
  const auto table = ReadText(content, rules, mapping);
  if (!table) return {table.error().message};
  for (const AppointmentRow& row : table->rows) {
    texts.push_back(row.practitioner + " " + FormatCivil(row.start) + " " +
                    std::to_string(row.length / minutes(1)) + " " + std::string(row.status));
  }
  for (const RowError& rejected : table->rejected) {
    texts.push_back(std::to_string(rejected.row) + " " + rejected.reason);
  }
  return texts;
}

using Texts = std::vector<std::string>;
const LengthRules kQuarterHours = {.slots = {}, .fallback = minutes(15)};

bool Mentions(const Texts& texts, std::string_view part) {
  return texts.size() == 1 && texts[0].find(part) != std::string::npos;
}

TEST(ColumnMapping, RefusesWhatItCannotUse) {
  const auto refusal = [](const std::string& text) {
    const std::vector<std::string> texts = {text};
    const Result<ColumnMapping> mapping = ColumnMapping::Parse(texts);
    return mapping ? "" : mapping.error().message;
  };
  EXPECT_EQ(refusal("start"), "\"start\" is not of the form field=column");
  EXPECT_EQ(refusal("start="), "\"start=\" names no column");
  EXPECT_EQ(refusal("start=a,start=b"), "\"start\" is mapped to two columns");
  EXPECT_NE(refusal("begin=a").find("\"begin\" is not a field"), std::string::npos);
  EXPECT_NE(refusal("slots.status=a").find("slots.start"), std::string::npos);
  EXPECT_EQ(refusal("start=a,slots.start=b,patients.name=c"), "");
}

TEST(Appointments, ANeededColumnThatIsMissingIsNamed) {
  EXPECT_TRUE(Mentions(Appointments("doctor,status\n", kQuarterHours), "no column for the start"));
  EXPECT_TRUE(Mentions(Appointments("start,status\n", kQuarterHours), "--map practitioner=COLUMN"));
  EXPECT_TRUE(Mentions(Appointments("doctor,start\n", kQuarterHours, Mapping("start=when")),
                       "has no column \"when\"; it has \"doctor\", \"start\""));
}

TEST(Appointments, SomethingMustSayHowLongTheyAre) {
  const auto table = ReadText("doctor,start\n");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(table.error().message.find("--duration-minutes"), std::string::npos);
}

TEST(Appointments, RowsThatCannotBeUsedAreRejectedByNumberAndReason) {
  EXPECT_EQ(Appointments("doctor,date,time,end,status\n"
                         ",2024-01-01,08:00,08:15,booked\n"
                         "D1,2024-02-30,08:00,08:15,booked\n"
                         "D1,01/02/2024,08:00,08:15,booked\n"
                         "D1,,08:00,08:15,booked\n"
                         "D1,2024-01-01,,08:15,booked\n"
                         "D1,2024-01-01,25:00,08:15,booked\n"
                         "D1,2024-01-01,08:00,08:00,booked\n"
                         "D1,2024-01-01,08:00,07:00,booked\n"
                         "D1,2024-01-01,08:00,2025-01-01T08:00,booked\n"
                         "D1,2024-01-01,08:00,08:15,rebooked\n"
                         "D1,2024-01-01,08:00,08:15,\n"
                         "D1,2024-01-01,2024-01-01T08:00Z,08:15,booked\n"
                         "D1,2024-01-01,08:00,08:15,booked\n"),
            (Texts{"D1 2024-01-01T08:00:00 15 booked", "2 has no practitioner",
                   "3 has the date \"2024-02-30\", which is not YYYY-MM-DD",
                   "4 has the date \"01/02/2024\", which is not YYYY-MM-DD",
                   "5 has the time \"08:00\" without a date", "6 has no start",
                   "7 has the time \"25:00\", which cannot be read",
                   "8 has the end \"08:00\", not after its start",
                   "9 has the end \"07:00\", not after its start",
                   "10 has the end \"2025-01-01T08:00\", more than 10080 minutes after its start",
                   "11 has the status \"rebooked\", which is none that is known",
                   "12 has the status \"\", which is none that is known",
                   "13 has the time \"2024-01-01T08:00Z\" with an offset from UTC; times are the "
                   "clinic's local time"}));
}

TEST(Appointments, ADurationIsWholeMinutesFromOneToAWeek) {
  for (const std::string bad : {"0", "-5", "5.3", "10081", "99999999999999999999", "15 min"}) {
    const Texts texts = Appointments("doctor,start,duration_minutes\nD1,2024-01-01T08:00," + bad);
    EXPECT_TRUE(Mentions(texts, "2 has the duration \"" + bad + "\"")) << texts[0];
  }
}

// The file's own columns, else the slots, else what was given for all, else nothing.
TEST(Appointments, TheirLengthComesFromTheNearestThatKnowsIt) {
  const std::string content =
      "doctor,start,end,duration_minutes\n"
      "D1,2024-01-01T08:00,2024-01-01T08:05,6\n"
      "D1,2024-01-01T09:00,,7\n"
      "D1,2024-01-01T10:00,,\n"
      "D2,2024-01-01T11:00,,\n";
  const SlotLengths slots = {{"D1", minutes(20)}};
  EXPECT_EQ(Appointments(content, {.slots = slots, .fallback = minutes(30)}),
            (Texts{"D1 2024-01-01T08:00:00 5 booked", "D1 2024-01-01T09:00:00 7 booked",
                   "D1 2024-01-01T10:00:00 20 booked", "D2 2024-01-01T11:00:00 30 booked"}));
  EXPECT_EQ(Appointments(content, {.slots = slots, .fallback = {}}).back().substr(0, 28),
            "5 says not how long it is, a");
}

TEST(Appointments, StatusesAreReadInTheirWordsAndInFhirs) {
  const std::pair<std::string, std::string> words[] = {{"attended", "fulfilled"},
                                                       {"did not attend", "noshow"},
                                                       {"scheduled", "booked"},
                                                       {"unknown", "booked"},
                                                       {"cancelled", "cancelled"},
                                                       {"Did Not Attend", "noshow"},
                                                       {"proposed", "proposed"},
                                                       {"pending", "pending"},
                                                       {"booked", "booked"},
                                                       {"arrived", "arrived"},
                                                       {"checked-in", "checked-in"},
                                                       {"fulfilled", "fulfilled"},
                                                       {"noshow", "noshow"},
                                                       {"waitlist", "waitlist"},
                                                       {"entered-in-error", "entered-in-error"}};
  for (const auto& [written, meant] : words) {
    EXPECT_EQ(Appointments("doctor,start,status\nD1,2024-01-01 08:00," + written, kQuarterHours),
              (Texts{"D1 2024-01-01T08:00:00 15 " + meant}));
  }
}

// In this layout the visit as it took place stands beside the plan, and is not the plan.
TEST(Appointments, TheVisitAsItTookPlaceIsNotThePlan) {
  const std::string content =
      "practitioner_id,appointment_date,appointment_time,status,check_in_time,"
      "appointment_duration,start_time,end_time\n"
      "D01,2024-01-01,08:00:00,attended,07:27:55,5.3,08:20:57,08:26:15\n";
  EXPECT_EQ(Appointments(content, kQuarterHours), (Texts{"D01 2024-01-01T08:00:00 15 fulfilled"}));
  EXPECT_FALSE(ReadText(content).ok());
}

TEST(Appointments, EndTimeIsThePlannedEndOfWhatIsPlannedByStartTime) {
  EXPECT_EQ(Appointments("doctor,date,start_time,end_time\nD1,2024-01-01,08:00,08:40\n"),
            (Texts{"D1 2024-01-01T08:00:00 40 booked"}));
  EXPECT_EQ(Appointments("doctor_id,scheduled_time,end_time\n"
                         "D1,2024-01-01T08:00,2024-01-01T08:40\n"),
            (Texts{"D1 2024-01-01T08:00:00 40 booked"}));
  EXPECT_EQ(Appointments("doctor_id,scheduled_time,start_time,end_time\n"
                         "D1,2024-01-01T08:00,2024-01-01T08:10,2024-01-01T08:40\n",
                         kQuarterHours),
            (Texts{"D1 2024-01-01T08:00:00 15 booked"}));
}

TEST(Appointments, AMappingGoesBeforeWhatIsRecognised) {
  EXPECT_EQ(Appointments("doctor,who,start,begin,until\n"
                         "D1,D2,2024-01-01T08:00,2024-01-02T09:00,2024-01-02T09:30\n",
                         {}, Mapping("practitioner=who, start=begin, end=until")),
            (Texts{"D2 2024-01-02T09:00:00 30 booked"}));
}

TEST(Appointments, NamesOfColumnsAreRecognisedInAnySpelling) {
  EXPECT_EQ(Appointments("Doctor ID,Scheduled-Start,Duration Minutes\nD1,2024-01-01 23:50,20\n"),
            (Texts{"D1 2024-01-01T23:50:00 20 booked"}));
}

constexpr char kSlots[] =
    "practitioner_id,slot_id,appointment_date,appointment_time,is_available\n"
    "D1,1,2024-01-01,08:00:00,False\n"
    "D2,1,2024-01-01,08:05:00,False\n"
    "D1,3,2024-01-01,08:40:00,False\n"
    "D1,2,2024-01-01,08:20:00,True\n"
    "D1,2,2024-01-01,08:20:00,True\n"
    "D1,4,2024-01-01,10:00:00,True\n"
    "D1,5,2024-01-02,08:00:00,True\n"
    "D1,6,tomorrow,08:00:00,True\n"
    "D1,7,2024-01-02,23:55:00,True\n"
    "D1,8,2024-01-03,00:00:00,True\n";

TEST(Slots, ASlotIsAsLongAsTheSmallestDistanceWithinADay) {
  const TemporaryFolder folder;
  const auto slots = ReadSlots({.path = folder.WriteGzip("slots", kSlots)});
  ASSERT_TRUE(slots.ok());
  EXPECT_EQ(slots->rows.size(), 9U);
  ASSERT_EQ(slots->rejected.size(), 1U);
  EXPECT_EQ(slots->rejected[0].row, 9U);
  EXPECT_EQ(DeriveSlotLengths(slots->rows), (SlotLengths{{"D1", minutes(20)}}));
}

TEST(Slots, WorkingWindowsAreRunsOfSlotsWithoutAGap) {
  const TemporaryFolder folder;
  const auto slots = ReadSlots({.path = folder.Write("slots", kSlots)});
  ASSERT_TRUE(slots.ok());
  const auto at = [](std::string_view text) {
    return std::get<CivilTime>(ParseTime(text).value());
  };
  const SlotLengths lengths = DeriveSlotLengths(slots->rows);
  EXPECT_EQ(DeriveWorkingWindows(slots->rows, lengths),
            (std::vector<WorkingWindow>{
                {"D1", at("2024-01-01T08:00"), at("2024-01-01T09:00")},
                {"D1", at("2024-01-01T10:00"), at("2024-01-01T10:20")},
                {"D1", at("2024-01-02T08:00"), at("2024-01-02T08:20")},
                {"D1", at("2024-01-02T23:55"), at("2024-01-03T00:15")},
                {"D1", at("2024-01-03T00:00"), at("2024-01-03T00:20")},
            }));
}

TEST(Patients, HaveANameAndMayHaveABirthDate) {
  const TemporaryFolder folder;
  const auto patients =
      ReadPatients({.path = folder.Write("p.csv",
                                         "practitioner_id,patient_id,name,sex,dob\n"
                                         "D01,00001,\"Garcia, M.\",Female,1965-11-12\n"
                                         "D01,,Nobody,,\n"
                                         "D01,00002,,Male,\n"
                                         "D01,00003,Julie,Female,1965-13-12\n"
                                         "D01,00004,Christina,,\n")});
  ASSERT_TRUE(patients.ok());
  ASSERT_EQ(patients->rows.size(), 2U);
  EXPECT_EQ(patients->rows[0].name, "Garcia, M.");
  EXPECT_EQ(FormatDate(patients->rows[0].birth_date.value()), "1965-11-12");
  EXPECT_EQ(patients->rows[1].row, 6U);
  EXPECT_EQ(patients->rows[1].birth_date, std::nullopt);
  ASSERT_EQ(patients->rejected.size(), 3U);
  EXPECT_EQ(patients->rejected[0].reason, "has no patient id");
  EXPECT_EQ(patients->rejected[1].reason, "has no name");
  EXPECT_EQ(patients->rejected[2].reason, "has the date \"1965-13-12\", which is not YYYY-MM-DD");
}

}  // namespace
}  // namespace clinic::calendar_file
