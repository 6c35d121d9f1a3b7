#include "server/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <utility>

#include "server/cli/apply_settings.hpp"
#include "server/cli/config_file.hpp"

namespace clinic::cli {
namespace {

constexpr char kFooter[] =
    "A setting --like-this can also be given as CLINIC_LIKE_THIS in the environment, or as\n"
    "like_this in the configuration file; the flag goes first, then the variable. What is a "
    "secret\n"
    "can stand in a file that CLINIC_LIKE_THIS_FILE names.\n"
    "\nExit codes: 0 done, 1 failed, 2 usage, 3 a check found problems, 4 something needed is\n"
    "unavailable, 130 interrupted.";

ExitCode Usage(Console& console, const std::string& command, const std::string& message) {
  const std::string called = command.empty() ? "clinic" : "clinic " + command;
  console.err << called << ": " << message << "\nSee \"" << called << " --help\".\n";
  return ExitCode::kUsage;
}

// What the parser found wrong, as a sentence.
std::string Sentence(const CLI::App& parser, const CLI::ParseError& problem) {
  const std::vector<std::string> unexpected = parser.remaining(true);
  if (!unexpected.empty()) {
    const std::string& first = unexpected.front();
    const bool option = first.starts_with('-');
    if (option) return "there is no option " + first;
    if (parser.get_subcommands().empty()) return "there is no command \"" + first + "\"";
    return "\"" + first + "\" is one argument too many";
  }
  return problem.what();
}

std::string ChosenName(const CLI::App& parser) {
  const std::vector<CLI::App*> chosen = parser.get_subcommands();
  return chosen.empty() ? "" : chosen.front()->get_name();
}

}  // namespace

CommandLine::CommandLine() : parser_(std::make_unique<CLI::App>("A clinic's schedule.", "clinic")) {
  parser_->set_version_flag("--version", "clinic " CLINIC_VERSION);
  parser_->add_option("--config", config_path_, "Read settings from this TOML file")
      ->option_text("FILE");
  parser_->require_subcommand(0, 1);
  parser_->fallthrough();
  parser_->footer(kFooter);
  AddHelp();
}

CommandLine::~CommandLine() = default;

Command& CommandLine::Add(const std::string& name, const std::string& description) {
  CLI::App* subcommand = parser_->add_subcommand(name, description);
  return commands_.emplace_back(*subcommand);
}

void CommandLine::AddHelp() {
  const auto about = std::make_shared<std::string>();
  Command& help = Add("help", "Say how a command is used");
  help.OptionalArgument("COMMAND", *about, "The command");
  help.OnRun([this, about](Console& console) { return Help(*about, console); });
}

ExitCode CommandLine::Help(const std::string& about, Console& console) {
  if (about.empty()) {
    parser_->clear();  // the help of a parser that has chosen a command is that command's
    console.out << parser_->help();
    return ExitCode::kDone;
  }
  const auto named = std::find_if(commands_.begin(), commands_.end(),
                                  [&about](const Command& c) { return c.name() == about; });
  if (named == commands_.end()) {
    return Usage(console, "help", "there is no command \"" + about + "\"");
  }
  console.out << parser_->get_subcommand(about)->help("clinic");
  return ExitCode::kDone;
}

ExitCode CommandLine::Run(std::span<const std::string> arguments, Console& console) {
  ExitCode code = ExitCode::kFailed;
  try {
    code = Parse(arguments, console);
  } catch (const std::exception& problem) {
    console.err << "clinic: " << problem.what() << "\n";
    return ExitCode::kFailed;
  }
  console.out.flush();
  if (!console.out) {
    console.err << "clinic: cannot write to the standard output\n";
    return ExitCode::kFailed;
  }
  return code;
}

ExitCode CommandLine::Parse(std::span<const std::string> arguments, Console& console) {
  try {
    parser_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    console.out << parser_->help();
    return ExitCode::kDone;
  } catch (const CLI::CallForVersion& version) {
    console.out << version.what() << "\n";
    return ExitCode::kDone;
  } catch (const CLI::ParseError& problem) {
    return Usage(console, ChosenName(*parser_), Sentence(*parser_, problem));
  }
  const std::string chosen = ChosenName(*parser_);
  for (Command& command : commands_) {
    if (command.name() == chosen) return RunChosen(command, console);
  }
  return Usage(console, "", "which command?");
}

ExitCode CommandLine::RunChosen(Command& command, Console& console) {
  std::vector<ConfigEntry> config;
  if (config_path_.empty()) {
    const auto variable = console.environment.find("CLINIC_CONFIG");
    if (variable != console.environment.end()) config_path_ = variable->second;
  }
  if (!config_path_.empty()) {
    Result<std::vector<ConfigEntry>> read = ReadConfigFile(config_path_);
    if (!read) return Usage(console, command.name(), read.error().message);
    config = *std::move(read);
    const Result<void> sound = CheckConfig(config, commands_, config_path_);
    if (!sound) return Usage(console, command.name(), sound.error().message);
  }
  const Result<void> applied = ApplySettings(command, console.environment, config, config_path_);
  if (!applied) return Usage(console, command.name(), applied.error().message);
  return command.action()(console);
}

}  // namespace clinic::cli
