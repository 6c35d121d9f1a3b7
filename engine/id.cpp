#include "clinic/id.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

namespace clinic {
namespace {

constexpr std::size_t kTextLength = 36;

constexpr bool IsHyphenAt(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int HexDigit(char c) {
  if ('0' <= c && c <= '9') return c - '0';
  if ('a' <= c && c <= 'f') return c - 'a' + 10;
  if ('A' <= c && c <= 'F') return c - 'A' + 10;
  return -1;
}

boost::uuids::uuid ToBoost(const Uuid& uuid) {
  boost::uuids::uuid bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes.data[i] = static_cast<std::uint8_t>(uuid.high >> (56 - 8 * i));
    bytes.data[8 + i] = static_cast<std::uint8_t>(uuid.low >> (56 - 8 * i));
  }
  return bytes;
}

Uuid FromBoost(const boost::uuids::uuid& bytes) {
  Uuid uuid;
  for (unsigned i = 0; i < 8; ++i) {
    uuid.high = uuid.high << 8 | bytes.data[i];
    uuid.low = uuid.low << 8 | bytes.data[8 + i];
  }
  return uuid;
}

}  // namespace

std::string ToString(const Uuid& uuid) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kTextLength, '-');
  unsigned nibble = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsHyphenAt(i)) continue;
    const std::uint64_t half = nibble < 16 ? uuid.high : uuid.low;
    text[i] = kDigits[half >> (60 - 4 * (nibble % 16)) & 0xF];
    ++nibble;
  }
  return text;
}

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid uuid;
  unsigned nibble = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsHyphenAt(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = HexDigit(text[i]);
    if (digit < 0) return std::nullopt;
    std::uint64_t& half = nibble < 16 ? uuid.high : uuid.low;
    half = half << 4 | static_cast<std::uint64_t>(digit);
    ++nibble;
  }
  return uuid;
}

Uuid NameBasedUuid(const Uuid& name_space, std::string_view name) {
  boost::uuids::name_generator_sha1 generator(ToBoost(name_space));
  return FromBoost(generator(name.data(), name.size()));
}

}  // namespace clinic
