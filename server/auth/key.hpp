// A key that tokens are signed with, bound to one algorithm.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clinic/result.hpp"

namespace clinic::auth {

/// How a token is signed (RFC 7518 §3.1).
enum class Algorithm {
  kHs256,  ///< HMAC with SHA-256: who can verify can sign
  kEs256,  ///< ECDSA on P-256 with SHA-256
  kRs256,  ///< RSASSA-PKCS1-v1_5 with SHA-256
};

/// The algorithm's name in a token's header ("HS256"), and back.
std::string_view ToString(Algorithm algorithm);
std::optional<Algorithm> ParseAlgorithm(std::string_view name);

/// A key as it is configured.
struct KeyMaterial {
  std::string id;  ///< kid: 1 to 64 letters, digits, "-", "_" and "."
  Algorithm algorithm = Algorithm::kHs256;
  /// kHs256: at least 32 bytes (RFC 7518 §3.2), random ones. Else a private key in PEM, without a
  /// password: kEs256 on P-256, kRs256 of at least 2048 bits (RFC 7518 §3.3).
  std::string secret;

  friend bool operator==(const KeyMaterial&, const KeyMaterial&) = default;
};

class Signer;

/// A key that is ready for use. Immutable; copies share it; safe from any thread.
class Key {
 public:
  /// Errors: kInvalidArgument where the id or the secret is not as KeyMaterial says.
  static Result<Key> Create(const KeyMaterial& material);

  const std::string& id() const { return id_; }
  Algorithm algorithm() const { return algorithm_; }

  /// The signature of `message`, as bytes: in the form of RFC 7518, which for kEs256 is two numbers
  /// of 32 bytes.
  std::string Sign(std::string_view message) const;

  /// True where `signature` is that of `message`. Takes the same time wherever the two differ.
  bool Verify(std::string_view message, std::string_view signature) const;

  /// The public half as a JSON Web Key (RFC 7517); nothing for kHs256, which has none.
  std::optional<std::string> PublicJwk() const;

 private:
  Key(std::string id, Algorithm algorithm, std::shared_ptr<const Signer> signer)
      : id_(std::move(id)), algorithm_(algorithm), signer_(std::move(signer)) {}

  std::string id_;
  Algorithm algorithm_;
  std::shared_ptr<const Signer> signer_;
};

/// The algorithm of a private key in PEM. Errors: kInvalidArgument where it is none that is used
/// here, or not a whole one.
Result<Algorithm> AlgorithmOfPem(const std::string& pem);

/// A new secret for KeyMaterial. RSA keys have 3072 bits, and take a second.
Result<std::string> MakeSecret(Algorithm algorithm);

}  // namespace clinic::auth
