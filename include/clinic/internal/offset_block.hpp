// Questions to sixteen neighbouring 31-bit offsets at once: the innermost step of a GapTree's
// searches. With SSE2, which every x86-64 has, it is a dozen instructions and no branch; elsewhere
// plain loops that compilers unroll.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clinic::internal {

/// Seconds from some base, in [0, kFar); kFar itself stands for everything further away.
using Offset = std::int32_t;
inline constexpr Offset kFar = INT32_MAX;
inline constexpr int kBlock = 16;

#if defined(__SSE2__)

inline __m128i LoadFour(const Offset* offsets) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(offsets));
}

// The signs of four lanes of each, as bits 0 to 15.
inline std::uint32_t SignsOf(__m128i a, __m128i b, __m128i c, __m128i d) {
  const __m128i bytes = _mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

/// How many of the sixteen ascending offsets are below `key`.
inline int CountBelow(const Offset* block, Offset key) {
  const __m128i keys = _mm_set1_epi32(key);
  return std::countr_one(SignsOf(
      _mm_cmplt_epi32(LoadFour(block), keys), _mm_cmplt_epi32(LoadFour(block + 4), keys),
      _mm_cmplt_epi32(LoadFour(block + 8), keys), _mm_cmplt_epi32(LoadFour(block + 12), keys)));
}

/// How many of the eight ascending offsets are below `key`.
inline int CountBelowOfEight(const Offset* offsets, Offset key) {
  const __m128i keys = _mm_set1_epi32(key);
  const __m128i none = _mm_setzero_si128();
  return std::countr_one(SignsOf(_mm_cmplt_epi32(LoadFour(offsets), keys),
                                 _mm_cmplt_epi32(LoadFour(offsets + 4), keys), none, none));
}

/// Bit i is set where from the later of ends[i] and `earliest` more than `length` passes until
/// next_starts[i].
inline std::uint32_t GapsLongerThan(const Offset* ends, const Offset* next_starts, Offset earliest,
                                    Offset length) {
  const __m128i floor = _mm_set1_epi32(earliest);
  const __m128i lengths = _mm_set1_epi32(length);
  const auto four = [&](int i) {
    const __m128i end = LoadFour(ends + i);
    const __m128i later = _mm_cmpgt_epi32(end, floor);
    const __m128i begin = _mm_or_si128(_mm_and_si128(later, end), _mm_andnot_si128(later, floor));
    return _mm_cmpgt_epi32(_mm_sub_epi32(LoadFour(next_starts + i), begin), lengths);
  };
  return SignsOf(four(0), four(4), four(8), four(12));
}

#else

inline int CountBelow(const Offset* block, Offset key) {
  int count = 0;
  for (int i = 0; i < kBlock; ++i) count += block[i] < key ? 1 : 0;
  return count;
}

inline int CountBelowOfEight(const Offset* offsets, Offset key) {
  int count = 0;
  for (int i = 0; i < 8; ++i) count += offsets[i] < key ? 1 : 0;
  return count;
}

inline std::uint32_t GapsLongerThan(const Offset* ends, const Offset* next_starts, Offset earliest,
                                    Offset length) {
  std::uint32_t longer = 0;
  for (int i = 0; i < kBlock; ++i) {
    const bool is_longer = next_starts[i] - std::max(ends[i], earliest) > length;
    longer |= (is_longer ? 1U : 0U) << i;
  }
  return longer;
}

#endif

}  // namespace clinic::internal
