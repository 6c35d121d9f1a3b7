#include "server/auth/token.hpp"

#include <cassert>
#include <optional>
#include <utility>

#include "server/auth/base64url.hpp"
#include "server/auth/verified_tokens.hpp"
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"

namespace clinic::auth {
namespace {

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

TokenIssuer::TokenIssuer(const KeyRing& keys, TokenSettings settings, const Clock& clock,
                         IdGenerator& ids)
    : keys_(keys), settings_(std::move(settings)), clock_(clock), ids_(ids) {}

IssuedToken TokenIssuer::Issue(AccountId subject, SessionId session, std::string_view role) const {
  assert(!role.empty() && role.size() <= kMaxRoleLength);
  const std::shared_ptr<const KeySet> keys = keys_.current();
  const Instant now = clock_.Now();
  const Instant expires_at = now + settings_.lifetime;
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
  std::string text = keys->signing_header() + "." + EncodeBase64Url(claims);
  const std::string signature = keys->signing_key().Sign(text);
  text.append(".").append(EncodeBase64Url(signature));
  return {std::move(text), settings_.lifetime, expires_at};
}

TokenVerifier::TokenVerifier(const KeyRing& keys, TokenSettings settings, const Clock& clock)
    : keys_(keys),
      settings_(std::move(settings)),
      clock_(clock),
      verified_(std::make_unique<VerifiedTokens>()) {}

TokenVerifier::~TokenVerifier() = default;

std::variant<AccessClaims, TokenRefusal> TokenVerifier::Verify(std::string_view token) const {
  if (token.size() > kMaxTokenLength) return TokenRefusal{"longer than 4096 bytes"};
  const std::shared_ptr<const KeySet> keys = keys_.current();
  if (std::optional<AccessClaims> known = verified_->Find(token, *keys)) {
    return CheckTime(*std::move(known));
  }
  auto outcome = VerifyAnew(token, *keys);
  if (const auto* claims = std::get_if<AccessClaims>(&outcome)) {
    verified_->Keep(token, *claims, keys);
  }
  return outcome;
}

std::variant<AccessClaims, TokenRefusal> TokenVerifier::VerifyAnew(std::string_view token,
                                                                   const KeySet& keys) const {
  const std::optional<Parts> parts = Split(token);
  if (!parts) return TokenRefusal{"not three parts with dots between them"};
  const Key* const key = keys.FindByHeader(parts->header);
  if (key == nullptr) return TokenRefusal{"the header is none that is written here"};
  const std::optional<std::string> signature = DecodeBase64Url(parts->signature);
  if (!signature) return TokenRefusal{"the signature is not base64url"};
  // Before anything in the claims is looked at: until here they are a stranger's.
  if (!key->Verify(parts->signed_text, *signature)) {
    return TokenRefusal{"the signature is not that of the key"};
  }
  auto read = ReadClaims(parts->claims);
  if (auto* refusal = std::get_if<TokenRefusal>(&read)) return std::move(*refusal);
  auto& [claims, issuer, audience] = std::get<NamedClaims>(read);
  if (issuer != settings_.issuer) return TokenRefusal{"from another issuer"};
  if (audience != settings_.audience) return TokenRefusal{"for another audience"};
  return CheckTime(std::move(claims));
}

std::variant<AccessClaims, TokenRefusal> TokenVerifier::CheckTime(AccessClaims claims) const {
  const Instant now = clock_.Now();
  if (now + settings_.clock_skew_allowance < claims.not_before) {
    return TokenRefusal{"not valid yet"};
  }
  if (now >= claims.expires_at) return TokenRefusal{"expired"};
  return claims;
}

}  // namespace clinic::auth
