// The request target (RFC 9112 §3.2): from what stands in the request line to a path and a query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {

struct Target {
  std::string path;       ///< as Request::path
  NameValues query;       ///< as Request::query
  std::string authority;  ///< of a target in absolute form, which overrules Host; else empty
};

/// Reads a target in origin form, absolute form (http and https) or, for OPTIONS, asterisk form.
/// Gives the 400 to answer with where `text` is none of these, or holds what two programs could
/// read in two ways: a broken or superfluous percent-encoding that hides a slash, a NUL or another
/// control code, a dot segment, encoded or not, or bytes that are not UTF-8. `target` is then
/// unspecified.
std::optional<Problem> ParseTarget(std::string_view text, Method method, Target& target);

/// Reads the fields of a form (WHATWG URL §5.1), as a query and the body of a form hold them. Gives
/// the 400 to answer with where a percent-encoding is broken, a NUL is in it, or it is not UTF-8.
/// `fields` is then unspecified.
std::optional<Problem> ParseForm(std::string_view text, NameValues& fields);

/// Is this a host with an optional port, as a Host header holds (RFC 9110 §7.2)? User information
/// and an empty host are not accepted (RFC 9110 §4.2.1, §4.2.4).
bool IsAuthority(std::string_view text);

}  // namespace clinic::http
