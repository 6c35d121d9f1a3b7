#include "server/auth/refresh_token.hpp"

#include <sodium.h>

#include "server/auth/base64url.hpp"
#include "server/auth/random.hpp"

namespace clinic::auth {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kSecretBytes = 16;
constexpr std::size_t kDigestDigits = 64;

std::string RandomSecret() {
  std::string secret(kSecretBytes, '\0');
  RandomBytes({reinterpret_cast<unsigned char*>(secret.data()), secret.size()});
  return secret;
}

std::string BytesOf(const Uuid& id) {
  std::string bytes;
  for (const std::uint64_t half : {id.high, id.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(half >> shift & 0xFF));
    }
  }
  return bytes;
}

Uuid UuidOf(std::string_view bytes) {
  Uuid id;
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    std::uint64_t& half = i < kIdBytes / 2 ? id.high : id.low;
    half = half << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return id;
}

bool AreEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

RefreshToken RefreshToken::First(SessionId session) {
  return {session, RandomSecret(), RandomSecret()};
}

RefreshToken RefreshToken::Next() const { return {session_, shared_, RandomSecret()}; }

std::optional<RefreshToken> RefreshToken::Parse(std::string_view text) {
  const std::optional<std::string> bytes = DecodeBase64Url(text);
  if (!bytes || bytes->size() != kIdBytes + 2 * kSecretBytes) return std::nullopt;
  return RefreshToken(SessionId(UuidOf(*bytes)), bytes->substr(kIdBytes, kSecretBytes),
                      bytes->substr(kIdBytes + kSecretBytes));
}

std::string RefreshToken::Text() const {
  return EncodeBase64Url(BytesOf(session_.uuid()) + shared_ + own_);
}

std::string RefreshToken::Hash() const { return Sha256Hex(shared_) + Sha256Hex(own_); }

RefreshVerdict RefreshToken::Judge(std::string_view kept) const {
  if (kept.size() != 2 * kDigestDigits) return RefreshVerdict::kForeign;
  if (!AreEqual(kept.substr(0, kDigestDigits), Sha256Hex(shared_))) return RefreshVerdict::kForeign;
  return AreEqual(kept.substr(kDigestDigits), Sha256Hex(own_)) ? RefreshVerdict::kCurrent
                                                               : RefreshVerdict::kUsedBefore;
}

}  // namespace clinic::auth
