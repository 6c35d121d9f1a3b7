#include "server/cli/apply_settings.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "server/cli/text_file.hpp"

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

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

std::vector<std::string> ListOf(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = text.find(',');
    parts.emplace_back(Trimmed(text.substr(0, comma)));
    if (comma != std::string_view::npos) text.remove_prefix(comma + 1);
  }
  return parts;
}

Result<std::string> ContentOf(const std::string& path) {
  std::optional<std::string> text = ReadTextFile(path);
  if (!text) return Error{ErrorCode::kUnavailable, path + ": cannot be read"};
  if (text->ends_with('\n')) text->pop_back();
  return *std::move(text);
}

std::string ValueOf(const std::map<std::string, std::string>& environment,
                    const std::string& variable) {
  const auto found = environment.find(variable);
  return found == environment.end() ? std::string() : found->second;
}

Result<std::optional<Given>> FromEnvironment(
    const Setting& setting, const std::map<std::string, std::string>& environment) {
  const std::string value = ValueOf(environment, setting.variable());
  const std::string path = ValueOf(environment, setting.file_variable());
  if (!value.empty() && !path.empty()) {
    return Invalid(setting.variable() + " and " + setting.file_variable() +
                   " are both given; one of them is enough");
  }
  if (!path.empty()) {
    Result<std::string> content = ContentOf(path);
    if (!content) {
      return Error{content.error().code, setting.file_variable() + ": " + content.error().message};
    }
    return std::optional(Given{{*std::move(content)}, setting.file_variable()});
  }
  if (value.empty()) return std::optional<Given>();
  const bool is_list = setting.kind == ValueKind::kTexts;
  return std::optional(
      Given{is_list ? ListOf(value) : std::vector<std::string>{value}, setting.variable()});
}

Result<std::optional<Given>> WhatIsGiven(const Setting& setting, const std::string& command,
                                         const std::map<std::string, std::string>& environment,
                                         std::span<const ConfigEntry> config,
                                         const std::string& file_name) {
  if (!setting.given.empty()) return std::optional(Given{setting.given, setting.flag()});
  Result<std::optional<Given>> given = FromEnvironment(setting, environment);
  if (!given || *given) return given;
  const ConfigEntry* entry = Find(config, command, setting.key());
  if (entry == nullptr) entry = Find(config, "", setting.key());
  if (entry == nullptr) return std::optional<Given>();
  return std::optional(Given{entry->texts, Place(file_name, *entry)});
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
    Result<std::optional<Given>> found =
        WhatIsGiven(setting, command.name(), environment, config, file_name);
    if (!found) return std::move(found).error();
    const std::optional<Given>& given = *found;
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
