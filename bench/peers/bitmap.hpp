// Bitmaps of the year, one bit for each five minutes: the floor.
//
// They keep no ids and no odd minutes, and so do less than is asked for; what can be told from them
// is how near the others come to the least that the machine has to do.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "bench/workload.hpp"

namespace clinic::bench {

/// Bits in words that lie elsewhere: a view, as what it is used for differs only in where they lie.
class YearBits {
 public:
  /// A year, and 512 bits that are never taken, so that nothing has to look where it ends.
  static constexpr std::size_t kWords = kCellsOfYear / 64 + 9;

  explicit YearBits(std::uint64_t* words) : words_(words) {}

  bool IsFree(const Interval& interval) const { return All(0, Booking::Of(interval)); }

  bool Book(const Interval& interval) {
    const Booking cells = Booking::Of(interval);
    if (!All(0, cells)) return false;
    Flip(cells);
    return true;
  }

  /// True where all of it was taken.
  bool Cancel(const Interval& interval) {
    const Booking cells = Booking::Of(interval);
    if (!All(~std::uint64_t{0}, cells)) return false;
    Flip(cells);
    return true;
  }

  /// Goes from run to run, and over at most 64 bits in a step.
  Instant NextGap(Instant from, Duration length) const {
    const auto wanted = static_cast<std::size_t>(length / kGrid);
    std::size_t start = CellOf(from);
    for (std::size_t cell = start; cell - start < wanted && cell < kCellsOfYear;) {
      const std::uint64_t word = words_[cell / 64] >> cell % 64;
      if (word % 2 == 1) {
        cell += static_cast<std::size_t>(std::countr_one(word));
        start = cell;
      } else {
        cell += std::min(static_cast<std::size_t>(std::countr_zero(word)), 64 - cell % 64);
      }
    }
    return StartOf(start);
  }

 private:
  static constexpr std::uint32_t kAtOnce = 56;  // however the bits lie to the bytes

  static std::uint64_t Mask(std::uint32_t bits) { return (std::uint64_t{1} << bits) - 1; }

  // The 64 bits from the byte in which `cell` lies on.
  unsigned char* BytesAt(std::uint32_t cell) const {
    return reinterpret_cast<unsigned char*>(words_) + cell / 8;
  }
  static std::uint64_t Read(const unsigned char* bytes) {
    std::uint64_t bits;
    std::memcpy(&bits, bytes, sizeof bits);
    return bits;
  }

  bool All(std::uint64_t pattern, Booking cells) const {
    for (; cells.cells > kAtOnce; cells.cell += kAtOnce, cells.cells -= kAtOnce) {
      if (!AllOfAFew(pattern, {cells.cell, kAtOnce})) return false;
    }
    return AllOfAFew(pattern, cells);
  }
  bool AllOfAFew(std::uint64_t pattern, Booking cells) const {
    const std::uint64_t bits = Read(BytesAt(cells.cell)) >> cells.cell % 8;
    return ((bits ^ pattern) & Mask(cells.cells)) == 0;
  }
  void Flip(Booking cells) {
    while (cells.cells > 0) {
      const std::uint32_t now = std::min(cells.cells, kAtOnce);
      unsigned char* bytes = BytesAt(cells.cell);
      const std::uint64_t bits = Read(bytes) ^ Mask(now) << cells.cell % 8;
      std::memcpy(bytes, &bits, sizeof bits);
      cells = {cells.cell + now, cells.cells - now};
    }
  }

  std::uint64_t* words_;
};

/// One flat array for all practitioners.
class FlatBitmapPeer {
 public:
  static constexpr const char* kName = "flat bitmap";
  static constexpr std::size_t kMostPractitioners = 10'000;

  explicit FlatBitmapPeer(std::size_t practitioners) : words_(practitioners * YearBits::kWords) {}

  bool IsFree(std::uint32_t practitioner, const Interval& interval) const {
    return At(practitioner).IsFree(interval);
  }
  bool Book(std::uint32_t practitioner, const Interval& interval, std::uint32_t) {
    return At(practitioner).Book(interval);
  }
  bool Cancel(std::uint32_t practitioner, const Interval& interval) {
    return At(practitioner).Cancel(interval);
  }
  Instant NextGap(std::uint32_t practitioner, Instant from, Duration length) const {
    return At(practitioner).NextGap(from, length);
  }

 private:
  YearBits At(std::size_t practitioner) const {
    return YearBits(const_cast<std::uint64_t*>(words_.data()) + practitioner * YearBits::kWords);
  }

  std::vector<std::uint64_t> words_;
};

/// A bitmap object for each practitioner.
class BitmapCalendar {
 public:
  static constexpr const char* kName = "bitmap each";
  static constexpr std::size_t kMostPractitioners = 10'000;

  bool IsFree(const Interval& interval) const { return Bits().IsFree(interval); }
  bool Book(const Interval& interval, std::uint32_t) { return Bits().Book(interval); }
  bool Cancel(const Interval& interval) { return Bits().Cancel(interval); }
  Instant NextGap(Instant from, Duration length) const { return Bits().NextGap(from, length); }

 private:
  YearBits Bits() const { return YearBits(const_cast<std::uint64_t*>(words_.data())); }

  std::vector<std::uint64_t> words_ = std::vector<std::uint64_t>(YearBits::kWords);
};

}  // namespace clinic::bench
