// What the benchmarks work on: practitioners' calendars of the year 2024.
//
// Weekdays 09:00 to 17:00 UTC; bookings of 10, 15, 20, 30, 45 and 60 minutes (15, 30, 20, 25, 5 and
// 5 of a hundred) that start on a 5-minute grid. Two ways of filling a year:
//
//   BookedYear  as patients do: a random time, booked if it is free, until a share of the working
//               hours is taken. Leaves gaps of all sizes.
//   PackedYear  as a good secretary does: day after day back to back, then random cancellations
//   until
//               only a share is taken.
//
// Everything follows from fixed seeds: the same on every machine and in every run.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic::bench {

inline constexpr Instant kYearStart = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};
inline constexpr Instant kYearEnd = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
inline constexpr Duration kGrid = std::chrono::minutes{5};

struct Booking {
  Interval interval;
  std::uint32_t handle = 0;
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
  Cells();

  bool IsFree(const Interval& interval) const;
  void Mark(const Interval& interval, bool taken);

  /// The first t >= from with [t, t + length) free.
  Instant NextGap(Instant from, Duration length) const;

 private:
  std::vector<bool> taken_;
};

/// One question: is this time free in this practitioner's calendar?
struct Query {
  std::uint32_t practitioner = 0;
  Interval interval;
  bool free = false;  // the answer
};

/// Practitioners whose year is booked to 70 %, and questions to ask, half of them with a yes.
struct Clinic {
  std::vector<Year> years;
  std::vector<Query> queries;
};

/// The clinic with that many practitioners; made once, kept until the end.
const Clinic& ClinicOf(std::size_t practitioners);

/// A year of one practitioner, as above. `share` of the working hours is taken, from 0 to 1; a
/// booked year cannot hold much more than 0.8.
Year BookedYear(Random& random, double share);
Year PackedYear(Random& random, double share);

/// `year` with nights and weekends taken too, from the first second of the year to the last.
Year WithClosedTimes(Year year);

/// An instant on the grid, anywhere in the year.
Instant RandomInstant(Random& random);

}  // namespace clinic::bench
