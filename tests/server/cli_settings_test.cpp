// Where settings come from, and which of them counts. A command with one setting of each kind
// stands for all of them.
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "server/cli/command_line.hpp"
#include "tests/server/cli_support.hpp"

namespace clinic::cli {
namespace {

class SettingsTest : public testing::Test {
 protected:
  // Runs "clinic try" with these flags; gives back what it was given, or the first line of what it
  // said instead.
  std::string Try(std::vector<std::string> flags, std::map<std::string, std::string> variables = {},
                  const std::string& config = "") {
    struct Values {
      std::optional<std::string> database;
      std::optional<std::int64_t> port;
      std::vector<std::string> roles;
      bool demo = false;
    };
    const auto values = std::make_shared<Values>();
    CommandLine line;
    Command& command = line.Add("try", "Say what was given");
    command.Text("database", "URL", values->database, "");
    command.Integer("port-number", "N", values->port, {0, 65535}, "");
    command.Texts("roles", "ROLE", values->roles, "");
    command.Switch("demo", values->demo, "");
    command.OnRun([values](Console& console) {
      console.out << values->database.value_or("-") << " " << values->port.value_or(-1);
      for (const std::string& role : values->roles) console.out << " " << role;
      console.out << (values->demo ? " demo" : "");
      return ExitCode::kDone;
    });
    Command& other = line.Add("other", "");
    const auto name = std::make_shared<std::optional<std::string>>();
    other.Text("name", "NAME", *name, "").required = true;
    other.OnRun([name](Console& console) {
      console.out << **name;
      return ExitCode::kDone;
    });

    if (!config.empty()) variables.emplace("CLINIC_CONFIG", folder_.Write("clinic.toml", config));
    if (flags.empty() || flags.front().starts_with('-')) flags.insert(flags.begin(), "try");
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, std::move(variables)};
    exit_code_ = line.Run(flags, console);
    const std::string said = err.str();
    return said.empty() ? out.str() : said.substr(0, said.find('\n'));
  }

  std::string ConfigPath() const { return folder_.Path("clinic.toml"); }

  TemporaryFolder folder_;
  ExitCode exit_code_ = ExitCode::kDone;
};

TEST_F(SettingsTest, AnUnknownKeyIsNamedWithItsPlace) {
  EXPECT_EQ(Try({}, {}, "port_number = 1\ndata_base = \"x\"\n"),
            "clinic try: " + ConfigPath() + ":2: data_base: there is no such setting");
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
  EXPECT_EQ(Try({}, {}, "[try]\nname = \"of another command\"\n"),
            "clinic try: " + ConfigPath() + ":2: try.name: there is no such setting");
  EXPECT_EQ(Try({}, {}, "port-number = 1\n"),
            "clinic try: " + ConfigPath() + ":1: port-number: there is no such setting");
  EXPECT_EQ(Try({}, {}, "[tyr]\nport_number = 1\n"),
            "clinic try: " + ConfigPath() + ":2: tyr.port_number: there is no such command");
  EXPECT_EQ(Try({}, {}, "[try.deeper]\nport_number = 1\n").find("clinic try: " + ConfigPath()), 0U);
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
}

TEST_F(SettingsTest, AValueOfTheWrongTypeIsNamedWithItsPlace) {
  const std::pair<std::string, std::string> wrong[] = {
      {"port_number = \"8000\"", "port_number: must be an integer"},
      {"port_number = 80.5", "port_number: must be an integer"},
      {"database = 5", "database: must be a string"},
      {"database = [\"a\"]", "database: must be a string"},
      {"roles = [1, 2]", "roles: must be a list of strings"},
      {"roles = []", "roles: must be a list of strings"},
      {"demo = \"true\"", "demo: must be true or false"},
      {"demo = 2024-01-01", "demo: must be true or false"},
  };
  for (const auto& [line, said] : wrong) {
    EXPECT_EQ(Try({}, {}, line + "\n"), "clinic try: " + ConfigPath() + ":1: " + said);
    EXPECT_EQ(exit_code_, ExitCode::kUsage);
  }
}

TEST_F(SettingsTest, TheFileIsCheckedWhateverCommandRuns) {
  EXPECT_EQ(Try({"other", "--name", "x"}, {}, "[try]\nport_number = true\n"),
            "clinic other: " + ConfigPath() + ":2: try.port_number: must be an integer");
}

TEST_F(SettingsTest, AFileThatIsNotThereOrNotTomlIsUsage) {
  EXPECT_EQ(Try({"--config", "/nowhere.toml"}), "clinic try: /nowhere.toml: cannot be read");
  EXPECT_EQ(Try({"--config", "/"}), "clinic try: /: cannot be read");
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
  EXPECT_EQ(Try({}, {}, "a = 1\nport number = 1\n").find("clinic try: " + ConfigPath() + ":2: "),
            0U);
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
}

TEST_F(SettingsTest, AValueOutOfRangeNamesWhereItCameFrom) {
  const std::string range = "is not a whole number from 0 to 65535";
  EXPECT_EQ(Try({"--port-number", "65536"}), "clinic try: --port-number: \"65536\" " + range);
  EXPECT_EQ(Try({"--port-number", "-1"}), "clinic try: --port-number: \"-1\" " + range);
  EXPECT_EQ(Try({"--port-number=8e3"}), "clinic try: --port-number: \"8e3\" " + range);
  EXPECT_EQ(Try({}, {{"CLINIC_PORT_NUMBER", "x"}}),
            "clinic try: CLINIC_PORT_NUMBER: \"x\" " + range);
  EXPECT_EQ(Try({}, {}, "[try]\nport_number = -7\n"),
            "clinic try: " + ConfigPath() + ":2: try.port_number: \"-7\" " + range);
  EXPECT_EQ(Try({}, {{"CLINIC_DEMO", "yes"}}),
            "clinic try: CLINIC_DEMO: \"yes\" is neither true nor false");
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
}

TEST_F(SettingsTest, AFlagIsGivenOnceAndARequiredOneMustBe) {
  EXPECT_EQ(Try({"--database", "a", "--database", "b"}),
            "clinic try: --database: is given more than once");
  EXPECT_EQ(Try({"other"}), "clinic other: --name is missing (or CLINIC_NAME)");
  EXPECT_EQ(Try({"other"}, {{"CLINIC_NAME", "from the environment"}}), "from the environment");
  EXPECT_EQ(Try({"other"}, {}, "name = \"from the file\""), "from the file");
}

TEST_F(SettingsTest, FlagsGoBeforeVariablesBeforeTheFileBeforeDefaults) {
  const std::string file =
      "database = \"file\"\nport_number = 1\nroles = [\"f\", \"g\"]\ndemo = true\n";
  const std::map<std::string, std::string> variables = {{"CLINIC_DATABASE", "variable"},
                                                        {"CLINIC_PORT_NUMBER", "2"},
                                                        {"CLINIC_ROLES", "v"},
                                                        {"CLINIC_DEMO", "false"}};
  EXPECT_EQ(Try({}), "- -1");
  EXPECT_EQ(Try({}, {}, file), "file 1 f g demo");
  EXPECT_EQ(Try({}, variables, file), "variable 2 v");
  EXPECT_EQ(
      Try({"--database", "flag", "--port-number", "3", "--roles", "a", "--roles", "b", "--demo"},
          variables, file),
      "flag 3 a b demo");
}

TEST_F(SettingsTest, AFileThatAVariableNamesHasToBeThereAndAlone) {
  const std::string secret = folder_.Write("secret", "x");
  EXPECT_EQ(Try({}, {{"CLINIC_DATABASE", "a"}, {"CLINIC_DATABASE_FILE", secret}}),
            "clinic try: CLINIC_DATABASE and CLINIC_DATABASE_FILE are both given; one of them is "
            "enough");
  EXPECT_EQ(exit_code_, ExitCode::kUsage);
  for (const char* path : {"/nowhere/secret", "/"}) {
    EXPECT_EQ(Try({}, {{"CLINIC_DATABASE_FILE", path}}),
              std::string("clinic try: CLINIC_DATABASE_FILE: ") + path + ": cannot be read");
    EXPECT_EQ(exit_code_, ExitCode::kUsage);
  }
  const std::string empty = folder_.Write("empty", "\n");
  EXPECT_EQ(Try({}, {{"CLINIC_DATABASE_FILE", empty}}),
            "clinic try: CLINIC_DATABASE_FILE: is empty");
}

TEST_F(SettingsTest, ATextCanStandInAFileThatAVariableNames) {
  const std::string config = "database = \"config\"";
  const std::map<std::string, std::string> variables = {
      {"CLINIC_DATABASE_FILE", folder_.Write("secret", "a secret \n\n")}};
  EXPECT_EQ(Try({}, variables, config), "a secret \n -1") << "all but the last newline";
  EXPECT_EQ(Try({"--database", "flag"}, variables, config), "flag -1");
  EXPECT_EQ(Try({}, {{"CLINIC_DATABASE_FILE", ""}}, config), "config -1");
  EXPECT_EQ(Try({}, {{"CLINIC_PORT_NUMBER_FILE", "/nowhere"}}), "- -1") << "only texts";
}

TEST_F(SettingsTest, AListInAVariableIsSeparatedByCommas) {
  EXPECT_EQ(Try({}, {{"CLINIC_ROLES", "a, b ,c"}}), "- -1 a b c");
}

TEST_F(SettingsTest, AnEmptyVariableIsNone) {
  EXPECT_EQ(Try({}, {{"CLINIC_DATABASE", ""}}, "database = \"file\""), "file -1");
}

TEST_F(SettingsTest, ACommandsOwnSectionGoesBeforeTheTopOfTheFile) {
  EXPECT_EQ(Try({}, {}, "database = \"top\"\nport_number = 1\n[try]\ndatabase = \"own\"\n"),
            "own 1");
}

TEST_F(SettingsTest, TheFlagForTheFileGoesBeforeItsVariable) {
  const std::string named = folder_.Write("named.toml", "database = \"named\"");
  EXPECT_EQ(Try({"--config", named}, {}, "database = \"variable's\""), "named -1");
}

}  // namespace
}  // namespace clinic::cli
