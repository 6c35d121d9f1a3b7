// The keys that tokens are signed with.
//
// A token names its key (kid), and the key alone decides the algorithm: what the token's header
// says about it must agree, and is never followed (RFC 8725 §3.1). So "none", or an HMAC made with
// the text of a public key, verifies under no key.
//
// To rotate: add the new key behind the first, so that all who verify know it; put it first; and
// keep the old one until the tokens that it signed have expired. A folder of keys
// (auth/key_folder.hpp) does so by itself.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/auth/key.hpp"

namespace clinic::auth {

/// One or more keys with different ids. Immutable; safe from any thread.
class KeySet {
 public:
  /// Errors: kInvalidArgument where there is no key, one is not as KeyMaterial says, or two have
  /// the same id.
  static Result<KeySet> Create(const std::vector<KeyMaterial>& materials);

  /// The key that new tokens are signed with: the first.
  const Key& signing_key() const { return keys_.front().key; }

  /// The key that a token with this encoded header was signed with, or null where it is none that
  /// the issuer writes: it is compared as a whole, and nothing in it is ever followed. O(number of
  /// keys).
  const Key* FindByHeader(std::string_view encoded_header) const;

  /// What the tokens of the signing key begin with, encoded.
  const std::string& signing_header() const { return keys_.front().header; }

  /// The public keys as a JWK Set (RFC 7517 §5). Those of HS256 are secret, and not in it.
  std::string ToJwks() const;

 private:
  struct Entry {
    Key key;
    std::string header;
  };

  explicit KeySet(std::vector<Entry> keys) : keys_(std::move(keys)) {}

  std::vector<Entry> keys_;
};

/// The keys that count now. Safe from any thread.
class KeyRing {
 public:
  explicit KeyRing(KeySet keys) : keys_(std::make_shared<const KeySet>(std::move(keys))) {}

  /// Never null. Another pointer as soon as other keys count.
  std::shared_ptr<const KeySet> current() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

  void Replace(KeySet keys) {
    auto replaced = std::make_shared<const KeySet>(std::move(keys));
    const std::lock_guard lock(mutex_);
    keys_.swap(replaced);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
};

}  // namespace clinic::auth
