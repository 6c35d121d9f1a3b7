// Reads one JSON value as one type. What does not fit is kInvalidArgument, with the words that
// stand behind a field's pointer in an answer: "must be a string, not a number".
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "clinic/result.hpp"
#include "server/json/object_reader.hpp"

namespace clinic::json {

Kind KindOfValue(const nlohmann::json& value);

/// "must be `expected`, not …": `expected` with its article, as in "a string".
Error WrongType(const nlohmann::json& value, std::string_view expected);

Result<std::string> ReadString(const nlohmann::json& value, const StringRules& rules);
Result<std::int64_t> ReadInteger(const nlohmann::json& value, const IntegerRules& rules);
Result<bool> ReadBoolean(const nlohmann::json& value);
Result<Uuid> ReadUuid(const nlohmann::json& value);
Result<TimeText> ReadTime(const nlohmann::json& value);
Result<CivilDay> ReadDate(const nlohmann::json& value);
Result<std::string> ReadEmail(const nlohmann::json& value);

/// The index of the word among `words`.
Result<std::size_t> ReadChoice(const nlohmann::json& value,
                               std::span<const std::string_view> words);

/// The value itself, an array of as many elements as `rules` allow.
Result<const nlohmann::json*> ReadArray(const nlohmann::json& value, const ListRules& rules);

}  // namespace clinic::json
