#include "server/routes/query_reader.hpp"

#include <charconv>

#include "server/auth/base64url.hpp"
#include "server/json/utf8.hpp"

namespace clinic::server {

std::optional<std::string> QueryReader::Text(std::string_view name, std::size_t max_length) {
  known_.emplace(name);
  const std::optional<std::string_view> value = request_.Query(name);
  if (!value) return std::nullopt;
  const std::optional<std::size_t> length = json::CountCodePoints(*value);
  if (!length) {
    Refuse(name, "must be UTF-8");
    return std::nullopt;
  }
  if (value->empty() || *length > max_length) {
    Refuse(name, "must have 1 to " + std::to_string(max_length) + " characters");
    return std::nullopt;
  }
  return std::string(*value);
}

std::optional<std::int64_t> QueryReader::Integer(std::string_view name, std::int64_t lowest,
                                                 std::int64_t highest) {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error != std::errc() || end != last || number < lowest || number > highest) {
    Refuse(name,
           "must be an integer from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return std::nullopt;
  }
  return number;
}

std::optional<TimeText> QueryReader::Time(std::string_view name) {
  std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  // An unescaped "+" of an offset arrives as a space.
  if (const std::size_t space = text->rfind(' '); space != std::string::npos && space > 10) {
    (*text)[space] = '+';
  }
  Result<TimeText> time = ParseTime(*text);
  if (!time.ok()) {
    if (const Result<CivilDay> day = ParseDate(*text); day.ok()) return TimeText(CivilTime(*day));
    Refuse(name, time.error().message);
    return std::nullopt;
  }
  return *std::move(time);
}

std::size_t QueryReader::Limit() {
  return static_cast<std::size_t>(Integer("limit", 1, kHighestLimit).value_or(kDefaultLimit));
}

std::optional<std::pair<std::string, Uuid>> QueryReader::Cursor() {
  // Long enough for a name of 200 characters of four bytes, as MakeCursor writes it.
  const std::optional<std::string> text = Text("cursor", 1200);
  if (!text) return std::nullopt;
  constexpr std::size_t kUuidLength = 36;
  const std::optional<std::string> plain = auth::DecodeBase64Url(*text);
  const std::optional<Uuid> id = plain && plain->size() >= kUuidLength
                                     ? ParseUuid(std::string_view(*plain).substr(0, kUuidLength))
                                     : std::nullopt;
  if (!id) {
    Refuse("cursor", "must be the next_cursor of an earlier answer");
    return std::nullopt;
  }
  return std::pair(plain->substr(kUuidLength), *id);
}

std::optional<std::pair<std::int64_t, Uuid>> QueryReader::NumberCursor() {
  const std::optional<std::pair<std::string, Uuid>> cursor = Cursor();
  if (!cursor) return std::nullopt;
  std::int64_t number = 0;
  const char* const last = cursor->first.data() + cursor->first.size();
  const auto [end, error] = std::from_chars(cursor->first.data(), last, number);
  if (error != std::errc() || end != last) {
    Refuse("cursor", "must be the next_cursor of an earlier answer");
    return std::nullopt;
  }
  return std::pair(number, cursor->second);
}

void QueryReader::Refuse(std::string_view name, std::string detail) {
  errors_.push_back({"/" + std::string(name), std::move(detail)});
}

bool QueryReader::Finish() {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : request_.query) {
    if (!known_.contains(name)) {
      Refuse(name, "unknown parameter");
    } else if (!seen.insert(name).second) {
      Refuse(name, "given twice");
    }
  }
  return errors_.empty();
}

std::string MakeCursor(std::string_view order, const Uuid& id) {
  return auth::EncodeBase64Url(ToString(id) + std::string(order));
}

}  // namespace clinic::server
