// A request's head (RFC 9112 §3 and §5): request line and headers, and what they say about the
// body.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/http/message.hpp"
#include "server/http/options.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {

/// The connection's fate once the request is answered (RFC 9112 §9.3).
enum class Persistence {
  kClose,
  kKeepAlive,          ///< HTTP/1.1's default, not spelled out
  kExplicitKeepAlive,  ///< asked for by an HTTP/1.0 client, who wants to be told
};

struct Head {
  Request request;  ///< without its body; `id` is empty where the client gave no usable one
  Persistence persistence = Persistence::kClose;
  std::uint64_t content_length = 0;  ///< 0 where the body is chunked
  bool is_chunked = false;
  bool expects_continue = false;  ///< the client waits for 100 before it sends a body
};

/// Reads a head, from its first byte to the end of its empty line. The framing of the body is what
/// RFC 9112 §6 leaves when nothing doubtful is let through: one Content-Length of digits only, or
/// "chunked" alone, never both. Gives the refusal where there is one; `head` then has what was read
/// before it, so that the answer can quote the id and the path.
std::optional<Problem> ParseHead(std::string_view text, const Limits& limits, Head& head);

/// Reads one header line, without its line break: a token, a colon right after it, and a value
/// without control codes but the tab. Gives nullopt for anything else, folded lines included.
std::optional<std::pair<std::string_view, std::string_view>> ParseHeaderLine(std::string_view line);

}  // namespace clinic::http
