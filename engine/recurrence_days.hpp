// Which days a rule lets through: the parts of a rule that name days, as bit sets.
//
// There are only 28 kinds of month (28 to 31 days, beginning on one of seven weekdays), so that
// what a rule says about the days of a month is worked out once for each kind; a month then costs
// one load.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "clinic/recurrence_rule.hpp"

namespace clinic::internal {

inline constexpr std::int64_t kSecondsPerDay = 86'400;

/// `dividend` / `divisor`, rounded down also below zero. Requires a positive divisor.
constexpr std::int64_t FloorDiv(std::int64_t dividend, std::int64_t divisor) {
  return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

/// What FloorDiv leaves: in [0, divisor).
constexpr std::int64_t FloorMod(std::int64_t dividend, std::int64_t divisor) {
  return dividend - FloorDiv(dividend, divisor) * divisor;
}

/// Days from the last `weekday` (0 is Sunday) at or before `day`, which counts from 1970-01-01.
constexpr int DaysSinceWeekday(std::int64_t day, unsigned weekday) {
  constexpr int kThursday = 4;  // 1970-01-01
  return static_cast<int>(FloorMod(day + kThursday - static_cast<int>(weekday), 7));
}

/// One month of the Gregorian calendar.
struct MonthSpan {
  int year;
  unsigned month;          ///< 1..12
  std::int64_t first_day;  ///< counted from 1970-01-01
  int length;              ///< 28..31

  /// The month with this number; months are counted from January of the year 0. Requires that it is
  /// not before that.
  static MonthSpan Numbered(std::int64_t number);

  /// The number of the month that `day` lies in.
  static std::int64_t NumberOf(std::int64_t day);
};

/// A set of the days of one year; day 0 is January 1.
class YearDays {
 public:
  static constexpr int kWords = 6;

  void Add(int day) { words_[Word(day)] |= std::uint64_t{1} << (day % 64); }

  /// Adds the days of `days`, of which bit 0 is `first`.
  void AddMonth(std::uint32_t days, int first);

  /// The 31 days from `first` on, as bits.
  std::uint32_t MonthFrom(int first) const;

  YearDays& operator&=(const YearDays& other);

  const std::array<std::uint64_t, kWords>& words() const { return words_; }

 private:
  static std::size_t Word(int day) { return static_cast<std::size_t>(day) / 64; }

  std::array<std::uint64_t, kWords> words_{};
};

/// The day parts of a rule: BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY, all of which a day
/// must satisfy that are there.
class DayFilter {
 public:
  /// Requires that the parts which the start implies are filled in. Ordinals in BYDAY count within
  /// the year where the rule is yearly and has no BYMONTH, else within the month.
  explicit DayFilter(const RecurrenceParts& parts);

  /// True where every day passes.
  bool PassesAll() const { return passes_all_; }

  /// Whether BYMONTH lets this month (1..12) through.
  bool PassesMonth(unsigned month) const { return (months_ >> month & 1U) != 0; }

  /// The days of a month that pass; bit 0 is the first. Without what DaysOfYear alone knows of.
  std::uint32_t DaysOfMonth(const MonthSpan& month) const;

  /// The days of a year that pass.
  YearDays DaysOfYear(int year) const;

 private:
  void FillMonths(const RecurrenceParts& parts, bool ordinals_in_year);
  YearDays DaysOfWeeks(int year) const;
  YearDays DaysOfOrdinals(std::int64_t first_day, int length) const;

  bool passes_all_;
  std::uint32_t months_ = 0;                                     // bit 1 is January
  std::array<std::array<std::uint32_t, 7>, 4> days_of_month_{};  // by length - 28, first weekday
  bool has_year_days_;
  std::array<YearDays, 2> year_days_{};  // by whether it is a leap year
  std::uint64_t weeks_ = 0;              // bit n is week n
  std::uint64_t weeks_from_end_ = 0;     // bit n is week -n
  unsigned week_start_;
  std::vector<WeekdayOrdinal> in_year_;  // BYDAY where it counts in years
};

}  // namespace clinic::internal
