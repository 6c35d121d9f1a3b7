#include "engine/recurrence_days.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace clinic::internal {
namespace {

// Days of a year before each month, from month 1 on; then the days of the year. By whether it is a
// leap year.
constexpr int kDaysBefore[2][14] = {
    {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
    {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}};

bool IsLeap(int year) { return std::chrono::year{year}.is_leap(); }

int LengthOf(int year) { return IsLeap(year) ? 366 : 365; }

// Requires a year from 0 on.
std::int64_t FirstDayOf(int year) {
  constexpr unsigned kDaysIn400Years = 146'097;
  constexpr std::int64_t kEpoch = 719'162 + kDaysIn400Years;  // from January 1 of the year -399
  const unsigned before = static_cast<unsigned>(year) + 399;  // unsigned, since that divides faster
  return std::int64_t{before * 365 + before / 4 - before / 100 + before / 400} - kEpoch;
}

// ISO 8601 weeks, but for the weekday that they start on: week 1 is the first with four days or
// more in the year. `first` counts from January 1 and lies in -3..3.
struct Weeks {
  int first;
  int count;

  Weeks(int year, unsigned week_start) {
    const std::int64_t first_day = FirstDayOf(year);
    const auto first_from = [week_start](std::int64_t day) {
      const int since = DaysSinceWeekday(day, week_start);
      return since <= 3 ? -since : 7 - since;
    };
    first = first_from(first_day);
    const int length = LengthOf(year);
    count = (length + first_from(first_day + length) - first) / 7;
  }
};

// Where DayFilter keeps months of this length.
std::size_t Kind(int length) { return static_cast<std::size_t>(length - 28); }

// The days of a month of `length` that BYMONTHDAY names, as bits.
std::uint32_t NamedDays(const std::vector<int>& month_days, int length) {
  std::uint32_t days = 0;
  for (const int named : month_days) {
    const int day = named > 0 ? named - 1 : length + named;
    if (0 <= day && day < length) days |= std::uint32_t{1} << day;
  }
  return days;
}

// Calls `add` with each of the `length` days from `first_day` on that `entry` names.
template <typename Add>
void ForEachNamed(const WeekdayOrdinal& entry, std::int64_t first_day, int length, const Add& add) {
  const int since = DaysSinceWeekday(first_day, entry.day.c_encoding());
  const int first = since == 0 ? 0 : 7 - since;
  if (entry.ordinal == 0) {
    for (int day = first; day < length; day += 7) add(day);
    return;
  }
  const int count = (length - first + 6) / 7;
  const int index = entry.ordinal > 0 ? entry.ordinal - 1 : count + entry.ordinal;
  if (0 <= index && index < count) add(first + 7 * index);
}

}  // namespace

MonthSpan MonthSpan::Numbered(std::int64_t number) {
  const auto months = static_cast<unsigned>(number);
  const int year = static_cast<int>(months / 12);
  const unsigned month = months % 12 + 1;
  const int* const before = kDaysBefore[IsLeap(year)];
  return {year, month, FirstDayOf(year) + before[month], before[month + 1] - before[month]};
}

std::int64_t MonthSpan::NumberOf(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}

void YearDays::AddMonth(std::uint32_t days, int first) {
  const int shift = first % 64;
  words_[Word(first)] |= std::uint64_t{days} << shift;
  if (shift > 32) words_[Word(first) + 1] |= std::uint64_t{days} >> (64 - shift);
}

std::uint32_t YearDays::MonthFrom(int first) const {
  const int shift = first % 64;
  std::uint64_t days = words_[Word(first)] >> shift;
  if (shift > 32) days |= words_[Word(first) + 1] << (64 - shift);
  return static_cast<std::uint32_t>(days) & 0x7FFF'FFFFU;
}

YearDays& YearDays::operator&=(const YearDays& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

DayFilter::DayFilter(const RecurrenceParts& parts)
    : passes_all_(parts.by_month.empty() && parts.by_week_number.empty() &&
                  parts.by_year_day.empty() && parts.by_month_day.empty() && parts.by_day.empty()),
      has_year_days_(!parts.by_year_day.empty()),
      week_start_(parts.week_start.c_encoding()) {
  for (const std::chrono::month month : parts.by_month) {
    months_ |= 1U << static_cast<unsigned>(month);
  }
  if (parts.by_month.empty()) months_ = ~0U;
  for (const int week : parts.by_week_number) {
    (week > 0 ? weeks_ : weeks_from_end_) |= std::uint64_t{1} << std::abs(week);
  }
  for (const int named : parts.by_year_day) {
    for (const int length : {365, 366}) {
      const int day = named > 0 ? named - 1 : length + named;
      if (0 <= day && day < length) year_days_[length == 366].Add(day);
    }
  }
  const bool has_ordinal = std::any_of(parts.by_day.begin(), parts.by_day.end(),
                                       [](const WeekdayOrdinal& day) { return day.ordinal != 0; });
  const bool ordinals_in_year =
      has_ordinal && parts.frequency == Frequency::kYearly && parts.by_month.empty();
  if (ordinals_in_year) in_year_ = parts.by_day;
  FillMonths(parts, ordinals_in_year);
}

void DayFilter::FillMonths(const RecurrenceParts& parts, bool ordinals_in_year) {
  // Bit n is set where the weekday n after a Sunday is named.
  std::uint64_t weekdays = parts.by_day.empty() || ordinals_in_year ? ~std::uint64_t{0} : 0;
  for (const WeekdayOrdinal& entry : parts.by_day) {
    constexpr std::uint64_t kEverySeventh = 0x0102'0408'1020'4081;
    if (entry.ordinal == 0) weekdays |= kEverySeventh << entry.day.c_encoding();
  }
  for (int length = 28; length <= 31; ++length) {
    const std::uint32_t all = ~std::uint32_t{0} >> (32 - length);
    const std::uint32_t named =
        parts.by_month_day.empty() ? all : NamedDays(parts.by_month_day, length);
    for (int first_weekday = 0; first_weekday < 7; ++first_weekday) {
      auto days = static_cast<std::uint32_t>(weekdays >> first_weekday);
      for (const WeekdayOrdinal& entry : parts.by_day) {
        if (entry.ordinal == 0 || ordinals_in_year) continue;
        const std::int64_t first_day = first_weekday + 3;  // 1970-01-04 was a Sunday
        ForEachNamed(entry, first_day, length, [&](int day) { days |= std::uint32_t{1} << day; });
      }
      days_of_month_[Kind(length)][static_cast<std::size_t>(first_weekday)] = named & days;
    }
  }
}

std::uint32_t DayFilter::DaysOfMonth(const MonthSpan& month) const {
  if (!PassesMonth(month.month)) return 0;
  const auto weekday = static_cast<std::size_t>(DaysSinceWeekday(month.first_day, 0));
  std::uint32_t days = days_of_month_[Kind(month.length)][weekday];
  if (has_year_days_) {
    const YearDays& named = year_days_[IsLeap(month.year)];
    days &= named.MonthFrom(kDaysBefore[IsLeap(month.year)][month.month]);
  }
  return days;
}

YearDays DayFilter::DaysOfYear(int year) const {
  const std::int64_t first_day = FirstDayOf(year);
  const int* const before = kDaysBefore[IsLeap(year)];
  const int first_weekday = DaysSinceWeekday(first_day, 0);
  YearDays days;
  for (std::uint32_t left = months_ & 0x1FFE; left != 0; left &= left - 1) {
    const int month = std::countr_zero(left);
    const int offset = before[month];
    days.AddMonth(days_of_month_[Kind(before[month + 1] - offset)]
                                [static_cast<std::size_t>(first_weekday + offset) % 7],
                  offset);
  }
  if (has_year_days_) days &= year_days_[IsLeap(year)];
  if ((weeks_ | weeks_from_end_) != 0) days &= DaysOfWeeks(year);
  if (!in_year_.empty()) days &= DaysOfOrdinals(first_day, LengthOf(year));
  return days;
}

// The days of the calendar year that lie in a named week, whichever year the week is counted in:
// the year's own weeks, and the last one of the year before and the first one of the year after,
// where they reach into this year.
YearDays DayFilter::DaysOfWeeks(int year) const {
  const auto is_named = [this](int week, int count) {
    return (weeks_ >> week & 1U) != 0 || (weeks_from_end_ >> (count + 1 - week) & 1U) != 0;
  };
  const int length = LengthOf(year);
  YearDays days;
  const auto add_week = [&](int first) {
    for (int day = std::max(first, 0); day < std::min(first + 7, length); ++day) days.Add(day);
  };
  const Weeks own(year, week_start_);
  for (int week = 1; week <= own.count; ++week) {
    if (is_named(week, own.count)) add_week(own.first + 7 * (week - 1));
  }
  if (own.first > 0) {
    const Weeks before(year - 1, week_start_);
    if (is_named(before.count, before.count)) add_week(own.first - 7);
  }
  if (const int next = own.first + 7 * own.count; next < length) {
    const Weeks after(year + 1, week_start_);
    if (is_named(1, after.count)) add_week(next);
  }
  return days;
}

YearDays DayFilter::DaysOfOrdinals(std::int64_t first_day, int length) const {
  YearDays days;
  for (const WeekdayOrdinal& entry : in_year_) {
    ForEachNamed(entry, first_day, length, [&](int day) { days.Add(day); });
  }
  return days;
}

}  // namespace clinic::internal
