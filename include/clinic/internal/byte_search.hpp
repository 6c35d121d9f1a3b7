// Which of 64 bytes, a line of the cache, are large enough: the innermost step of finding a day
// with a gap. With SSE2, which every x86-64 has, all are compared without a branch: where the byte
// stands is not to be guessed. Elsewhere a plain loop.
#pragma once

#include <atomic>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clinic::internal {

/// Bit i is set where the byte i (bits 8 (i % 8) to 8 (i % 8) + 7 of words[i / 8]) is `bound` or
/// more. Reads eight words, each of which others may write meanwhile.
inline std::uint64_t BytesAtLeast(std::uint64_t* words, std::uint8_t bound) {
  const auto load = [words](int w) {
    return std::atomic_ref(words[w]).load(std::memory_order_relaxed);
  };
  std::uint64_t found = 0;
#if defined(__SSE2__)
  const __m128i bounds = _mm_set1_epi8(static_cast<char>(bound));
  for (int w = 0; w < 8; w += 2) {
    const __m128i bytes =
        _mm_set_epi64x(static_cast<std::int64_t>(load(w + 1)), static_cast<std::int64_t>(load(w)));
    const __m128i reach = _mm_cmpeq_epi8(_mm_max_epu8(bytes, bounds), bytes);
    found |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(reach))} << 8 * w;
  }
#else
  for (int i = 0; i < 64; ++i) {
    const bool reaches = static_cast<std::uint8_t>(load(i / 8) >> 8 * (i % 8)) >= bound;
    found |= std::uint64_t{reaches} << i;
  }
#endif
  return found;
}

}  // namespace clinic::internal
