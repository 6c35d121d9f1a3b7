// The API's description (OpenAPI 3.1), and the pages that show it to people.
#include <algorithm>
#include <span>

#include "server/http/static_file.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {

/// The description, and what /docs consists of: with Swagger UI where there was one to build with.
std::span<const http::StaticFile> DocumentationFiles();

namespace {

// The page's scripts and styles are files of ours; Swagger UI's style sheet has pictures in it.
constexpr std::string_view kOwnFilesOnly =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

http::Response Serve(const Call& call, std::string_view name) {
  const std::span<const http::StaticFile> files = DocumentationFiles();
  const auto file = std::ranges::find(files, name, &http::StaticFile::name);
  if (file == files.end()) {
    return Refuse(call.request, {ErrorCode::kNotFound, "there is no such file"});
  }
  http::Response response = http::Serve(*file, call.request);
  response.headers.emplace_back("Content-Security-Policy", kOwnFilesOnly);
  return response;
}

}  // namespace

void AddDocuments(Api& api) {
  api.Add(http::Method::kGet, "/openapi.json", Access::Anyone(),
          [](const Call& call) { return Serve(call, "openapi.json"); });
  api.Add(http::Method::kGet, "/docs", Access::Anyone(),
          [](const Call& call) { return Serve(call, "index.html"); });
  api.Add(http::Method::kGet, "/docs/{file}", Access::Anyone(),
          [](const Call& call) { return Serve(call, call.path.Get("file")); });
}

}  // namespace clinic::server
