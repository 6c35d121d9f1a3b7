#include "server/auth/base64url.hpp"

#include <sodium.h>

namespace clinic::auth {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::optional<std::string> Decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const int status = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                       text.data(), text.size(), /*ignore=*/nullptr, &length,
                                       /*b64_end=*/nullptr, variant);
  if (status != 0) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

}  // namespace

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the NUL at its end
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) { return Decode(text, kVariant); }

std::optional<std::string> DecodeBase64(std::string_view text) {
  return Decode(text, sodium_base64_VARIANT_ORIGINAL);
}

}  // namespace clinic::auth
