// `clinic import` as a shell sees it: what it refuses, what it leaves out, and that doing it again
// changes nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "adapters/sqlite/sqlite_store.hpp"
#include "clinic/clinic.hpp"
#include "server/loading/identity.hpp"
#include "tests/server/cli_support.hpp"

namespace clinic::cli {
namespace {

constexpr const char* kSlots =
    "practitioner_id,slot_id,appointment_date,appointment_time\n"
    "D1,1,2024-03-04,09:00:00\nD1,2,2024-03-04,09:15:00\nD1,3,2024-03-04,09:30:00\n"
    "D1,4,2024-03-05,14:00:00\nD1,5,2024-03-05,14:15:00\n"
    "D2,1,2024-03-04,09:00:00\nD2,2,2024-03-04,10:00:00\n";

constexpr const char* kPatients =
    "practitioner_id,patient_id,name,dob\nD1,P1,Ada Quinn,1980-02-29\nD2,P1,Tom Becker,\n";

// Rows 2 to 6: row 3 conflicts with row 2, row 5 takes the time that row 4 gave back.
constexpr const char* kHeader =
    "practitioner_id,appointment_id,appointment_date,appointment_time,status,patient_id\n";
constexpr const char* kRows =
    "D1,A1,2024-03-04,09:00:00,attended,P1\n"
    "D1,A2,2024-03-04,09:00:00,scheduled,P2\n"
    "D1,A3,2024-03-04,09:15:00,did not attend,P1\n"
    "D1,A4,2024-03-04,09:15:00,unknown,P2\n"
    "D2,A1,2024-03-04,10:00:00,cancelled,P1\n";

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class Import : public testing::Test {
 protected:
  Outcome Run(std::vector<std::string> more = {}, bool with_slots = true) {
    std::vector<std::string> arguments = {"import", "--appointments", appointments_, "--database",
                                          "sqlite:" + database_};
    if (with_slots) arguments.insert(arguments.end(), {"--slots", slots_});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunClinic(arguments);
  }

  void Write(const std::string& rows) { folder_.Write("appointments.csv", kHeader + rows); }

  /// Everything that is in the database, as a scheduler and a store show it.
  std::string Dump() const {
    auto store = SqliteStore::Open(database_, {.create_if_missing = false}).value();
    std::vector<std::string> lines;
    const auto add = [&](auto... parts) { lines.push_back((... + (std::string(parts) + " "))); };
    EXPECT_TRUE(store
                    ->Read([&](UnitOfWork& work) -> Result<void> {
                      (void)work.resources().ForEach([&](Resource&& one) {
                        add(ToString(one.id), one.name, one.timezone, std::to_string(one.version));
                        const auto rules = work.resources().Rules(one.id);
                        for (const AvailabilityRule& rule : *rules) {
                          add(ToString(rule.id), rule.rule ? rule.rule->ToString() : "once");
                        }
                      });
                      (void)work.bookings().ForEach([&](Booking&& one) {
                        add(ToString(one.id), one.status, std::to_string(one.version),
                            FormatRfc3339(one.interval.start, {}),
                            FormatRfc3339(one.updated_at, {}));
                      });
                      const auto audit = work.audit().ReadAfter(0, 1'000).value();
                      const auto outbox = work.outbox().ReadAfter(0, 1'000).value();
                      add(std::to_string(audit.size()), std::to_string(outbox.size()));
                      return {};
                    })
                    .ok());
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  std::unique_ptr<Store> Open() const {
    return SqliteStore::Open(database_, {.create_if_missing = false}).value();
  }

  TemporaryFolder folder_;
  std::string slots_ = folder_.Write("slots.csv", kSlots);
  std::string patients_ = folder_.Write("patients.csv", kPatients);
  std::string appointments_ = folder_.Write("appointments.csv", std::string(kHeader) + kRows);
  std::string database_ = folder_.Path("clinic.db");
};

TEST_F(Import, WhatMakesNoSenseIsUsageAndWritesNothing) {
  const std::pair<std::vector<std::string>, std::string> wrong[] = {
      {{"import"}, "clinic import: --appointments is "},
      {{"import", "--appointments", appointments_, "--timezone", "Mars/Olympus"},
       "clinic import: "},
      {{"import", "--appointments", appointments_, "--map", "when=x"}, "clinic import: --map: "},
      {{"import", "--appointments", appointments_, "--map", "start=no_such"}, "clinic import: "},
      {{"import", "--appointments", appointments_}, "clinic import: "},  // no length
      {{"import", "--appointments", appointments_, "--slots", slots_, "--database", "mysql:x"},
       "clinic import: \"mysql:x\" is no database"},
  };
  for (auto [arguments, message] : wrong) {
    if (arguments.back() != "mysql:x") {
      arguments.insert(arguments.end(), {"--database", "sqlite:" + database_});
    }
    const Outcome outcome = RunClinic(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err.substr(0, message.size()), message);
    EXPECT_FALSE(std::filesystem::exists(database_)) << message;
  }
}

TEST_F(Import, AFileThatCannotBeReadIsAFailureAndADatabaseThatCannotBeOpenedIsNotThere) {
  const Outcome unreadable =
      RunClinic({"import", "--appointments", folder_.Path("none.csv"), "--duration-minutes", "15",
                 "--database", "sqlite:" + database_});
  EXPECT_EQ(unreadable.exit_code, 1) << unreadable.err;
  EXPECT_FALSE(std::filesystem::exists(database_));

  database_ = folder_.Path("no/such/folder/clinic.db");
  EXPECT_EQ(Run().exit_code, 4);
}

TEST_F(Import, RowsThatCannotBeReadAreNamedAndTheRestIsLoaded) {
  Write("D1,A1,2024-03-04,09:00:00,maybe,P1\nD1,A2,2024-03-04,09:15:00,scheduled,P1\n");
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(Contains(outcome.err, "row 2 has the status \"maybe\"")) << outcome.err;
  EXPECT_TRUE(Contains(outcome.out, "appointments            1")) << outcome.out;
}

TEST_F(Import, RowsThatConflictAreNamedWithWhatIsInTheWayAndTheRestIsLoaded) {
  const Outcome outcome = Run({"--patients", patients_, "--json"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(Contains(outcome.err,
                       "appointments.csv: row 3 is refused: the time is taken by row 2 "
                       "(practitioner, 2024-03-04T09:00:00 to 2024-03-04T09:15:00)\n"))
      << outcome.err;
  EXPECT_TRUE(Contains(outcome.out,
                       R"("practitioners":{"loaded":2,"already_there":0},)"
                       R"("working_hours":{"loaded":3,"already_there":0},)"
                       R"("patients":{"loaded":3,"already_there":0},)"
                       R"("appointments":{"loaded":4,"already_there":0,"refused":1,"changed":0})"))
      << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, R"("row":3,"practitioner":"D1","appointment":"A2",)"
                                    R"("code":"conflict")"));
  EXPECT_TRUE(Contains(outcome.out, R"("resource":"practitioner","booking":")"));
}

TEST_F(Import, AgainChangesNothingAndSaysTheSame) {
  const Outcome first = Run({"--patients", patients_});
  const std::string before = Dump();
  const Outcome again = Run({"--patients", patients_, "--json"});
  EXPECT_EQ(Dump(), before);
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_EQ(again.err, first.err);
  EXPECT_TRUE(Contains(again.out,
                       R"("practitioners":{"loaded":0,"already_there":2},)"
                       R"("working_hours":{"loaded":0,"already_there":3},)"
                       R"("patients":{"loaded":0,"already_there":3},)"
                       R"("appointments":{"loaded":0,"already_there":4,"refused":1,"changed":0})"))
      << again.out;
}

TEST_F(Import, ARowThatWasChangedSinceIsNamedAndStaysAsItWas) {
  ASSERT_EQ(Run().exit_code, 3);
  const std::string before = Dump();
  Write(
      "D1,A1,2024-03-04,09:30:00,attended,P1\n"
      "D1,A3,2024-03-04,09:15:00,cancelled,P1\n"
      "D1,A4,2024-03-04,09:15:00,unknown,P1\n"
      "D2,A1,2024-03-04,10:00:00,cancelled,P1\n");
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(Dump(), before);
  const std::string kept = " was changed in the file since it was loaded: kept as it is,";
  EXPECT_TRUE(
      Contains(outcome.err, "row 2" + kept + " from 2024-03-04T09:00:00 to 2024-03-04T09:15:00\n"))
      << outcome.err;
  EXPECT_TRUE(Contains(outcome.err, "row 3" + kept + " noshow\n"));
  EXPECT_TRUE(Contains(outcome.err, "row 4" + kept + " with other people\n"));
  EXPECT_FALSE(Contains(outcome.err, "row 5"));
}

TEST_F(Import, ARowThatRepeatsAnIdIsRefusedWhateverItSays) {
  Write(
      "D1,A1,2024-03-04,09:00:00,attended,P1\n"
      "D1,A1,2024-03-04,09:15:00,attended,P2\n");
  const Outcome outcome = Run();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(Contains(outcome.err, "row 3 is refused: row 2 has the same id\n")) << outcome.err;
}

TEST_F(Import, RowsWithoutIdsAreLoadedOnce) {
  folder_.Write("appointments.csv",
                "doctor,start,duration_minutes,status\n"
                "D1,2024-03-04 09:00,15,cancelled\nD1,2024-03-04 09:00,15,cancelled\n"
                "D1,2024-03-04 09:00,15,booked\n");
  EXPECT_EQ(Run({}, false).exit_code, 0);
  const std::string before = Dump();
  const Outcome again = Run({"--json"}, false);
  EXPECT_TRUE(Contains(again.out, R"("appointments":{"loaded":0,"already_there":3)")) << again.out;
  EXPECT_EQ(Dump(), before);
}

TEST_F(Import, ADryRunSaysTheSameAndWritesNothing) {
  const Outcome missing = Run({"--dry-run", "--json"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(database_));
  EXPECT_TRUE(Contains(missing.out, R"({"dry_run":true,)"));
  EXPECT_TRUE(Contains(missing.out, R"("appointments":{"loaded":4,"already_there":0,"refused":1)"))
      << missing.out;

  ASSERT_EQ(Run().exit_code, 3);
  const std::string before = Dump();
  folder_.Write("appointments.csv", std::string(kHeader) + kRows +
                                        "D2,A2,2024-03-04,09:00:00,scheduled,P9\n"
                                        "D2,A3,2024-03-04,09:30:00,scheduled,P9\n");
  const Outcome more = Run({"--dry-run", "--json"});
  EXPECT_EQ(Dump(), before);
  EXPECT_TRUE(Contains(more.out, R"("appointments":{"loaded":1,"already_there":4,"refused":2)"))
      << more.out;
}

TEST_F(Import, ADryRunDoesNotMigrateADatabaseThatIsNotUpToDate) {
  folder_.Write("clinic.db", "");
  const Outcome outcome = Run({"--dry-run"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(Contains(outcome.err, "is not up to date; run clinic migrate first\n"));
  EXPECT_EQ(std::filesystem::file_size(database_), 0U);
}

TEST_F(Import, ColumnsThatTheCallerNamesAreRead) {
  folder_.Write("appointments.csv", "who,day,at,whom\nD1,2024-03-04,09:00,P1\n");
  folder_.Write("patients.csv", "who,whom,called\nD1,P1,Ada Quinn\n");
  const Outcome outcome =
      Run({"--patients", patients_, "--map", "practitioner=who,date=day,start=at,patient=whom",
           "--map", "patients.practitioner=who,patients.patient=whom,patients.name=called"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(Contains(Dump(), "Ada Quinn"));
  EXPECT_TRUE(Contains(Dump(), "booked 1 2024-03-04T09:00:00"));
}

TEST_F(Import, PatientsWithoutPractitionersAreEverybodys) {
  folder_.Write("patients.csv", "patient_id,name\nP1,Ada Quinn\n");
  ASSERT_EQ(Run({"--patients", patients_}).exit_code, 3);
  const std::string dump = Dump();
  EXPECT_TRUE(Contains(dump, ToString(loading::PatientId("", "P1")) + " Ada Quinn"));
  EXPECT_FALSE(Contains(dump, ToString(loading::PatientId("D1", "P1"))));
  EXPECT_TRUE(Contains(dump, ToString(loading::PatientId("D1", "P2")) + " P2"));
}

TEST_F(Import, WithoutSlotsNobodyWorksAndItSaysSo) {
  const Outcome outcome = Run({"--duration-minutes", "20"}, false);
  EXPECT_TRUE(Contains(outcome.err, "without --slots, no working hours are loaded\n"));
  const auto store = Open();
  const SimulatedClock clock(Instant{});
  UuidV7Generator ids(clock, 1);
  const auto scheduler = Scheduler::Open(*store, clock, ids).value();
  const Resource doctor = scheduler->FindResource(loading::PractitionerId("D1")).value();
  EXPECT_EQ(doctor.slot_step, std::chrono::minutes{20});
  EXPECT_EQ(doctor.default_duration, std::chrono::minutes{20});
  EXPECT_TRUE(scheduler->AvailabilityOf(doctor.id)->empty());
}

TEST_F(Import, KeepsNamesBirthDatesZonesAndHours) {
  ASSERT_EQ(Run({"--patients", patients_, "--timezone", "Europe/Berlin"}).exit_code, 3);
  const auto store = Open();
  const SimulatedClock clock(Instant{});
  UuidV7Generator ids(clock, 1);
  const auto scheduler = Scheduler::Open(*store, clock, ids).value();
  const auto name = [&](const char* doctor, const char* patient) {
    return scheduler->FindResource(loading::PatientId(doctor, patient))->name;
  };
  EXPECT_EQ(name("D1", "P1"), "Ada Quinn");
  EXPECT_EQ(name("D2", "P1"), "Tom Becker");
  EXPECT_EQ(name("D1", "P2"), "P2") << "who is not listed is called by their id";
  EXPECT_TRUE(store
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    const auto patient =
                        work.directory().GetPatient(loading::PatientId("D1", "P1"));
                    EXPECT_EQ(patient->date_of_birth, ParseDate("1980-02-29").value());
                    return {};
                  })
                  .ok());
  const Instant monday = std::chrono::sys_days{std::chrono::year{2024} / 3 / 4};
  const auto windows =
      scheduler->WindowsOf(loading::PractitionerId("D1"), {monday, monday + std::chrono::days{7}});
  const auto at = [&](int minutes) { return monday + std::chrono::minutes{minutes}; };
  EXPECT_EQ(*windows, (std::vector<Interval>{{at(8 * 60), at(8 * 60 + 45)},
                                             {at(37 * 60), at(37 * 60 + 30)}}));
}

}  // namespace
}  // namespace clinic::cli
