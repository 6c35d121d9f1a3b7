// Refusals as machines read them: problem documents (RFC 9457).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/message.hpp"
#include "server/json/field_error.hpp"

namespace clinic::http {

using json::FieldError;

/// Why a request was refused. The document has `type`, `title`, `status`, `detail`, `instance`,
/// `code`, `request_id`, then `errors` where there are any, then `members`.
struct Problem {
  int status = 500;
  std::string code;                  ///< a stable word that programs can act on ("conflict")
  std::string title{};               ///< for people; the status's own words where it is empty
  std::string detail{};              ///< this occurrence, for people; left out where it is empty
  std::vector<FieldError> errors{};  ///< for bad input: each field that is wrong
  /// What else the document says ("conflicts", "alternatives"): a name, and JSON text that is
  /// written as it stands. Requires that the text is valid JSON and the name none of the above.
  std::vector<std::pair<std::string, std::string>> members{};
  NameValues headers{};  ///< for the answer's head: "Retry-After", "WWW-Authenticate"
};

/// The answer that tells of `problem`, as application/problem+json. `instance` is the path that was
/// asked for; where that could not be read it is empty, and the request's id is named instead. Text
/// that is not UTF-8 is repaired with U+FFFD.
Response ToResponse(const Problem& problem, std::string_view instance, std::string_view request_id);

/// The same for a request that was read.
Response ToResponse(const Problem& problem, const Request& request);

/// The words that RFC 9110 §15 and its kin give a status ("Not Found"); "Unknown" for others.
std::string_view StatusPhrase(int status);

}  // namespace clinic::http
