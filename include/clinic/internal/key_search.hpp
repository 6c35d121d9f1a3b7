// Which of many keys begin with the same bits: the innermost step of finding an entry in a day of a
// Timeline. With SSE2, which every x86-64 has, four or 32 keys are compared without a branch:
// whatever depends on keys that the memory has not sent yet must not be guessed. Elsewhere plain
// loops that compilers unroll.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clinic::internal {

/// Bit i is set where keys[i] and `key` have the bits of `mask` in common. Reads four keys.
inline std::uint32_t KeysLikeOfFour(const std::uint32_t* keys, std::uint32_t key,
                                    std::uint32_t mask) {
#if defined(__SSE2__)
  const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(keys));
  const __m128i bits = _mm_and_si128(four, _mm_set1_epi32(static_cast<int>(mask)));
  const __m128i like = _mm_cmpeq_epi32(bits, _mm_set1_epi32(static_cast<int>(key & mask)));
  return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(like)));
#else
  std::uint32_t like = 0;
  for (int i = 0; i < 4; ++i) like |= ((keys[i] ^ key) & mask) == 0 ? 1U << i : 0U;
  return like;
#endif
}

/// The same of 32 keys.
inline std::uint32_t KeysLikeOf32(const std::uint32_t* keys, std::uint32_t key,
                                  std::uint32_t mask) {
  std::uint32_t like = 0;
  for (int i = 0; i < 32; i += 4) like |= KeysLikeOfFour(keys + i, key, mask) << i;
  return like;
}

}  // namespace clinic::internal
