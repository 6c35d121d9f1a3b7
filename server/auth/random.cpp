#include "server/auth/random.hpp"

#include <sodium.h>

#include "server/auth/base64url.hpp"
#include "server/auth/sodium.hpp"

namespace clinic::auth {

void RandomBytes(std::span<unsigned char> bytes) {
  EnsureSodium();
  randombytes_buf(bytes.data(), bytes.size());
}

std::string RandomToken() {
  unsigned char bytes[32];
  RandomBytes(bytes);
  std::string token =
      EncodeBase64Url(std::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
  sodium_memzero(bytes, sizeof bytes);
  return token;
}

std::string Sha256Hex(std::string_view text) {
  EnsureSodium();
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  char hex[2 * sizeof digest + 1];
  sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
  return hex;
}

}  // namespace clinic::auth
