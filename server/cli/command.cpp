#include "server/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace clinic::cli {

std::string Command::name() const { return parser_.get_name(); }

Setting& Command::Text(const std::string& name, const std::string& value_name,
                       std::optional<std::string>& value, const std::string& description) {
  return AddValue({.name = name, .kind = ValueKind::kText, .store = StoreText(value)}, value_name,
                  description);
}

Setting& Command::Texts(const std::string& name, const std::string& value_name,
                        std::vector<std::string>& values, const std::string& description) {
  return AddValue({.name = name, .kind = ValueKind::kTexts, .store = StoreTexts(values)},
                  value_name, description);
}

Setting& Command::Integer(const std::string& name, const std::string& value_name,
                          std::optional<std::int64_t>& value, IntegerRange range,
                          const std::string& description) {
  return AddValue({.name = name, .kind = ValueKind::kInteger, .store = StoreInteger(value, range)},
                  value_name, description);
}

Setting& Command::Switch(const std::string& name, bool& value, const std::string& description) {
  Setting& setting = settings_.emplace_back(
      Setting{.name = name, .kind = ValueKind::kSwitch, .store = StoreSwitch(value)});
  parser_.add_flag(setting.flag(), setting.given, description)->option_text(" ");
  return setting;
}

Setting& Command::AddValue(Setting setting, const std::string& value_name,
                           const std::string& description) {
  Setting& added = settings_.emplace_back(std::move(setting));
  parser_.add_option(added.flag(), added.given, description)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->option_text(value_name);
  return added;
}

void Command::Flag(const std::string& name, bool& value, const std::string& description) {
  parser_.add_flag("--" + name, value, description);
}

void Command::Arguments(const std::string& value_name, std::vector<std::string>& values,
                        const std::string& description) {
  parser_.add_option(value_name, values, description)->required()->option_text("...");
}

void Command::OptionalArgument(const std::string& value_name, std::string& value,
                               const std::string& description) {
  parser_.add_option(value_name, value, description)->option_text(" ");
}

}  // namespace clinic::cli
