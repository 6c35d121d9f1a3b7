// Gives a command its settings: flags before variables before the configuration file.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>

#include "clinic/result.hpp"
#include "server/cli/command.hpp"
#include "server/cli/config_file.hpp"

namespace clinic::cli {

/// Checks every entry against the settings of `commands`. Errors: kInvalidArgument (a section that
/// is no command, a key that is no setting there or of any command, a value of another type than
/// the setting's); the message names the file, the line and the key.
Result<void> CheckConfig(std::span<const ConfigEntry> config, const std::deque<Command>& commands,
                         const std::string& file_name);

/// Stores the settings of `command`: what the command line gave, else what the environment holds
/// (an empty variable counts as none; a list is separated by commas; a file that is named instead
/// holds the value, and perhaps a newline), else the entry of the command's own section, else the
/// entry above all sections. Requires a `config` that CheckConfig accepts. Errors: kInvalidArgument
/// (a value that the setting does not accept, a flag given twice, a variable beside that of its
/// file, a required setting that nothing gave) and kUnavailable (a file that cannot be read); the
/// message names where the value came from.
Result<void> ApplySettings(Command& command, const std::map<std::string, std::string>& environment,
                           std::span<const ConfigEntry> config, const std::string& file_name);

}  // namespace clinic::cli
