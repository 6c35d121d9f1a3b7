// The best-known passwords: what is tried first by whoever guesses.
#pragma once

#include <span>
#include <string_view>

namespace clinic::auth {

/// Common passwords of at least kMinPasswordLength characters, in lower case, sorted by byte.
std::span<const std::string_view> CommonPasswords();

}  // namespace clinic::auth
