// The 288 cells of five minutes that make a UTC day, one bit each: which of them are touched. What
// a Timeline (clinic/timeline.hpp) asks before anything else. Cells are numbered from 0; a range of
// cells is half-open. Everything here is a handful of word operations.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "clinic/time.hpp"

namespace clinic::internal {

inline constexpr Duration kDay{86'400};
inline constexpr Duration kCell{300};
inline constexpr int kCellsADay = static_cast<int>(kDay / kCell);

class DayCells {
 public:
  using Words = std::array<std::uint64_t, 5>;

  /// Bit i of word w is cell 64 w + i; the last 32 bits are zero.
  const Words& words() const { return words_; }

  bool none() const { return (words_[0] | words_[1] | words_[2] | words_[3] | words_[4]) == 0; }

  /// Whether one of the cells [first, first + count) is touched. Requires 1 <= count <= 64 and that
  /// they lie in the day. Free of branches.
  bool AnyNear(int first, int count) const { return (Window(first) & Ones(count)) != 0; }

  /// Marks as touched, and as untouched. Requires what AnyNear requires. Both words are read before
  /// one is written, and the lower one is written last, as it may be the only one.
  void SetNear(int first, int count) {
    const auto [low, high] = WordsAt(first);
    const std::uint64_t lower = words_[low] | Ones(count) << (first % 64);
    const std::uint64_t higher = words_[high] | Ones(count) >> 1 >> (63 - first % 64);
    words_[high] = higher;
    words_[low] = lower;
  }
  void ResetNear(int first, int count) {
    const auto [low, high] = WordsAt(first);
    const std::uint64_t lower = words_[low] & ~(Ones(count) << (first % 64));
    const std::uint64_t higher = words_[high] & ~(Ones(count) >> 1 >> (63 - first % 64));
    words_[high] = higher;
    words_[low] = lower;
  }

  /// The same for any cells [from, to) of the day.
  bool Any(int from, int to) const { return FirstTouched(from) < to; }
  void Set(int from, int to) {
    for (; from < to; from += 64) SetNear(from, std::min(64, to - from));
  }
  void Reset(int from, int to) {
    for (; from < to; from += 64) ResetNear(from, std::min(64, to - from));
  }

  /// The first touched cell, `from` or later; kCellsADay where there is none.
  int FirstTouched(int from) const { return FirstOne(words_, from); }

  /// The first untouched cell, `from` or later; kCellsADay where there is none.
  int FirstFree(int from) const { return FirstOne(Free(), from); }

  /// How many cells in a row are free before `cell`, or from it on: exactly up to 63, unless that
  /// goes beyond the day, where it is a number that does too.
  int FreeBefore(int cell) const {
    const std::uint64_t window = cell < 64 ? words_[0] << 1 << (63 - cell) : Window(cell - 64);
    return std::countl_zero(window);
  }
  int FreeFrom(int cell) const { return std::countr_zero(Window(cell)); }

  /// The last touched cell before `to`; -1 where there is none.
  int LastTouchedBefore(int to) const {
    for (int w = (to - 1) / 64; to > 0 && w >= 0; --w) {
      std::uint64_t word = words_[At(w)];
      if (to - 64 * w < 64) word &= Ones(to - 64 * w);
      if (word != 0) return 64 * w + 63 - std::countl_zero(word);
    }
    return -1;
  }

  /// Where the first `count` untouched cells in a row begin, `from` or later; kCellsADay where the
  /// day has none. Requires count >= 1.
  int FirstFreeRun(int from, int count) const {
    if (count > 64) [[unlikely]]
      return FirstLongFreeRun(from, count);
    for (std::size_t w = At(from) / 64; w < words_.size() && from < kCellsADay; ++w) {
      std::uint64_t low = FreeWord(w);  // bit i: `known` cells from i on are free
      std::uint64_t high = w + 1 < words_.size() ? FreeWord(w + 1) : 0;
      if (w == At(from) / 64) low &= ~std::uint64_t{0} << (from % 64);
      for (int known = 1; known < count;) {
        const int step = std::min(known, count - known);
        low &= low >> step | high << (64 - step);
        high &= high >> step;
        known += step;
      }
      if (low != 0) return static_cast<int>(64 * w) + std::countr_zero(low);
    }
    return kCellsADay;
  }

  /// The longest run of untouched cells that ends before the day does.
  int LongestFreeRunBeforeTheLast() const {
    int longest = 0;
    for (int from = 0, touched = 0; (touched = FirstTouched(from)) < kCellsADay;) {
      longest = std::max(longest, touched - from);
      from = FirstFree(touched);
    }
    return longest;
  }

  friend bool operator==(const DayCells&, const DayCells&) = default;

 private:
  struct Pair {
    std::size_t low;
    std::size_t high;
  };

  static constexpr std::size_t At(int word) { return static_cast<std::size_t>(word); }
  static constexpr std::uint64_t Ones(int count) { return ~std::uint64_t{0} >> (64 - count); }

  // The word that holds `cell`, and the one after it.
  static Pair WordsAt(int cell) {
    const std::size_t low = static_cast<std::size_t>(cell) / 64;
    return {low, std::min<std::size_t>(low + 1, 4)};
  }

  // The 64 cells from `cell` on. Where there is no next word the last one stands in for it: what it
  // adds lies behind the day.
  std::uint64_t Window(int cell) const {
    const auto [low, high] = WordsAt(cell);
    return words_[low] >> (cell % 64) | words_[high] << 1 << (63 - cell % 64);
  }

  static int FirstOne(const Words& words, int from) {
    if (from >= kCellsADay) return kCellsADay;
    std::size_t w = At(from) / 64;
    std::uint64_t word = words[w] & ~std::uint64_t{0} << (from % 64);
    while (word == 0) {
      if (++w == words.size()) return kCellsADay;
      word = words[w];
    }
    return static_cast<int>(64 * w) + std::countr_zero(word);
  }

  std::uint64_t FreeWord(std::size_t w) const {
    return ~words_[w] & (w < 4 ? ~std::uint64_t{0} : Ones(32));
  }
  Words Free() const { return {FreeWord(0), FreeWord(1), FreeWord(2), FreeWord(3), FreeWord(4)}; }

  int FirstLongFreeRun(int from, int count) const {
    if (count > kCellsADay) return kCellsADay;
    Words starts = Free();  // bit i: `known` cells from i on are free
    for (int known = 1; known < count;) {
      const int step = std::min(known, count - known);
      starts = And(starts, Down(starts, step));
      known += step;
    }
    return FirstOne(starts, from);
  }

  static Words And(const Words& a, const Words& b) {
    return {a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3], a[4] & b[4]};
  }

  // Bit i becomes what bit i + by was.
  static Words Down(const Words& words, int by) {
    std::array<std::uint64_t, 11> padded{};
    std::copy(words.begin(), words.end(), padded.begin());
    Words moved;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      const std::size_t low = i + At(by) / 64;
      moved[i] = padded[low] >> (by % 64) | padded[low + 1] << 1 << (63 - by % 64);
    }
    return moved;
  }

  Words words_{};
};

}  // namespace clinic::internal
