#include "server/limits/quota.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace clinic::limits {
namespace {

std::optional<std::chrono::microseconds> ParsePeriod(std::string_view word) {
  if (word == "second") return std::chrono::seconds{1};
  if (word == "minute") return std::chrono::minutes{1};
  if (word == "hour") return std::chrono::hours{1};
  return std::nullopt;
}

}  // namespace

Quota Quota::Times(std::int64_t times) const {
  return {.count = std::clamp<std::int64_t>(count * times, 1, kMostInAPeriod), .period = period};
}

Result<std::optional<Quota>> ParseQuota(std::string_view text) {
  if (text == "off") return std::optional<Quota>();
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + slash, count);
  const bool is_count =
      problem == std::errc() && end == text.data() + slash && count >= 1 && count <= kMostInAPeriod;
  const auto period = slash < text.size() ? ParsePeriod(text.substr(slash + 1)) : std::nullopt;
  if (!is_count || !period) {
    return Error{ErrorCode::kInvalidArgument,
                 '"' + std::string(text) + "\" is neither off nor COUNT/second, COUNT/minute or " +
                     "COUNT/hour with a count from 1 to " + std::to_string(kMostInAPeriod)};
  }
  return std::optional<Quota>({.count = count, .period = *period});
}

}  // namespace clinic::limits
