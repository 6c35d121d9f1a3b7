// The commands that there are: each adds itself to a command line.
#pragma once

#include "server/cli/command_line.hpp"

namespace clinic::cli {

/// `clinic check`: finds every double booking in calendar files.
void AddCheck(CommandLine& line);

}  // namespace clinic::cli
