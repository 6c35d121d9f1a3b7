#include "server/json/value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/json/utf8.hpp"

namespace clinic::json {
namespace {

using Json = nlohmann::json;

Error Refusal(std::string detail) { return {ErrorCode::kInvalidArgument, std::move(detail)}; }

std::string Count(std::size_t count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

bool IsControl(char32_t c) { return c < 0x20 || (0x7F <= c && c <= 0x9F); }

bool IsAccepted(char32_t c, Controls controls) {
  switch (controls) {
    case Controls::kNone:
      return !IsControl(c);
    case Controls::kLinesAndTabs:
      return !IsControl(c) || c == '\n' || c == '\t';
    case Controls::kAll:
      return true;
  }
  return false;
}

// The string in `value`, or null.
const std::string* Text(const Json& value) { return value.get_ptr<const std::string*>(); }

bool IsAlphanumeric(char c) {
  return ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z');
}

bool IsDomainLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

// WHATWG HTML §4.10.5.1.5, "valid e-mail address", and the lengths of RFC 5321 §4.5.3.1.
bool IsEmail(std::string_view text) {
  static constexpr std::string_view kMarks = ".!#$%&'*+/=?^_`{|}~-";
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  const bool local_is_valid = std::all_of(local.begin(), local.end(), [](char c) {
    return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  });
  if (!local_is_valid) return false;
  std::string_view domain = text.substr(at + 1);
  for (std::size_t dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.')) {
    if (!IsDomainLabel(domain.substr(0, dot))) return false;
    domain.remove_prefix(dot + 1);
  }
  return IsDomainLabel(domain);
}

}  // namespace

Kind KindOfValue(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return Kind::kNull;
    case Json::value_t::boolean:
      return Kind::kBoolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return Kind::kInteger;
    case Json::value_t::number_float:
      return Kind::kFraction;
    case Json::value_t::string:
      return Kind::kString;
    case Json::value_t::array:
      return Kind::kArray;
    case Json::value_t::object:
      return Kind::kObject;
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return Kind::kAbsent;
}

Error WrongType(const Json& value, std::string_view expected) {
  static constexpr std::string_view kNames[] = {
      "nothing",  "null",     "a boolean", "an integer", "a number with a fraction",
      "a string", "an array", "an object"};
  const std::string_view found = kNames[static_cast<std::size_t>(KindOfValue(value))];
  return Refusal("must be " + std::string(expected) + ", not " + std::string(found));
}

Result<std::string> ReadString(const Json& value, const StringRules& rules) {
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, "a string");
  std::size_t length = 0;
  bool blank = true;
  for (std::string_view rest = *text; !rest.empty(); ++length) {
    const CodePoint point = DecodeFirst(rest).value_or(CodePoint{0xFFFD, 1});
    if (!IsAccepted(point.value, rules.controls)) {
      return Refusal("must not contain control characters");
    }
    if (point.value != ' ' && point.value != '\n' && point.value != '\t') blank = false;
    rest.remove_prefix(point.length);
  }
  if (length > rules.max_length) {
    return Refusal("must have at most " + Count(rules.max_length, "character") + ", not " +
                   std::to_string(length));
  }
  if (rules.min_length > 0 && blank) {
    return Refusal(length == 0 ? "must not be empty" : "must not be blank");
  }
  if (length < rules.min_length) {
    return Refusal("must have at least " + Count(rules.min_length, "character"));
  }
  return *text;
}

Result<std::int64_t> ReadInteger(const Json& value, const IntegerRules& rules) {
  if (!value.is_number_integer()) return WrongType(value, "an integer");
  // One that is beyond 63 bits is above every maximum.
  const bool beyond =
      value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  const std::int64_t number = beyond ? 0 : value.get<std::int64_t>();
  if (beyond || number > rules.max) return Refusal("must be at most " + std::to_string(rules.max));
  if (number < rules.min) return Refusal("must be at least " + std::to_string(rules.min));
  return number;
}

Result<bool> ReadBoolean(const Json& value) {
  if (!value.is_boolean()) return WrongType(value, "true or false");
  return value.get<bool>();
}

Result<Uuid> ReadUuid(const Json& value) {
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, "a UUID in a string");
  const std::optional<Uuid> uuid = ParseUuid(*text);
  if (!uuid) return Refusal("must be a UUID, as in 550e8400-e29b-41d4-a716-446655440000");
  return *uuid;
}

Result<TimeText> ReadTime(const Json& value) {
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, "a time in a string");
  return ParseTime(*text);
}

Result<CivilDay> ReadDate(const Json& value) {
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, "a date in a string");
  return ParseDate(*text);
}

Result<std::string> ReadEmail(const Json& value) {
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, "an e-mail address in a string");
  if (!IsEmail(*text)) return Refusal("must be an e-mail address, as in name@example.com");
  return *text;
}

Result<std::size_t> ReadChoice(const Json& value, std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view& word : words) {
    if (!list.empty()) list.append(&word == &words.back() ? " or " : ", ");
    list.append("\"").append(word).append("\"");
  }
  const std::string* text = Text(value);
  if (text == nullptr) return WrongType(value, list);
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found == words.end()) return Refusal("must be " + list);
  return static_cast<std::size_t>(found - words.begin());
}

Result<const Json*> ReadArray(const Json& value, const ListRules& rules) {
  if (!value.is_array()) return WrongType(value, "an array");
  if (value.size() > rules.max_items) {
    return Refusal("must have at most " + Count(rules.max_items, "element"));
  }
  if (value.size() < rules.min_items) {
    return Refusal("must have at least " + Count(rules.min_items, "element"));
  }
  return &value;
}

}  // namespace clinic::json
