// Base64url without padding (RFC 4648 §5, RFC 7515 §2), and plain Base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clinic::auth {

std::string EncodeBase64Url(std::string_view bytes);

/// The bytes; nothing where `text` is not exactly what EncodeBase64Url writes for any: no padding,
/// no white space, no "+" or "/", and no stray bits in the last character.
std::optional<std::string> DecodeBase64Url(std::string_view text);

/// The bytes of Base64 with its padding (RFC 4648 §4), as HTTP's Basic scheme has it; as strict.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace clinic::auth
