// UTF-8 (RFC 3629): which bytes are a character, and how many characters there are.
//
// Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Pure, safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace clinic::json {

/// The first code point of a text and how many bytes it takes, 1 to 4.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
};

/// Reads the code point at the start of `text`; nothing where the bytes there are not UTF-8.
/// Requires a text that is not empty. O(1).
std::optional<CodePoint> DecodeFirst(std::string_view text);

/// How many code points `text` has; nothing where it is not UTF-8. O(n).
std::optional<std::size_t> CountCodePoints(std::string_view text);

}  // namespace clinic::json
