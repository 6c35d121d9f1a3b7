// The keys that tokens are signed with, each bound to one algorithm.
//
// A token names its key (kid), and the key alone decides the algorithm: what the token's header
// says about it must agree, and is never followed (RFC 8725 §3.1). So "none", or an HMAC made with
// the text of a public key, verifies under no key.
//
// To rotate: put the new key first, and keep the old one behind it until the tokens that it signed
// have expired.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"

namespace clinic::auth {

/// How a token is signed (RFC 7518 §3.1).
enum class Algorithm { kHs256 };

/// The algorithm's name in a token's header ("HS256").
std::string_view ToString(Algorithm algorithm);

/// A key as it is configured.
struct KeyMaterial {
  std::string id;  ///< kid: 1 to 64 letters, digits, "-", "_" and "."
  Algorithm algorithm = Algorithm::kHs256;
  std::string secret;  ///< kHs256: at least 32 bytes (RFC 7518 §3.2), random ones
};

/// A key that is ready for use. Immutable; copies share it; safe from any thread.
class Key {
 public:
  /// Errors: kInvalidArgument where the id or the secret is not as KeyMaterial says.
  static Result<Key> Create(const KeyMaterial& material);

  const std::string& id() const { return id_; }
  Algorithm algorithm() const { return algorithm_; }

  /// The signature of `message`, as bytes.
  std::string Sign(std::string_view message) const;

  /// True where `signature` is that of `message`. Takes the same time wherever the two differ.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  struct Secret;

  Key(std::string id, Algorithm algorithm, std::shared_ptr<const Secret> secret);

  std::string id_;
  Algorithm algorithm_;
  std::shared_ptr<const Secret> secret_;
};

/// One or more keys with different ids. Immutable; safe from any thread.
class KeySet {
 public:
  /// Errors: kInvalidArgument where there is no key, one is not as KeyMaterial says, or two have
  /// the same id.
  static Result<KeySet> Create(const std::vector<KeyMaterial>& materials);

  /// The key that new tokens are signed with: the first.
  const Key& signing_key() const { return keys_.front(); }

  /// The key of that id, or null. O(number of keys).
  const Key* Find(std::string_view id) const;

 private:
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}

  std::vector<Key> keys_;
};

}  // namespace clinic::auth
