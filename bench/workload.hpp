// What the benchmarks work on: practitioners' calendars of the year 2024.
//
// Weekdays 09:00 to 17:00 UTC; bookings of 10, 15, 20, 30, 45 and 60 minutes (15, 30, 20, 25, 5 and
// 5 of a hundred) that start on a 5-minute grid. Two ways of filling a year:
//
//   BookedYear  as patients do: a random time, booked if it is free, until a share of the working
//               hours is taken. Leaves gaps of all sizes.
//   PackedYear  as a good secretary does: day after day back to back, then random cancellations
//               until only a share is taken.
//
// Everything follows from fixed seeds: the same on every machine and in every run.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic::bench {

inline constexpr Instant kYearStart = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};
inline constexpr Instant kYearEnd = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
inline constexpr Duration kYear = kYearEnd - kYearStart;
inline constexpr Duration kGrid = std::chrono::minutes{5};
inline constexpr std::size_t kCellsOfYear = static_cast<std::size_t>(kYear / kGrid);

/// The cell of the grid that starts at or before an instant of the year.
constexpr std::size_t CellOf(Instant instant) {
  return static_cast<std::size_t>((instant - kYearStart) / kGrid);
}
constexpr Instant StartOf(std::size_t cell) {
  return kYearStart + kGrid * static_cast<std::int64_t>(cell);
}

/// An interval on the grid, in 8 bytes: there are 46 million of them for 10,000 practitioners.
struct Booking {
  std::uint32_t cell = 0;   // the first one
  std::uint32_t cells = 0;  // how many

  static Booking Of(const Interval& interval) {
    return {static_cast<std::uint32_t>(CellOf(interval.start)),
            static_cast<std::uint32_t>(interval.length() / kGrid)};
  }
  Interval interval() const { return {StartOf(cell), StartOf(std::size_t{cell} + cells)}; }
};

/// Bookings of one calendar in the order in which they were made.
using Year = std::vector<Booking>;

/// Numbers that do not depend on the standard library's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// A number in [0, bound).
  std::size_t Below(std::size_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

/// The plain reference: one flag for each five minutes of the year, and loops. Intervals are on the
/// grid and inside the year; after the year all time is free.
class Cells {
 public:
  Cells() : taken_(kCellsOfYear) {}
  explicit Cells(const Year& year) : Cells() {
    for (const Booking& booking : year) Mark(booking.interval(), true);
  }

  bool IsFree(const Interval& interval) const;
  void Mark(const Interval& interval, bool taken);

  /// The first t >= from with [t, t + length) free.
  Instant NextGap(Instant from, Duration length) const;

 private:
  std::vector<bool> taken_;
};

/// How the calendars of a clinic are filled. In the last three nights and weekends are taken like
/// bookings, so that only working time is free.
enum class Filling {
  kBooked,           ///< BookedYear, 70 %
  kBookedAndClosed,  ///< the same
  kPackedAndClosed,  ///< PackedYear, 98 %
  kFullAndClosed,    ///< PackedYear, 100 %: the only gap is behind the end of the year
};

/// Practitioners and what is booked with each.
struct Clinic {
  std::string name;  // no two clinics share one
  std::vector<Year> years;

  std::size_t bookings() const;
};

/// A clinic that is filled like that. Only the one that was last asked for is kept.
const Clinic& ClinicOf(Filling filling, std::size_t practitioners);

/// A year of one practitioner, as above. `share` of the working hours is taken, from 0 to 1; a
/// booked year cannot hold much more than 0.8. Only the first `weeks` are filled.
Year BookedYear(Random& random, double share, std::size_t weeks = 53);
Year PackedYear(Random& random, double share);

/// `year` with nights and weekends taken too, from the first second of the year to the last.
Year WithClosedTimes(Year year);

/// A time that someone might ask for: inside the working hours of a day, as long as a booking.
Interval RandomWorkingTime(Random& random);

/// An instant on the grid, anywhere in the year.
Instant RandomInstant(Random& random);

/// Monday to Friday 09:00 to 17:00, through the year.
const std::vector<Interval>& WorkingDays();

/// What `make` gave for the key that was last asked for; what was made for another is destroyed
/// before. Keeps the memory of the suite at that of the scenario that is running.
template <typename T>
class Latest {
 public:
  template <typename Make>
  T& Of(const std::string& key, Make make) {
    if (value_ == nullptr || key != key_) {
      value_.reset();
      value_ = std::make_unique<T>(make());
      key_ = key;
    }
    return *value_;
  }

 private:
  std::string key_;
  std::unique_ptr<T> value_;
};

}  // namespace clinic::bench
