// Secrets that nobody can guess, and the digests under which they are stored (libsodium).
//
// All functions are safe to call from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace clinic::auth {

/// Fills `bytes` from the operating system's random source.
void RandomBytes(std::span<unsigned char> bytes);

/// A secret of 256 random bits, as 43 characters of base64url: a refresh token, the name of a
/// calendar feed.
std::string RandomToken();

/// SHA-256 (FIPS 180-4) of `text`, as 64 lower-case hexadecimal digits. What a random token is
/// stored as, so that whoever reads the store cannot use it. Not for passwords: they are guessable.
std::string Sha256Hex(std::string_view text);

}  // namespace clinic::auth
