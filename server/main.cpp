// The program `clinic`: wiring only. What it does is in server/cli, one file a command.
#include <unistd.h>

#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/cli/commands.hpp"
#include "server/cli/interrupt.hpp"

namespace {

std::map<std::string, std::string> ClinicVariables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with("CLINIC_") || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  clinic::cli::ExitOnInterrupt();
  clinic::cli::CommandLine line;
  clinic::cli::AddServe(line);
  clinic::cli::AddCheck(line);
  clinic::cli::AddImport(line);
  clinic::cli::AddSlots(line);
  clinic::cli::AddMigrate(line);
  clinic::cli::AddExport(line);
  clinic::cli::AddAddUser(line);
  clinic::cli::AddKeys(line);

  clinic::cli::Console console{std::cout, std::cerr, ClinicVariables()};
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(line.Run(arguments, console));
}
