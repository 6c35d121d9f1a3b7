// A configuration file in TOML (https://toml.io/en/v1.0.0):
//
//   database = "sqlite:clinic.db"     # for every command that takes it
//
//   [serve]                           # for this one, and before the value above
//   port = 8000
//
// Keys are the flags of the command line with underscores.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "server/cli/setting.hpp"

namespace clinic::cli {

/// One key of the file, with its value as the command line would give it.
struct ConfigEntry {
  std::string section;             ///< the name of a command, or empty
  std::string key;                 ///< as written
  std::optional<ValueKind> kind;   ///< nothing where no setting can hold such a value
  std::vector<std::string> texts;  ///< the values; one, except for kTexts
  unsigned line = 0;               ///< from 1
};

/// Reads every key of the file, in the file's order within a section. Errors, each naming the file:
/// kNotFound (it cannot be read), kInvalidArgument (it is not TOML).
Result<std::vector<ConfigEntry>> ReadConfigFile(const std::filesystem::path& path);

}  // namespace clinic::cli
