// Refresh tokens (RFC 6749 §1.5, §10.4; RFC 9700 §4.14): opaque, good once, and known again.
//
// A token is three random-looking things in a row: whose session it is of, what all tokens of that
// session share, and what is its own. The session keeps digests of the latter two of its newest
// token. So an older one is told from one that never was: it has the session's share, and not the
// newest one's own. It takes no list of old tokens, and no secret that servers would have to share.
//
// Immutable; safe to use from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clinic/id.hpp"

namespace clinic::auth {

/// What a refresh token is to a session.
enum class RefreshVerdict {
  kCurrent,     ///< its newest one
  kUsedBefore,  ///< of it, and replaced by a newer one; or made up by who had one of those
  kForeign,     ///< none of its
};

class RefreshToken {
 public:
  /// A new session's first one.
  static RefreshToken First(SessionId session);

  /// The one that takes this one's place.
  RefreshToken Next() const;

  /// Nothing where `text` is no token's.
  static std::optional<RefreshToken> Parse(std::string_view text);

  SessionId session() const { return session_; }

  /// 64 characters of base64url.
  std::string Text() const;

  /// What the session keeps: nobody can make a token from it.
  std::string Hash() const;

  /// Requires that `kept` is what a session of this one's id keeps.
  RefreshVerdict Judge(std::string_view kept) const;

 private:
  RefreshToken(SessionId session, std::string shared, std::string own)
      : session_(session), shared_(std::move(shared)), own_(std::move(own)) {}

  SessionId session_;
  std::string shared_;
  std::string own_;
};

}  // namespace clinic::auth
