// A request as a route sees it, and the answer that it gives.
//
// Plain values, free of the HTTP library and of sockets: what arrives here was read whole, checked
// against RFC 9112 and decoded, so that no route looks at a raw byte of it again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::http {

/// The methods that the server knows (RFC 9110 §9.3, RFC 5789); any other is refused with 501.
enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

/// The method as it is written in a request line ("GET").
std::string_view ToString(Method method);

/// Reads a method; methods are case-sensitive (RFC 9110 §9.1).
std::optional<Method> ParseMethod(std::string_view text);

/// Names with values, in the order of the message; a name can occur more than once.
using NameValues = std::vector<std::pair<std::string, std::string>>;

/// A whole request. Reading one from several threads is safe.
struct Request {
  Method method = Method::kGet;
  std::string path;  ///< decoded UTF-8, from "/" on; no dot segments, no control codes; "*" for the
                     ///< server itself
  NameValues query;  ///< decoded as a form: "+" is a space (WHATWG URL §5.1)
  NameValues headers;  ///< names as they were written, values without outer whitespace
  std::string body;    ///< without its transfer coding
  std::string
      remote_address;  ///< the peer of the socket, numeric; what headers claim is not heeded
  std::string id;      ///< names this exchange in answers and logs, see Options::new_id

  /// The value of the first header of that name, in any case of letters. Valid as long as the
  /// request is.
  std::optional<std::string_view> Header(std::string_view name) const;

  /// The value of the first query parameter of exactly that name. Valid as long as the request is.
  std::optional<std::string_view> Query(std::string_view name) const;
};

/// An answer. The server adds what every answer has: Date, Content-Length, Connection,
/// X-Request-Id, what browsers are to keep from doing with it (safety_headers.hpp), and
/// Cache-Control: no-store unless it is among `headers`.
/// Content-Length, Connection and Transfer-Encoding among `headers` are left out, as is a header
/// with a line break in it.
struct Response {
  int status = 200;
  NameValues headers{};
  std::string body{};          ///< not sent with 204 and 304, nor in answer to HEAD
  std::string content_type{};  ///< not sent where it is empty
  std::string code{};          ///< the problem's that it tells of, for logs and metrics; not sent
};

/// Are the two the same but for the case of ASCII letters (RFC 9110 §5.1)?
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace clinic::http
