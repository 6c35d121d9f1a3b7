// Files that are part of the program, as browsers fetch them: whole, compressed where they accept
// it, and not again where they have them already.
#pragma once

#include <string_view>

#include "server/http/message.hpp"

namespace clinic::http {

/// A file that was embedded while building (cmake/ClinicEmbed.cmake). Lives as long as the program.
struct StaticFile {
  std::string_view name;    ///< without a folder; its ending says what it is
  std::string_view bytes;   ///< as it is
  std::string_view gzip;    ///< the same, compressed (RFC 1952)
  std::string_view digest;  ///< names its content: others have another
};

/// What a file of that name is ("text/html; charset=utf-8"); plain text where the ending is
/// unknown.
std::string_view MediaTypeOf(std::string_view name);

/// The answer to a GET for it: 200, or 304 where `If-None-Match` names what would be sent (RFC 9110
/// §13.1.2). Compressed where `Accept-Encoding` admits gzip (§12.5.3). To be kept by the client,
/// and asked for again each time: another version of the program has other files under the same
/// names.
Response Serve(const StaticFile& file, const Request& request);

}  // namespace clinic::http
