#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>

#include "server/auth/signer.hpp"

namespace clinic::auth {
namespace {

constexpr std::size_t kMinSecretBytes = 32;
constexpr std::size_t kSignatureBytes = 32;

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// HMAC-SHA256 with the key already in it, copied for each use: looking the algorithm up and taking
// the key in costs more than the signature. OpenSSL wipes the key when it frees the context.
class HmacSigner final : public Signer {
 public:
  explicit HmacSigner(MacContext mac) : mac_(std::move(mac)) {}

  std::string Sign(std::string_view message) const override {
    const MacContext mac(EVP_MAC_CTX_dup(mac_.get()), &EVP_MAC_CTX_free);
    std::string signature(kSignatureBytes, '\0');
    std::size_t length = 0;
    auto* const bytes = reinterpret_cast<unsigned char*>(signature.data());
    const bool is_signed = mac && EVP_MAC_update(mac.get(), Bytes(message), message.size()) == 1 &&
                           EVP_MAC_final(mac.get(), bytes, &length, signature.size()) == 1 &&
                           length == kSignatureBytes;
    // Only memory can be short here; without it the process ends, as it would in operator new.
    if (!is_signed) std::abort();
    return signature;
  }

  bool Verify(std::string_view message, std::string_view signature) const override {
    if (signature.size() != kSignatureBytes) return false;
    const std::string expected = Sign(message);
    return CRYPTO_memcmp(expected.data(), signature.data(), kSignatureBytes) == 0;
  }

  std::optional<std::string> PublicJwk(std::string_view) const override { return std::nullopt; }

 private:
  MacContext mac_;
};

}  // namespace

Result<std::shared_ptr<const Signer>> MakeHmacSigner(std::string_view secret) {
  if (secret.size() < kMinSecretBytes) {
    return Error{ErrorCode::kInvalidArgument, "its secret has fewer than 32 bytes"};
  }
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  MacContext mac(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr, &EVP_MAC_CTX_free);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (!mac || EVP_MAC_init(mac.get(), Bytes(secret), secret.size(), parameters) != 1) {
    return Error{ErrorCode::kUnavailable, "OpenSSL has no HMAC with SHA-256"};
  }
  return std::shared_ptr<const Signer>(std::make_shared<HmacSigner>(std::move(mac)));
}

}  // namespace clinic::auth
