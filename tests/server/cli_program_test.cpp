// The program as a shell sees it: exit codes, what goes to which stream, and the calendar that it
// has to get right.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/server/cli_support.hpp"

namespace clinic::cli {
namespace {

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Program, WhatItCannotMakeSenseOfIsUsage) {
  const std::pair<std::vector<std::string>, std::string> wrong[] = {
      {{}, "clinic: which command?\n"},
      {{"chek", "x.csv"}, "clinic: there is no command \"chek\"\n"},
      {{"--verbose", "check"}, "clinic check: there is no option --verbose\n"},
      {{"check"}, "clinic check: FILE is required\n"},
      {{"check", "x.csv", "--jsn"}, "clinic check: there is no option --jsn\n"},
      {{"check", "x.csv", "--slots"}, "clinic check: "},
      {{"check", "x.csv", "--map", "when=x"}, "clinic check: --map: \"when\" is not a field"},
      {{"check", "x.csv", "--duration-minutes", "0"}, "clinic check: --duration-minutes: \"0\""},
      {{"help", "chek"}, "clinic help: there is no command \"chek\"\n"},
      {{"help", "check", "more"}, "clinic help: \"more\" is one argument too many\n"},
  };
  for (const auto& [arguments, message] : wrong) {
    const Outcome outcome = RunClinic(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_EQ(outcome.out, "") << message;
    EXPECT_EQ(outcome.err.substr(0, message.size()), message);
  }
}

TEST(Program, HelpAndVersionAreDataAndNoError) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"help"}, {"-h"}}) {
    const Outcome outcome = RunClinic(arguments);
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(Contains(outcome.out, "Find every double booking")) << outcome.out;
  }
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check", "--help"}, {"help", "check"}, {"--help", "check"}}) {
    EXPECT_TRUE(Contains(RunClinic(arguments).out, "--duration-minutes N"));
  }
  const Outcome version = RunClinic({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out.substr(0, 7), "clinic ");
}

TEST(Program, OutputThatCannotBeWrittenIsAFailure) {
  const TemporaryFolder folder;
  const std::string err = folder.Path("err");
  EXPECT_EQ(WaitFor(StartClinic({"--help"}, {}, "/dev/full", err)), 1);
  EXPECT_EQ(ReadAll(err), "clinic: cannot write to the standard output\n");
}

TEST(Program, AnInterruptEndsItWithItsOwnCode) {
  const TemporaryFolder folder;
  const std::string pipe = folder.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const pid_t process = StartClinic({"check", pipe}, {}, folder.Path("out"), folder.Path("err"));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // it waits for someone to write
  kill(process, SIGINT);
  EXPECT_EQ(WaitFor(process), 130);
}

constexpr char kClean[] =
    "practitioner,id,start,end,status\n"
    "D1,a,2024-01-01 08:00,2024-01-01 08:30,booked\n"
    "D1,b,2024-01-01 08:30,2024-01-01 09:00,booked\n"
    "D2,c,2024-01-01 08:00,2024-01-01 09:00,booked\n"
    "D1,d,2024-01-01 08:00,2024-01-01 09:00,cancelled\n";
constexpr char kDouble[] = "D1,e,2024-01-01 08:20,2024-01-01 08:40,noshow\n";
constexpr char kUnreadable[] = "D1,f,yesterday,2024-01-01 08:40,booked\n";

TEST(Check, AFileThatCannotBeReadIsAFailure) {
  const Outcome missing = RunClinic({"check", "/nowhere.csv"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_EQ(missing.out, "");
  EXPECT_EQ(missing.err, "clinic check: /nowhere.csv: No such file or directory\n");
}

TEST(Check, OptionsThatDoNotFitTheFileAreUsage) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("a.csv", "practitioner,start\nD1,2024-01-01 08:00\n");
  const Outcome no_length = RunClinic({"check", path});
  EXPECT_EQ(no_length.exit_code, 2);
  EXPECT_TRUE(Contains(no_length.err, "--duration-minutes")) << no_length.err;
  EXPECT_EQ(RunClinic({"check", path, "--duration-minutes", "15"}).exit_code, 0);
  EXPECT_EQ(RunClinic({"check", path}, {"CLINIC_DURATION_MINUTES=15"}).exit_code, 0);
  EXPECT_EQ(RunClinic({"check", path, "--duration-minutes", "15", "--map", "end=x"}).exit_code, 2);
}

TEST(Check, ACleanCalendarIsDone) {
  const TemporaryFolder folder;
  const Outcome outcome = RunClinic({"check", folder.Write("a.csv", kClean)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out,
            "3 appointments of 2 practitioners (cancelled or without time: 1).\n"
            "Nothing is double-booked.\n");
}

TEST(Check, ADoubleBookingIsAProblemAndIsShownWithItsRows) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunClinic({"check", folder.Write("a.csv", std::string(kClean) + kDouble)});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(Contains(outcome.out, "2 pairs overlap, in 1 double-booked slot.")) << outcome.out;
  EXPECT_TRUE(
      Contains(outcome.out, "D1  2024-01-01  08:00-08:30 row 2 (a) and 08:20-08:40 row 6 (e)"))
      << outcome.out;
}

TEST(Check, ARowThatCannotBeUsedIsSaidAndMakesACleanResultAFailure) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("a.csv", std::string(kClean) + kUnreadable);
  const Outcome clean = RunClinic({"check", path});
  EXPECT_EQ(clean.exit_code, 1);
  EXPECT_EQ(clean.err, path + ": row 6 has the time \"yesterday\", which cannot be read\n");
  EXPECT_TRUE(Contains(clean.out, "Nothing is double-booked."));
  const Outcome both =
      RunClinic({"check", folder.Write("b.csv", std::string(kClean) + kUnreadable + kDouble)});
  EXPECT_EQ(both.exit_code, 3);
}

TEST(Check, SeveralFilesAreOneCalendar) {
  const TemporaryFolder folder;
  const std::string first = folder.Write("a.csv", kClean);
  const std::string second = folder.Write("b.csv",
                                          "practitioner,id,start,end\n"
                                          "D2,z,2024-01-01 08:10,2024-01-01 08:20\n");
  const Outcome outcome = RunClinic({"check", first, second});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(Contains(outcome.out, "row 4 (c) of " + first + " and ")) << outcome.out;
  EXPECT_TRUE(Contains(outcome.out, "row 2 (z) of " + second)) << outcome.out;
}

// The acceptance run, on a year of twelve practitioners that no one here wrote.
class RealCalendar : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << kFolder << " is not there";
  }
  static constexpr char kFolder[] = CLINIC_SOURCE_DIR "/../shared/data/outpatient-2024";
  const std::string appointments_ = std::string(kFolder) + "/appointments.csv.gz";
  const std::string slots_ = std::string(kFolder) + "/slots.csv.gz";
};

TEST_F(RealCalendar, HasExactlyTheDoubleBookingsThatItIsKnownToHave) {
  const Outcome outcome = RunClinic({"check", appointments_, "--slots", slots_, "--json"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.err, "");
  const std::string head = R"({"appointments":70455,"overlapping_pairs":3779,)"
                           R"("double_booked_slots":2013,"by_practitioner":{"D04":{)";
  EXPECT_EQ(outcome.out.substr(0, head.size()), head);
  std::size_t pairs = 0;
  for (std::size_t at = 0;
       (at = outcome.out.find("\"practitioner\":\"D04\"", at)) != std::string::npos; ++at) {
    ++pairs;
  }
  EXPECT_EQ(pairs, 3779U);
  EXPECT_TRUE(Contains(outcome.out, R"("appointments_without_time":13631,"rejected_rows":[]})"));
}

TEST_F(RealCalendar, IsSummedUpForPeople) {
  const Outcome outcome = RunClinic({"check", appointments_, "--slots", slots_});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(Contains(outcome.out, "70,455 appointments of 12 practitioners"));
  EXPECT_TRUE(Contains(outcome.out, "3,779 pairs overlap, in 2,013 double-booked slots."));
  EXPECT_TRUE(Contains(outcome.out, "--json prints them all."));
  EXPECT_LT(outcome.out.size(), 2000U);
}

}  // namespace
}  // namespace clinic::cli
