#include "server/cli/setting.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace clinic::cli {
namespace {

Error Refused(std::string reason) { return {ErrorCode::kInvalidArgument, std::move(reason)}; }

}  // namespace

std::string Setting::variable() const {
  std::string variable = "CLINIC_" + key();
  for (char& c : variable) {
    if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return variable;
}

std::string Setting::file_variable() const {
  return kind == ValueKind::kText ? variable() + "_FILE" : "";
}

std::string Setting::key() const {
  std::string key = name;
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

Setting::Store StoreText(std::optional<std::string>& value) {
  return [&value](std::span<const std::string> texts) -> Result<void> {
    if (texts.back().empty()) return Refused("is empty");
    value = texts.back();
    return {};
  };
}

Setting::Store StoreTexts(std::vector<std::string>& value) {
  return [&value](std::span<const std::string> texts) -> Result<void> {
    value.assign(texts.begin(), texts.end());
    return {};
  };
}

Setting::Store StoreInteger(std::optional<std::int64_t>& value, IntegerRange range) {
  return [&value, range](std::span<const std::string> texts) -> Result<void> {
    const std::string& text = texts.back();
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    if (!whole || number < range.lowest || number > range.highest) {
      return Refused('"' + text + "\" is not a whole number from " + std::to_string(range.lowest) +
                     " to " + std::to_string(range.highest));
    }
    value = number;
    return {};
  };
}

Setting::Store StoreSwitch(bool& value) {
  return [&value](std::span<const std::string> texts) -> Result<void> {
    const std::string& text = texts.back();
    if (text != "true" && text != "false") {
      return Refused('"' + text + "\" is neither true nor false");
    }
    value = text == "true";
    return {};
  };
}

}  // namespace clinic::cli
