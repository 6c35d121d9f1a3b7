// Bits the other way round: a row for each five minutes of the year, one bit for each practitioner.
// The floor for questions over many practitioners; keeps no ids and no odd minutes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/workload.hpp"

namespace clinic::bench {

class TransposedBits {
 public:
  /// Of calendars in which nights and weekends are taken too.
  explicit TransposedBits(const std::vector<Year>& years)
      : words_in_row_(years.size() / 64 + 1), opens_(kCellsOfYear) {
    // Bits that stand for nobody, and what lies behind the year, are never free.
    taken_.assign((kCellsOfYear + kCellsAtMost) * words_in_row_, ~std::uint64_t{0});
    for (std::size_t i = 0; i < years.size(); ++i) FreeWhatIsNot(years[i], i);
    std::size_t next = kCellsOfYear;
    for (std::size_t cell = kCellsOfYear; cell-- > 0;) {
      if (IsOpen(StartOf(cell))) next = cell;
      opens_[cell] = static_cast<std::uint32_t>(next);
    }
  }

  /// The earliest start of a free time, and who has it.
  std::pair<Instant, std::size_t> FirstFree(Instant from, Duration length) const {
    const auto cells = static_cast<std::size_t>(length / kGrid);
    for (std::size_t cell = CellOf(from); cell < kCellsOfYear; ++cell) {
      cell = opens_[cell];
      for (std::size_t word = 0; word < words_in_row_; ++word) {
        std::uint64_t taken = 0;
        for (std::size_t i = 0; i < cells; ++i) taken |= taken_[(cell + i) * words_in_row_ + word];
        if (~taken != 0) {
          return {StartOf(cell), word * 64 + static_cast<std::size_t>(std::countr_one(taken))};
        }
      }
    }
    return {kLatest, 0};
  }

 private:
  static constexpr std::size_t kCellsAtMost = 288;  // of what is asked for

  static bool IsOpen(Instant instant) {
    static const Cells closed(WithClosedTimes({}));
    return closed.IsFree({instant, instant + kGrid});
  }

  void FreeWhatIsNot(const Year& year, std::size_t practitioner) {
    const Cells cells(year);
    for (std::size_t cell = 0; cell < kCellsOfYear; ++cell) {
      if (!cells.IsFree({StartOf(cell), StartOf(cell + 1)})) continue;
      taken_[cell * words_in_row_ + practitioner / 64] &= ~(std::uint64_t{1} << practitioner % 64);
    }
  }

  std::size_t words_in_row_;
  std::vector<std::uint32_t> opens_;  // the first cell from here on in working hours
  std::vector<std::uint64_t> taken_;
};

}  // namespace clinic::bench
