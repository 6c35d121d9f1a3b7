// The longest stretch of days of a Timeline (clinic/timeline.hpp) in which a search found no gap:
// what lets the next search leap over a full year without reading a byte of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace clinic::internal {

/// Says of some consecutive days that none of their gap bytes (day_gaps.hpp) is of a class or more.
/// One word, as searches may run at the same time and each may write what it learnt; all of it is
/// true, so it does not matter whose word stays. A calendar's own line of memory has room for it.
class QuietDays {
 public:
  QuietDays() = default;
  QuietDays(const QuietDays& other) { Store(other.Load()); }
  QuietDays& operator=(const QuietDays& other) {
    Store(other.Load());
    return *this;
  }

  /// The first day, `from` or later, that is not known to have no gap of that class.
  std::size_t Skip(std::size_t from, std::uint8_t gap) const {
    const Days days(Load());
    return days.Have(from) && gap >= days.gap ? days.to : from;
  }

  /// None of the days [from, to) has a gap of that class. What is known of more days stays.
  void Learn(std::size_t from, std::size_t to, std::uint8_t gap) const {
    const Days days(Load());
    if (gap >= days.gap && from <= days.to && days.from <= to) {
      if (days.from < from) from = days.from;
      if (days.to > to) to = days.to;
    }
    const std::size_t known = days.to - days.from;
    if (to - from > known || (to - from == known && gap < days.gap)) {
      Store(from | to << kDayBits | std::uint64_t{gap} << 2 * kDayBits);
    }
  }

  /// `day` has a gap of that class from now on. No search may run meanwhile.
  void Raise(std::size_t day, std::uint8_t gap) {
    const Days days(Load());
    if (days.Have(day) && gap >= days.gap) Store(0);
  }

  /// Whether it is possible, by what is known, that `day` has a gap of that class.
  bool MayHave(std::size_t day, std::uint8_t gap) const { return Skip(day, gap) == day; }

 private:
  static constexpr int kDayBits = 28;  // the days of ten thousand years take 22

  struct Days {
    explicit Days(std::uint64_t word)
        : from(word & kDayMask), to(word >> kDayBits & kDayMask), gap(word >> 2 * kDayBits) {}
    bool Have(std::size_t day) const { return day - from < to - from; }

    static constexpr std::uint64_t kDayMask = (std::uint64_t{1} << kDayBits) - 1;
    std::size_t from;
    std::size_t to;
    std::uint64_t gap;
  };

  std::uint64_t Load() const { return std::atomic_ref(word_).load(std::memory_order_relaxed); }
  void Store(std::uint64_t word) const {
    std::atomic_ref(word_).store(word, std::memory_order_relaxed);
  }

  mutable std::uint64_t word_ = 0;  // as an atomic_ref cannot refer to what is const
};

}  // namespace clinic::internal
