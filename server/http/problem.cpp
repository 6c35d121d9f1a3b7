#include "server/http/problem.hpp"

#include <algorithm>
#include <array>

#include "server/json/writer.hpp"

namespace clinic::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 38> kPhrases = {{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

}  // namespace

std::string_view StatusPhrase(int status) {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                  [status](const auto& phrase) { return phrase.first == status; });
  return found == kPhrases.end() ? "Unknown" : found->second;
}

Response ToResponse(const Problem& problem, std::string_view instance,
                    std::string_view request_id) {
  std::string body = json::WriteObject([&](json::ObjectWriter& out) {
    out.Field("type", "urn:problem-type:clinic:" + problem.code);
    out.Field("title", problem.title.empty() ? StatusPhrase(problem.status) : problem.title);
    out.Field("status", problem.status);
    if (!problem.detail.empty()) out.Field("detail", problem.detail);
    out.Field("instance", instance.empty() ? "urn:request:clinic:" + std::string(request_id)
                                           : std::string(instance));
    out.Field("code", problem.code);
    out.Field("request_id", request_id);
    if (!problem.errors.empty()) {
      out.Array("errors", [&](json::ArrayWriter& errors) {
        for (const FieldError& error : problem.errors) {
          errors.Object([&](json::ObjectWriter& item) {
            item.Field("pointer", error.pointer);
            item.Field("detail", error.detail);
          });
        }
      });
    }
    for (const auto& [name, text] : problem.members) out.Raw(name, text);
  });
  return {problem.status, problem.headers, std::move(body), "application/problem+json",
          problem.code};
}

Response ToResponse(const Problem& problem, const Request& request) {
  return ToResponse(problem, request.path, request.id);
}

}  // namespace clinic::http
