#include "server/cli/apply_settings.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::cli {
namespace {

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string_view NameOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kText:
      return "a string";
    case ValueKind::kTexts:
      return "a list of strings";
    case ValueKind::kInteger:
      return "an integer";
    case ValueKind::kSwitch:
      return "true or false";
  }
  return "a value";
}

bool Fits(std::optional<ValueKind> given, ValueKind wanted) {
  return given == wanted || (given == ValueKind::kText && wanted == ValueKind::kTexts);
}

std::string Place(const std::string& file_name, const ConfigEntry& entry) {
  const std::string key = entry.section.empty() ? entry.key : entry.section + "." + entry.key;
  return file_name + ":" + std::to_string(entry.line) + ": " + key;
}

// What a setting is given, and where it comes from, for messages.
struct Given {
  std::vector<std::string> texts;
  std::string origin;
};

const ConfigEntry* Find(std::span<const ConfigEntry> config, const std::string& section,
                        const std::string& key) {
  const auto found = std::find_if(config.begin(), config.end(), [&](const ConfigEntry& entry) {
    return entry.section == section && entry.key == key;
  });
  return found == config.end() ? nullptr : &*found;
}

std::optional<Given> WhatIsGiven(const Setting& setting, const std::string& command,
                                 const std::map<std::string, std::string>& environment,
                                 std::span<const ConfigEntry> config,
                                 const std::string& file_name) {
  if (!setting.given.empty()) return Given{setting.given, setting.flag()};
  const auto variable = environment.find(setting.variable());
  if (variable != environment.end() && !variable->second.empty()) {
    return Given{{variable->second}, setting.variable()};
  }
  const ConfigEntry* entry = Find(config, command, setting.key());
  if (entry == nullptr) entry = Find(config, "", setting.key());
  if (entry == nullptr) return std::nullopt;
  return Given{entry->texts, Place(file_name, *entry)};
}

}  // namespace

Result<void> CheckConfig(std::span<const ConfigEntry> config, const std::deque<Command>& commands,
                         const std::string& file_name) {
  for (const ConfigEntry& entry : config) {
    bool section_known = entry.section.empty();
    bool key_known = false;
    for (const Command& command : commands) {
      if (!entry.section.empty() && entry.section != command.name()) continue;
      section_known = true;
      for (const Setting& setting : command.settings()) {
        if (setting.key() != entry.key) continue;
        key_known = true;
        if (!Fits(entry.kind, setting.kind)) {
          return Invalid(Place(file_name, entry) + ": must be " +
                         std::string(NameOf(setting.kind)));
        }
      }
    }
    if (!section_known) return Invalid(Place(file_name, entry) + ": there is no such command");
    if (!key_known) return Invalid(Place(file_name, entry) + ": there is no such setting");
  }
  return {};
}

Result<void> ApplySettings(Command& command, const std::map<std::string, std::string>& environment,
                           std::span<const ConfigEntry> config, const std::string& file_name) {
  for (const Setting& setting : command.settings()) {
    const std::optional<Given> given =
        WhatIsGiven(setting, command.name(), environment, config, file_name);
    if (!given) {
      if (setting.required) {
        return Invalid(setting.flag() + " is missing (or " + setting.variable() + ")");
      }
      continue;
    }
    if (given->texts.size() > 1 && setting.kind != ValueKind::kTexts) {
      return Invalid(given->origin + ": is given more than once");
    }
    if (const Result<void> stored = setting.store(given->texts); !stored) {
      return Invalid(given->origin + ": " + stored.error().message);
    }
  }
  return {};
}

}  // namespace clinic::cli
