// What the front itself refuses, one function a status. The connection closes after each of them
// but Overloaded, since where the next request begins is then unknown or not to be trusted.
#pragma once

#include <string>
#include <utility>

#include "server/http/problem.hpp"

namespace clinic::http {

inline Problem Malformed(std::string detail) {
  return {.status = 400, .code = "malformed_request", .detail = std::move(detail)};
}

inline Problem TooSlow() {
  return {
      .status = 408, .code = "request_timeout", .detail = "The request took too long to arrive."};
}

inline Problem BodyTooLarge(std::size_t limit) {
  return {.status = 413,
          .code = "body_too_large",
          .detail = "A body may have " + std::to_string(limit) + " bytes."};
}

inline Problem TargetTooLong(std::size_t limit) {
  return {.status = 414,
          .code = "target_too_long",
          .detail = "A request target may have " + std::to_string(limit) + " bytes."};
}

inline Problem UnsupportedContentEncoding() {
  return {.status = 415,
          .code = "unsupported_content_encoding",
          .detail = "A body is taken as it is, not compressed.",
          .headers = {{"Accept-Encoding", "identity"}}};  // RFC 9110 §12.5.3
}

inline Problem UnknownExpectation() {
  return {.status = 417,
          .code = "expectation_failed",
          .detail = "The only expectation that can be met is 100-continue."};
}

inline Problem HeadTooLarge(std::string detail) {
  return {.status = 431, .code = "head_too_large", .detail = std::move(detail)};
}

/// A head that is too long because of its credentials: they can be nobody's.
inline Problem CredentialsTooLarge() {
  return {.status = 401,
          .code = "unauthenticated",
          .detail = "What the Authorization header holds is longer than any credentials.",
          .headers = {{"WWW-Authenticate", "Bearer"}}};
}

inline Problem NotImplemented(std::string detail) {
  return {.status = 501, .code = "not_implemented", .detail = std::move(detail)};
}

inline Problem Overloaded(std::string detail) {
  return {.status = 503,
          .code = "overloaded",
          .detail = std::move(detail),
          .headers = {{"Retry-After", "1"}}};
}

inline Problem UnknownVersion() {
  return {.status = 505,
          .code = "http_version_not_supported",
          .detail = "The server speaks HTTP/1.1 and HTTP/1.0."};
}

}  // namespace clinic::http
