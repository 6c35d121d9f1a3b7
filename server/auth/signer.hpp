// What each algorithm does with its secret.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clinic/result.hpp"
#include "server/auth/key.hpp"

namespace clinic::auth {

/// Immutable; safe from any thread. As Key.
class Signer {
 public:
  virtual ~Signer() = default;

  virtual std::string Sign(std::string_view message) const = 0;
  virtual bool Verify(std::string_view message, std::string_view signature) const = 0;
  virtual std::optional<std::string> PublicJwk(std::string_view id) const = 0;
};

/// Errors: kInvalidArgument for fewer than 32 bytes; kUnavailable where OpenSSL lacks it.
Result<std::shared_ptr<const Signer>> MakeHmacSigner(std::string_view secret);

/// Error: kInvalidArgument where `pem` is not a private key for that algorithm.
Result<std::shared_ptr<const Signer>> MakeKeyPairSigner(Algorithm algorithm,
                                                        const std::string& pem);

/// A new private key in PEM (PKCS #8), for kEs256 or kRs256.
Result<std::string> MakeKeyPair(Algorithm algorithm);

}  // namespace clinic::auth
