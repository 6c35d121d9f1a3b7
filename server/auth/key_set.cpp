#include "server/auth/key_set.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace clinic::auth {
namespace {

constexpr std::size_t kMinSecretBytes = 32;
constexpr std::size_t kMaxIdLength = 64;
constexpr std::size_t kSignatureBytes = 32;

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

Error Refusal(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

bool IsKeyId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdLength && std::all_of(id.begin(), id.end(), [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

std::string_view ToString(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs256:
      return "HS256";
  }
  return "";
}

// HMAC-SHA256 with the key already in it, copied for each use: looking the algorithm up and taking
// the key in costs more than the signature. OpenSSL wipes the key when it frees the context.
struct Key::Secret {
  MacContext mac{nullptr, &EVP_MAC_CTX_free};
};

Key::Key(std::string id, Algorithm algorithm, std::shared_ptr<const Secret> secret)
    : id_(std::move(id)), algorithm_(algorithm), secret_(std::move(secret)) {}

Result<Key> Key::Create(const KeyMaterial& material) {
  if (!IsKeyId(material.id)) {
    return Refusal("a key's id has 1 to 64 letters, digits, \"-\", \"_\" and \".\"");
  }
  if (material.secret.size() < kMinSecretBytes) {
    return Refusal("the secret of key \"" + material.id + "\" has fewer than 32 bytes");
  }
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  MacContext mac(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr, &EVP_MAC_CTX_free);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (!mac ||
      EVP_MAC_init(mac.get(), reinterpret_cast<const unsigned char*>(material.secret.data()),
                   material.secret.size(), parameters) != 1) {
    return Error{ErrorCode::kUnavailable, "OpenSSL has no HMAC with SHA-256"};
  }
  return Key(material.id, material.algorithm,
             std::make_shared<const Secret>(Secret{std::move(mac)}));
}

std::string Key::Sign(std::string_view message) const {
  const MacContext mac(EVP_MAC_CTX_dup(secret_->mac.get()), &EVP_MAC_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = 0;
  auto* const bytes = reinterpret_cast<unsigned char*>(signature.data());
  const bool is_signed =
      mac &&
      EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) == 1 &&
      EVP_MAC_final(mac.get(), bytes, &length, signature.size()) == 1 && length == kSignatureBytes;
  // Only memory can be short here; without it the process ends, as it would in operator new.
  if (!is_signed) std::abort();
  return signature;
}

bool Key::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const std::string expected = Sign(message);
  return CRYPTO_memcmp(expected.data(), signature.data(), kSignatureBytes) == 0;
}

Result<KeySet> KeySet::Create(const std::vector<KeyMaterial>& materials) {
  if (materials.empty()) return Refusal("there is no key to sign tokens with");
  std::vector<Key> keys;
  for (const KeyMaterial& material : materials) {
    const bool is_known = std::any_of(keys.begin(), keys.end(),
                                      [&](const Key& key) { return key.id() == material.id; });
    if (is_known) return Refusal("there are two keys with the id \"" + material.id + "\"");
    Result<Key> key = Key::Create(material);
    if (!key) return std::move(key).error();
    keys.push_back(std::move(key).value());
  }
  return KeySet(std::move(keys));
}

const Key* KeySet::Find(std::string_view id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id() == id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace clinic::auth
