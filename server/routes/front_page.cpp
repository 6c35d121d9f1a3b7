// What someone sees who opens the server in a browser: which routes there are, and who may call
// them.
#include "server/routes/api.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>clinic</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; letter-spacing: -0.02em; }
  h1 + p { margin-top: 0; opacity: 0.75; }
  a { color: LinkText; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid #8884; }
  code, pre { font: 0.9em/1.5 ui-monospace, monospace; }
  pre { padding: 1rem; background: #8881; border-radius: 0.4rem; overflow-x: auto; }
</style>
<h1>clinic</h1>
<p>A scheduling engine for clinics. This is its REST API.</p>
<p><a href="docs">Read about it and try it out</a>, or give your tools <a href="openapi.json">its description</a>
(OpenAPI 3.1).</p>
<p>Sign in, then send the token that you get with every request:</p>
<pre>POST /api/auth/login
Content-Type: application/json

{"email": "…", "password": "…"}

GET /api/slots?specialty=cardiology&amp;limit=3
Authorization: Bearer …</pre>
<table>
<thead><tr><th>Method</th><th>Path</th><th>Who may call it</th></tr></thead>
<tbody>
)";

std::string WhoMayCall(Access access) {
  if (access.anyone()) return "anyone";
  std::string names;
  bool all = true;
  for (const Role role : {Role::kPatient, Role::kDoctor, Role::kReceptionist, Role::kAdmin}) {
    if (!access.Admits(role)) {
      all = false;
      continue;
    }
    names += (names.empty() ? "" : ", ") + std::string(ToString(role));
  }
  return all ? "anyone who has signed in" : names;
}

// Patterns and roles are ours: nothing here comes from a request, and nothing needs escaping.
std::string Render(const Api& api) {
  std::string page(kHead);
  for (const Api::Route& route : api.routes()) {
    page += "<tr><td>" + std::string(http::ToString(route.method)) + "</td><td><code>" +
            route.pattern + "</code></td><td>" + WhoMayCall(route.access) + "</td></tr>\n";
  }
  return page + "</tbody>\n</table>\n</html>\n";
}

}  // namespace

void AddFrontPage(Api& api) {
  api.Add(http::Method::kGet, "/", Access::Anyone(), [&api](const Call&) {
    return http::Response{
        .headers = {{"Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}},
        .body = Render(api),
        .content_type = "text/html; charset=utf-8"};
  });
}

}  // namespace clinic::server
