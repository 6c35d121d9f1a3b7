// A setting: one value that a command can be given in three ways.
//
//   on the command line          --duration-minutes 15
//   in the environment           CLINIC_DURATION_MINUTES=15
//   in the configuration file    duration_minutes = 15
//
// The first of these that is there counts; else the setting keeps its default. What is a secret
// comes from a file that the environment names, so that it stands in no process list: of a text,
// CLINIC_DATABASE_FILE=/run/secrets/database is the file that holds what CLINIC_DATABASE would.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clinic/result.hpp"

namespace clinic::cli {

/// What a setting holds, which is also the type that TOML must give it.
enum class ValueKind { kText, kTexts, kInteger, kSwitch };

/// The integers that a setting accepts, both ends included.
struct IntegerRange {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
};

/// One setting of a command.
struct Setting {
  using Store = std::function<Result<void>(std::span<const std::string>)>;

  std::string name;  ///< "duration-minutes"
  ValueKind kind = ValueKind::kText;
  bool required = false;

  /// Stores what was given, one text a value; a switch is "true" or "false". The error says what is
  /// wrong with the value, and goes on where "--duration-minutes: " stops.
  Store store;

  std::vector<std::string> given{};  ///< what the command line gave; empty where it gave nothing

  std::string flag() const { return "--" + name; }
  std::string variable() const;  ///< "CLINIC_DURATION_MINUTES"
  /// "CLINIC_DATABASE_FILE"; empty for what is no text.
  std::string file_variable() const;
  std::string key() const;  ///< "duration_minutes"
};

/// Ways to store a value: each keeps a reference to `value`, which must outlive the setting.
Setting::Store StoreText(std::optional<std::string>& value);
Setting::Store StoreTexts(std::vector<std::string>& value);
Setting::Store StoreInteger(std::optional<std::int64_t>& value, IntegerRange range);
Setting::Store StoreSwitch(bool& value);

}  // namespace clinic::cli
