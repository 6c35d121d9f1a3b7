// A command of the command line: what it is called, what it takes, and what it does.
//
//   void AddGreet(CommandLine& line) {
//     struct Options { std::optional<std::string> name; };
//     const auto options = std::make_shared<Options>();
//     Command& greet = line.Add("greet", "Say hello");
//     greet.Text("name", "NAME", options->name, "Whom to greet").required = true;
//     greet.OnRun([options](Console& console) {
//       console.out << "Hello, " << *options->name << "\n";
//       return ExitCode::kDone;
//     });
//   }
//
// The library that takes the command line apart stays behind this header.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/cli/console.hpp"
#include "server/cli/exit_code.hpp"
#include "server/cli/setting.hpp"

namespace CLI {
class App;
}

namespace clinic::cli {

/// One command. What its options are stored in must live as long as it does; the function given to
/// OnRun is a good place to keep it.
class Command {
 public:
  using Action = std::function<ExitCode(Console&)>;

  /// Requires that `parser` outlives the command. Called by CommandLine::Add.
  explicit Command(CLI::App& parser) : parser_(parser) {}

  std::string name() const;

  /// Adds a setting. `value_name` is what the help calls the value; the name has no dashes before
  /// it. The reference stays good as long as the command lives.
  Setting& Text(const std::string& name, const std::string& value_name,
                std::optional<std::string>& value, const std::string& description);
  Setting& Texts(const std::string& name, const std::string& value_name,
                 std::vector<std::string>& values, const std::string& description);
  Setting& Integer(const std::string& name, const std::string& value_name,
                   std::optional<std::int64_t>& value, IntegerRange range,
                   const std::string& description);
  Setting& Switch(const std::string& name, bool& value, const std::string& description);

  /// Adds a flag of the command line alone, for what is asked for once: "json".
  void Flag(const std::string& name, bool& value, const std::string& description);

  /// Takes everything on the command line that is no option, at least one.
  void Arguments(const std::string& value_name, std::vector<std::string>& values,
                 const std::string& description);

  /// As above, but none or one.
  void OptionalArgument(const std::string& value_name, std::string& value,
                        const std::string& description);

  /// What the command does once its settings are stored. Required.
  void OnRun(Action action) { action_ = std::move(action); }

  std::deque<Setting>& settings() { return settings_; }
  const std::deque<Setting>& settings() const { return settings_; }
  const Action& action() const { return action_; }

 private:
  Setting& AddValue(Setting setting, const std::string& value_name, const std::string& description);

  CLI::App& parser_;
  std::deque<Setting> settings_;  // a deque, so that none moves when another is added
  Action action_;
};

}  // namespace clinic::cli
