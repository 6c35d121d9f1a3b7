// Which headers an answer has, however it is written.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "server/http/answer_writer.hpp"
#include "server/http/grammar.hpp"
#include "server/http/safety_headers.hpp"

namespace clinic::http {

/// Answers of these statuses end with their head, and tell no length (RFC 9110 §8.6).
inline bool HasNoBody(int status) { return status == 204 || status == 304; }

// The headers that say where the answer ends, what becomes of the connection, and which request it
// is for, are ours.
inline bool IsOurs(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding", "X-Request-Id"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view ours) { return EqualsIgnoringCase(name, ours); });
}

// A control code but the tab would end the line, or be read in two ways (RFC 9110 §5.5).
inline bool CanBeWritten(std::string_view name, std::string_view value) {
  return IsToken(name) &&
         std::none_of(value.begin(), value.end(), [](char c) { return IsControl(c) && c != '\t'; });
}

/// Calls `write` with each header's name and value but Content-Length: those of the response, and
/// what every answer has where the response does not say otherwise.
template <typename Write>
void ForEachHeader(const AnswerTo& to, const Response& response, std::string_view date,
                   const Write& write) {
  const auto has = [&](std::string_view name) {
    return std::any_of(
        response.headers.begin(), response.headers.end(),
        [name](const auto& header) { return EqualsIgnoringCase(header.first, name); });
  };
  for (const auto& [name, value] : kSafetyHeaders) {
    if (!has(name)) write(name, value);
  }
  for (const auto& [name, value] : response.headers) {
    if (!IsOurs(name) && CanBeWritten(name, value)) write(name, value);
  }
  if (!has("Cache-Control")) write("Cache-Control", "no-store");
  write("X-Request-Id", to.request_id);
  if (!has("Date")) write("Date", date);
  if (to.persistence == Persistence::kClose) write("Connection", "close");
  if (to.persistence == Persistence::kExplicitKeepAlive) write("Connection", "keep-alive");
  if (!HasNoBody(response.status) && !response.content_type.empty()) {
    write("Content-Type", response.content_type);
  }
}

}  // namespace clinic::http
