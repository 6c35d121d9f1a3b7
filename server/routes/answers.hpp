// What routes answer with: documents, and refusals as problem documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/zone.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/json/object_reader.hpp"

namespace clinic::server {

/// A JSON document.
http::Response Answer(int status, std::string body);

/// A single resource, with its version as ETag (RFC 9110 §8.8.3).
http::Response AnswerVersioned(int status, std::string body, std::uint32_t version);

/// The refusal of a service as a problem document: status and code as the contract says, what
/// blocks and what could be had instead as members. `pointer` names the field that it is about, if
/// any.
http::Response Refuse(const http::Request& request, const Error& error,
                      std::string_view pointer = {});

/// The refusal of a booking: the same, with times as the clocks in `zone` show them.
http::Response RefuseBooking(const http::Request& request, const Error& error, const Zone& zone);

/// 400 for text that is not JSON, 422 for fields that are wrong.
http::Response RefuseInput(const http::Request& request, const json::ObjectReader& body);
http::Response RefuseInput(const http::Request& request, std::vector<http::FieldError> errors);

/// 401, for a request without a token.
http::Response NotSignedIn(const http::Request& request);

/// The entity tag that If-Match asks for (RFC 9110 §13.1.1), without its quotes: nothing where there
/// is none or "*"; an empty one, which nothing has, where it is weak or several.
std::optional<std::string> ExpectedTag(const http::Request& request);

/// The same for what has a version as its tag; 0, which no version equals, where it cannot be one.
std::optional<std::uint32_t> ExpectedVersion(const http::Request& request);

/// A time as the clocks in `zone` show it, with its offset.
std::string TimeIn(const Zone& zone, Instant instant);

}  // namespace clinic::server
