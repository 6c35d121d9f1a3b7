// The command line as a whole: takes it apart, finds the command, gives it its settings, runs it.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>

#include "server/cli/command.hpp"
#include "server/cli/console.hpp"
#include "server/cli/exit_code.hpp"

namespace clinic::cli {

/// All commands. Not thread-safe; made once, run once.
class CommandLine {
 public:
  CommandLine();
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Adds a command; its address stays.
  Command& Add(const std::string& name, const std::string& description);

  /// Runs the command that `arguments` (without the program's own name) ask for. What is wrong with
  /// them, with the environment or with the configuration file is said on `console.err` in a
  /// sentence, and is ExitCode::kUsage. Data that could not be written are ExitCode::kFailed.
  ExitCode Run(std::span<const std::string> arguments, Console& console);

 private:
  ExitCode Parse(std::span<const std::string> arguments, Console& console);
  ExitCode RunChosen(Command& command, Console& console);
  ExitCode Help(const std::string& about, Console& console);
  void AddHelp();

  std::unique_ptr<CLI::App> parser_;
  std::string config_path_;
  std::deque<Command> commands_;
};

}  // namespace clinic::cli
