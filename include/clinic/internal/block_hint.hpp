// Where a day's block of entries is, as far as four bytes can say: so that a processor can be asked
// for the block before the day's line, where the address stands, has come from memory. A hint that
// is wrong costs time and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace clinic::internal {

/// How far a block lies from its day's array, in steps of 16 bytes.
using BlockHint = std::uint32_t;

inline BlockHint HintOf(const void* days, const std::byte* block) {
  const auto distance =
      reinterpret_cast<std::uintptr_t>(block) - reinterpret_cast<std::uintptr_t>(days);
  return static_cast<BlockHint>(distance >> 4);
}

/// Asks for the lines that most blocks have.
inline void PrefetchBlock(const void* days, BlockHint hint) {
  const std::intptr_t distance = std::intptr_t{static_cast<std::int32_t>(hint)} * 16;
  const auto block = reinterpret_cast<std::uintptr_t>(days) + static_cast<std::uintptr_t>(distance);
  for (const std::uintptr_t line : {0, 64, 128}) {
    __builtin_prefetch(reinterpret_cast<const void*>(block + line));
  }
}

}  // namespace clinic::internal
