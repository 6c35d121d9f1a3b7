#include "server/auth/token.hpp"

#include <cassert>
#include <optional>
#include <utility>

#include "server/auth/base64url.hpp"
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"

namespace clinic::auth {
namespace {

constexpr std::string_view kType = "at+jwt";  // RFC 9068 §2.1
constexpr std::size_t kMaxRoleLength = 32;

// The three parts of a token (RFC 7515 §7.1), still encoded.
struct Parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  std::string_view signed_text;  // header and claims with the dot between them
};

std::optional<Parts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

std::int64_t NumericDate(Instant instant) { return instant.time_since_epoch().count(); }

// A NumericDate (RFC 7519 §2) of whole seconds, inside the time that the engine knows.
Instant ReadInstant(json::ObjectReader& claims, std::string_view name) {
  return Instant(Duration(claims.RequiredInteger(
      name, {.min = NumericDate(kEarliest), .max = NumericDate(kLatest) - 1})));
}

TokenRefusal Refusal(std::string_view part, const json::ObjectReader& reader) {
  const json::FieldError& error = reader.errors().front();
  return {std::string(part) + error.pointer + ": " + error.detail};
}

// The key that the header names, if the header is exactly what the issuer writes for that key.
std::variant<const Key*, TokenRefusal> FindKey(const KeySet& keys, std::string_view encoded) {
  const std::optional<std::string> text = DecodeBase64Url(encoded);
  if (!text) return TokenRefusal{"the header is not base64url"};
  json::ObjectReader header = json::ObjectReader::Parse(*text);
  const std::string algorithm = header.RequiredString("alg");
  const std::string type = header.RequiredString("typ");
  const std::string id = header.RequiredString("kid");
  header.RefuseUnknown();  // "crit", "jwk", "jku", "x5c", …: RFC 8725 §3.10
  if (!header.ok()) return Refusal("header", header);
  if (type != kType) return TokenRefusal{"the type is not at+jwt"};
  const Key* const key = keys.Find(id);
  if (key == nullptr) return TokenRefusal{"no key has this id"};
  if (algorithm != ToString(key->algorithm())) {
    return TokenRefusal{"the algorithm is not that of the key"};
  }
  return key;
}

struct NamedClaims {
  AccessClaims claims;
  std::string issuer;
  std::string audience;
};

std::variant<NamedClaims, TokenRefusal> ReadClaims(std::string_view encoded) {
  const std::optional<std::string> text = DecodeBase64Url(encoded);
  if (!text) return TokenRefusal{"the claims are not base64url"};
  json::ObjectReader body = json::ObjectReader::Parse(*text);
  NamedClaims named;
  named.issuer = body.RequiredString("iss");
  named.audience = body.RequiredString("aud");
  named.claims.subject = body.RequiredId<AccountId>("sub");
  named.claims.session = body.RequiredId<SessionId>("sid");
  named.claims.role = body.RequiredString("role", {.min_length = 1, .max_length = kMaxRoleLength});
  named.claims.id = body.RequiredUuid("jti");
  named.claims.issued_at = ReadInstant(body, "iat");
  named.claims.not_before = ReadInstant(body, "nbf");
  named.claims.expires_at = ReadInstant(body, "exp");
  if (!body.ok()) return Refusal("claims", body);
  return named;
}

}  // namespace

TokenIssuer::TokenIssuer(KeySet keys, TokenSettings settings, const Clock& clock, IdGenerator& ids)
    : keys_(std::move(keys)), settings_(std::move(settings)), clock_(clock), ids_(ids) {}

IssuedToken TokenIssuer::Issue(AccountId subject, SessionId session, std::string_view role) const {
  assert(!role.empty() && role.size() <= kMaxRoleLength);
  const Key& key = keys_.signing_key();
  const Instant now = clock_.Now();
  const Instant expires_at = now + settings_.lifetime;
  const std::string header = json::WriteObject([&](json::ObjectWriter& out) {
    out.Field("alg", ToString(key.algorithm()));
    out.Field("typ", kType);
    out.Field("kid", key.id());
  });
  const std::string claims = json::WriteObject([&](json::ObjectWriter& out) {
    out.Field("iss", settings_.issuer);
    out.Field("aud", settings_.audience);
    out.Field("sub", subject);
    out.Field("sid", session);
    out.Field("role", role);
    out.Field("jti", ids_.NewUuid());
    out.Field("iat", NumericDate(now));
    out.Field("nbf", NumericDate(now));
    out.Field("exp", NumericDate(expires_at));
  });
  std::string text = EncodeBase64Url(header) + "." + EncodeBase64Url(claims);
  const std::string signature = key.Sign(text);
  text.append(".").append(EncodeBase64Url(signature));
  return {std::move(text), settings_.lifetime, expires_at};
}

TokenVerifier::TokenVerifier(KeySet keys, TokenSettings settings, const Clock& clock)
    : keys_(std::move(keys)), settings_(std::move(settings)), clock_(clock) {}

std::variant<AccessClaims, TokenRefusal> TokenVerifier::Verify(std::string_view token) const {
  if (token.size() > kMaxTokenLength) return TokenRefusal{"longer than 4096 bytes"};
  const std::optional<Parts> parts = Split(token);
  if (!parts) return TokenRefusal{"not three parts with dots between them"};
  const auto key = FindKey(keys_, parts->header);
  if (const auto* refusal = std::get_if<TokenRefusal>(&key)) return *refusal;
  const std::optional<std::string> signature = DecodeBase64Url(parts->signature);
  if (!signature) return TokenRefusal{"the signature is not base64url"};
  // Before anything in the claims is looked at: until here they are a stranger's.
  if (!std::get<const Key*>(key)->Verify(parts->signed_text, *signature)) {
    return TokenRefusal{"the signature is not that of the key"};
  }
  auto read = ReadClaims(parts->claims);
  if (auto* refusal = std::get_if<TokenRefusal>(&read)) return std::move(*refusal);
  auto& [claims, issuer, audience] = std::get<NamedClaims>(read);
  if (issuer != settings_.issuer) return TokenRefusal{"from another issuer"};
  if (audience != settings_.audience) return TokenRefusal{"for another audience"};
  const Instant now = clock_.Now();
  if (now + settings_.clock_skew_allowance < claims.not_before) {
    return TokenRefusal{"not valid yet"};
  }
  if (now >= claims.expires_at) return TokenRefusal{"expired"};
  return std::move(claims);
}

}  // namespace clinic::auth
