#include "server/json/utf8.hpp"

namespace clinic::json {
namespace {

constexpr unsigned Byte(char c) { return static_cast<unsigned char>(c); }

// The length that a first byte announces, 0 where no character starts with it.
constexpr std::size_t AnnouncedLength(unsigned first) {
  if (first < 0x80) return 1;
  if (0xC2 <= first && first <= 0xDF) return 2;
  if (0xE0 <= first && first <= 0xEF) return 3;
  if (0xF0 <= first && first <= 0xF4) return 4;
  return 0;
}

}  // namespace

std::optional<CodePoint> DecodeFirst(std::string_view text) {
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned first = Byte(text.front());
  const std::size_t length = AnnouncedLength(first);
  if (length == 0 || length > text.size()) return std::nullopt;
  if (length == 1) return CodePoint{first, 1};
  char32_t value = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = Byte(text[i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (next & 0x3F);
  }
  const bool is_surrogate = 0xD800 <= value && value <= 0xDFFF;
  if (value < kSmallest[length] || is_surrogate || value > 0x10FFFF) return std::nullopt;
  return CodePoint{value, length};
}

std::optional<std::size_t> CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::optional<CodePoint> point = DecodeFirst(text);
    if (!point) return std::nullopt;
    text.remove_prefix(point->length);
    ++count;
  }
  return count;
}

}  // namespace clinic::json
