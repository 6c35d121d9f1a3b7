#include "server/cli/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "server/cli/text_file.hpp"

namespace clinic::cli {
namespace {

// A value as a setting takes it; a kind of nothing where no setting can.
void SetValue(const toml::node& node, ConfigEntry& entry) {
  if (const auto text = node.value_exact<std::string>()) {
    entry.kind = ValueKind::kText;
    entry.texts = {*text};
  } else if (const auto number = node.value_exact<std::int64_t>()) {
    entry.kind = ValueKind::kInteger;
    entry.texts = {std::to_string(*number)};
  } else if (const auto flag = node.value_exact<bool>()) {
    entry.kind = ValueKind::kSwitch;
    entry.texts = {*flag ? "true" : "false"};
  } else if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      const auto element_text = element.value_exact<std::string>();
      if (!element_text) return;
      entry.texts.push_back(*element_text);
    }
    if (!entry.texts.empty()) entry.kind = ValueKind::kTexts;
  }
}

void AddEntries(const toml::table& table, const std::string& section,
                std::vector<ConfigEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const toml::table* inner = node.as_table();
    if (inner != nullptr && section.empty()) {
      AddEntries(*inner, name, entries);
      continue;
    }
    ConfigEntry entry{section, name, std::nullopt, {}, key.source().begin.line};
    SetValue(node, entry);
    entries.push_back(std::move(entry));
  }
}

}  // namespace

Result<std::vector<ConfigEntry>> ReadConfigFile(const std::filesystem::path& path) {
  const std::optional<std::string> text = ReadTextFile(path);
  if (!text) return Error{ErrorCode::kNotFound, path.string() + ": cannot be read"};
  try {
    std::vector<ConfigEntry> entries;
    AddEntries(toml::parse(*text), "", entries);
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return entries;
  } catch (const toml::parse_error& problem) {
    return Error{ErrorCode::kInvalidArgument, path.string() + ":" +
                                                  std::to_string(problem.source().begin.line) +
                                                  ": " + std::string(problem.description())};
  }
}

}  // namespace clinic::cli
