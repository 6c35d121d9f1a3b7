// The public keys that tokens are signed with (RFC 7517 §5), for those who verify them elsewhere.
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {

void AddJwks(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kGet, "/.well-known/jwks.json", Access::Anyone(), [&services](const Call&) {
    http::Response response = Answer(200, services.keys.current()->ToJwks());
    response.content_type = "application/jwk-set+json";
    // Shorter than it takes a new key to sign, so that nobody meets one that they do not know.
    response.headers.emplace_back("Cache-Control", "public, max-age=30");
    return response;
  });
}

}  // namespace clinic::server
