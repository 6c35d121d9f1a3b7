#include "server/http/static_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace clinic::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMediaTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
}};

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Calls `visit` with each element of a header's list (RFC 9110 §5.6.1).
template <typename Visit>
void ForEachElement(std::string_view list, const Visit& visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    visit(Trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// Whether an element's weight is zero, which means "not this" (RFC 9110 §12.4.2).
bool IsRefused(std::string_view parameters) {
  const std::string_view weight = Trim(parameters);
  return weight.starts_with("q=0") &&
         weight.find_first_not_of("0.", weight.find('=') + 1) == std::string_view::npos;
}

bool AcceptsGzip(const Request& request) {
  std::optional<bool> gzip;
  bool others = false;
  ForEachElement(request.Header("Accept-Encoding").value_or(""), [&](std::string_view element) {
    const std::size_t semicolon = std::min(element.find(';'), element.size());
    const std::string_view coding = Trim(element.substr(0, semicolon));
    const std::string_view parameters = element.substr(std::min(semicolon + 1, element.size()));
    if (EqualsIgnoringCase(coding, "gzip")) gzip = !IsRefused(parameters);
    if (coding == "*") others = !IsRefused(parameters);
  });
  return gzip.value_or(others);
}

/// Whether the client has what `etag` names. Weak comparison: a proxy may have weakened it.
bool HasAlready(const Request& request, std::string_view etag) {
  bool found = false;
  ForEachElement(request.Header("If-None-Match").value_or(""), [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    found = found || element == etag || element == "*";
  });
  return found;
}

}  // namespace

std::string_view MediaTypeOf(std::string_view name) {
  const auto found = std::ranges::find_if(
      kMediaTypes, [name](const auto& type) { return name.ends_with(type.first); });
  return found == kMediaTypes.end() ? "text/plain; charset=utf-8" : found->second;
}

Response Serve(const StaticFile& file, const Request& request) {
  const bool compressed = AcceptsGzip(request);
  const std::string etag = '"' + std::string(file.digest) + (compressed ? "-gzip\"" : "\"");
  Response response{
      .headers = {{"ETag", etag}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}}};
  if (HasAlready(request, etag)) {
    response.status = 304;
    return response;
  }
  if (compressed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.content_type = MediaTypeOf(file.name);
  response.body = compressed ? file.gzip : file.bytes;
  return response;
}

}  // namespace clinic::http
