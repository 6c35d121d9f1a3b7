#include "server/routes/answers.hpp"

#include <charconv>
#include <utility>

#include "clinic/time_text.hpp"
#include "server/json/writer.hpp"

namespace clinic::server {
namespace {

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
    case ErrorCode::kUnknownResource:
      return 404;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kIllegalTransition:
    case ErrorCode::kHoldExpired:
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kStaleVersion:
      return 412;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kBadInterval:
    case ErrorCode::kInThePast:
    case ErrorCode::kTooLong:
    case ErrorCode::kBeyondHorizon:
    case ErrorCode::kOutsideAvailability:
    case ErrorCode::kOffGrid:
    case ErrorCode::kUnbounded:
      return 422;
    case ErrorCode::kUnavailable:
    case ErrorCode::kCorrupt:
      return 503;
  }
  return 500;
}

http::Problem ProblemOf(const Error& error) {
  http::Problem problem{.status = StatusOf(error.code),
                        .code = std::string(ToString(error.code)),
                        .detail = error.message};
  if (problem.status == 401) problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (problem.status == 404) problem.code = "not_found";
  if (problem.status == 503) {
    // What the store says is for the log: it may name files and hosts.
    problem.code = "unavailable";
    problem.detail = "something that is needed does not answer; try again";
    problem.headers.emplace_back("Retry-After", "1");
  }
  if (error.code == ErrorCode::kIllegalTransition) {
    problem.members.emplace_back("allowed", json::WriteArray([&](json::ArrayWriter& out) {
                                   for (const std::string& action : error.allowed) out.Item(action);
                                 }));
  }
  return problem;
}

std::string_view WordFor(ResourceKind kind) {
  return kind == ResourceKind::kPractitioner ? "doctor" : ToString(kind);
}

}  // namespace

http::Response Answer(int status, std::string body) {
  http::Response response{
      .status = status, .body = std::move(body), .content_type = "application/json"};
  response.headers.reserve(8);  // with those of limits and origins
  return response;
}

http::Response AnswerVersioned(int status, std::string body, std::uint32_t version) {
  http::Response response = Answer(status, std::move(body));
  response.headers.emplace_back("ETag", '"' + std::to_string(version) + '"');
  return response;
}

http::Response Refuse(const http::Request& request, const Error& error, std::string_view pointer) {
  http::Problem problem = ProblemOf(error);
  if (!pointer.empty() && problem.status == 422) {
    problem.errors.push_back({std::string(pointer), error.message});
  }
  return http::ToResponse(problem, request);
}

http::Response RefuseBooking(const http::Request& request, const Error& error, const Zone& zone) {
  http::Problem problem = ProblemOf(error);
  if (problem.status == 422) {
    const bool length = error.code == ErrorCode::kTooLong || error.code == ErrorCode::kBadInterval;
    problem.errors.push_back({length ? "/duration_minutes" : "/scheduled_time", error.message});
  }
  if (error.code == ErrorCode::kConflict) {
    problem.members.emplace_back("conflicts", json::WriteArray([&](json::ArrayWriter& out) {
                                   for (const Conflict& conflict : error.conflicts) {
                                     out.Object([&](json::ObjectWriter& item) {
                                       item.Field("resource", WordFor(conflict.kind));
                                       item.Field("id", conflict.resource);
                                       item.Field("start", TimeIn(zone, conflict.interval.start));
                                       item.Field("end", TimeIn(zone, conflict.interval.end));
                                     });
                                   }
                                 }));
  }
  if (error.code == ErrorCode::kConflict || !error.alternatives.empty()) {
    problem.members.emplace_back("alternatives", json::WriteArray([&](json::ArrayWriter& out) {
                                   for (const Interval& alternative : error.alternatives) {
                                     out.Object([&](json::ObjectWriter& item) {
                                       item.Field("start", TimeIn(zone, alternative.start));
                                       item.Field("end", TimeIn(zone, alternative.end));
                                     });
                                   }
                                 }));
  }
  return http::ToResponse(problem, request);
}

http::Response RefuseInput(const http::Request& request, const json::ObjectReader& body) {
  if (body.is_object()) return RefuseInput(request, body.errors());
  return http::ToResponse({.status = 400,
                           .code = "malformed",
                           .detail = "the body is not a JSON object",
                           .errors = body.errors()},
                          request);
}

http::Response RefuseInput(const http::Request& request, std::vector<http::FieldError> errors) {
  return http::ToResponse({.status = 422,
                           .code = "invalid_argument",
                           .detail = "some of what was sent is missing or wrong",
                           .errors = std::move(errors)},
                          request);
}

http::Response NotSignedIn(const http::Request& request) {
  return Refuse(request,
                {ErrorCode::kUnauthenticated, "sign in first: send `Authorization: Bearer …`"});
}

std::optional<std::string> ExpectedTag(const http::Request& request) {
  const std::optional<std::string_view> header = request.Header("If-Match");
  if (!header || *header == "*") return std::nullopt;
  const bool is_strong = header->size() > 2 && header->front() == '"' && header->back() == '"';
  return std::string(is_strong ? header->substr(1, header->size() - 2) : "");
}

std::optional<std::uint32_t> ExpectedVersion(const http::Request& request) {
  const std::optional<std::string> tag = ExpectedTag(request);
  if (!tag) return std::nullopt;
  std::uint32_t version = 0;
  const auto [end, error] = std::from_chars(tag->data(), tag->data() + tag->size(), version);
  return error == std::errc() && end == tag->data() + tag->size() ? version : 0;
}

std::string TimeIn(const Zone& zone, Instant instant) {
  return FormatRfc3339(instant, zone.OffsetAt(instant));
}

}  // namespace clinic::server
