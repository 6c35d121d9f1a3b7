// A search for free cells in two days at once, without a branch that depends on them: neither day
// has come from memory when the search begins, and to guess what they say costs more than to look
// at both.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "clinic/internal/day_cells.hpp"

namespace clinic::internal {

/// The cells of the second day are numbered from here.
inline constexpr int kSecondDay = 320;
inline constexpr int kNeitherDay = 2 * kSecondDay;

/// Where the first `count` untouched cells in a row begin: in `first`, `from` or later, or else in
/// `second`, or else kNeitherDay. Requires 1 <= count <= 64 and that `from` lies in the day.
inline int FirstFreeRunOfTwo(const DayCells& first, const DayCells& second, int from, int count) {
  // A vector of the compiler: a word of the first day, and the same word of the second.
  using Two [[gnu::vector_size(16)]] = std::uint64_t;
  constexpr std::size_t kWords = 5;
  Two starts[kWords];  // bit i: `known` cells from i on are free
  for (std::size_t w = 0; w < kWords; ++w) starts[w] = ~Two{first.words()[w], second.words()[w]};
  starts[4] &= 0xFFFF'FFFF;
  for (int known = 1; known < count;) {
    const int by = std::min(known, count - known);
    for (std::size_t w = 0; w < kWords - 1; ++w) {
      starts[w] &= starts[w] >> by | starts[w + 1] << (64 - by);
    }
    starts[4] &= starts[4] >> by;
    known += by;
  }
  const auto word = static_cast<std::size_t>(from) / 64;
  starts[word][0] &= ~std::uint64_t{0} << (from % 64);
  std::uint32_t words = 0;  // in which there is a start, those of the second day behind the first's
  for (std::size_t w = 0; w < kWords; ++w) {
    words |= (starts[w][0] != 0 ? 1U : 0U) << w | (starts[w][1] != 0 ? 1U : 0U) << (kWords + w);
  }
  words &= ~0U << word;
  if (words == 0) return kNeitherDay;
  const auto at = static_cast<std::size_t>(std::countr_zero(words));
  return static_cast<int>(64 * at) + std::countr_zero(starts[at % kWords][at / kWords]);
}

}  // namespace clinic::internal
