// Which of many keys begin with the same bits: the innermost step of finding an entry in a day of a
// Timeline. With SSE2, which every x86-64 has, 32 keys are compared without a branch; elsewhere a
// plain loop that compilers unroll.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clinic::internal {

inline constexpr int kKeyBlock = 32;

/// Bit i is set where keys[i] and `key` have the bits of `mask` in common. Reads 32 keys.
inline std::uint32_t KeysLike(const std::uint32_t* keys, std::uint32_t key, std::uint32_t mask) {
#if defined(__SSE2__)
  const __m128i masks = _mm_set1_epi32(static_cast<int>(mask));
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(key & mask));
  const auto four = [&](int i) {
    const auto* const place = reinterpret_cast<const __m128i*>(keys + i);
    return _mm_cmpeq_epi32(_mm_and_si128(_mm_loadu_si128(place), masks), wanted);
  };
  const auto sixteen = [&](int i) {
    const __m128i bytes = _mm_packs_epi16(_mm_packs_epi32(four(i), four(i + 4)),
                                          _mm_packs_epi32(four(i + 8), four(i + 12)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
  };
  return sixteen(0) | sixteen(16) << 16;
#else
  std::uint32_t like = 0;
  for (int i = 0; i < kKeyBlock; ++i) like |= ((keys[i] ^ key) & mask) == 0 ? 1U << i : 0U;
  return like;
#endif
}

}  // namespace clinic::internal
