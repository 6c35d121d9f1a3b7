// Access tokens: JSON Web Tokens (RFC 7519) in the profile of RFC 9068, hardened as RFC 8725 says.
//
// A token says who is asking, in which sign-in, as what, and until when. It is verified without
// looking anything up; that its session has not ended is for the caller to check.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "clinic/clock.hpp"
#include "clinic/id.hpp"
#include "clinic/id_generator.hpp"
#include "server/auth/key_set.hpp"

namespace clinic::auth {

/// A longer token is refused before anything in it is decoded.
inline constexpr std::size_t kMaxTokenLength = 4096;

/// Between whom tokens pass.
struct TokenSettings {
  std::string issuer;                ///< iss: who signs
  std::string audience;              ///< aud: whom the token is for
  Duration lifetime{900};            ///< from issue to expiry
  Duration clock_skew_allowance{5};  ///< by how much the issuing node's clock may be ahead of ours
};

/// What a token says.
struct AccessClaims {
  AccountId subject;   ///< sub
  SessionId session;   ///< sid
  std::string role;    ///< role: "patient", "doctor", …; 1 to 32 bytes
  Uuid id;             ///< jti
  Instant issued_at;   ///< iat
  Instant not_before;  ///< nbf
  Instant expires_at;  ///< exp, exclusive

  friend bool operator==(const AccessClaims&, const AccessClaims&) = default;
};

/// A token, and the claims in it that its holder is told.
struct IssuedToken {
  std::string text;
  Duration expires_in;
  Instant expires_at;
};

/// Signs tokens. Safe to call from any thread.
class TokenIssuer {
 public:
  /// Requires that `keys`, `clock` and `ids` outlive the issuer.
  TokenIssuer(const KeyRing& keys, TokenSettings settings, const Clock& clock, IdGenerator& ids);

  /// A token that is valid from now for the settings' lifetime. Requires a role of 1 to 32 bytes.
  IssuedToken Issue(AccountId subject, SessionId session, std::string_view role) const;

 private:
  const KeyRing& keys_;
  TokenSettings settings_;
  const Clock& clock_;
  IdGenerator& ids_;
};

/// Why a token is not accepted. For the log only: whoever sent it learns that it is not valid, and
/// nothing else.
struct TokenRefusal {
  std::string reason;
};

class VerifiedTokens;

/// Verifies tokens. Safe to call from any thread; O(length of the token), which is bounded. A token
/// that was good a moment ago is known again by its whole text; only the time is checked then.
class TokenVerifier {
 public:
  /// Requires that `keys` and `clock` outlive the verifier.
  TokenVerifier(const KeyRing& keys, TokenSettings settings, const Clock& clock);
  ~TokenVerifier();

  /// The claims of a token that was signed by one of the keys, with that key's algorithm, by this
  /// issuer, for this audience, and is valid now (not_before - clock_skew_allowance <= now <
  /// expires_at). Anything else is refused: a header that is not byte for byte what the issuer
  /// writes with one of the keys, a claim that is missing or of the wrong type, base64url that is
  /// padded or not canonical.
  std::variant<AccessClaims, TokenRefusal> Verify(std::string_view token) const;

 private:
  std::variant<AccessClaims, TokenRefusal> VerifyAnew(std::string_view token,
                                                      const KeySet& keys) const;
  std::variant<AccessClaims, TokenRefusal> CheckTime(AccessClaims claims) const;

  const KeyRing& keys_;
  TokenSettings settings_;
  const Clock& clock_;
  std::unique_ptr<VerifiedTokens> verified_;
};

}  // namespace clinic::auth
