#include "engine/recurrence_days.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace clinic::internal {
namespace {

std::int64_t FirstDayOf(int year, unsigned month) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / 1}
      .time_since_epoch()
      .count();
}

std::int64_t FirstDayOf(int year) { return FirstDayOf(year, 1); }

int LengthOf(int year) { return std::chrono::year{year}.is_leap() ? 366 : 365; }

// ISO 8601 weeks, but for the weekday that they start on: week 1 is the first with four days or
// more in the year. `first` counts from January 1 and lies in -3..3.
struct Weeks {
  int first;
  int count;

  Weeks(std::int64_t first_day, int length, unsigned week_start) {
    const auto first_from = [week_start](std::int64_t day) {
      const int since = DaysSinceWeekday(day, week_start);
      return since <= 3 ? -since : 7 - since;
    };
    first = first_from(first_day);
    count = (length + first_from(first_day + length) - first) / 7;
  }
};

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
  const int year = static_cast<int>(FloorDiv(number, 12));
  const auto month = static_cast<unsigned>(FloorMod(number, 12)) + 1;
  const std::chrono::year_month_day_last last =
      std::chrono::year{year} / std::chrono::month{month} / std::chrono::last;
  return {year, month, FirstDayOf(year, month),
          static_cast<int>(static_cast<unsigned>(last.day()))};
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
  const bool has_weekdays = !parts.by_day.empty() && !ordinals_in_year;
  for (int length = 28; length <= 31; ++length) {
    const std::uint32_t all = ~std::uint32_t{0} >> (32 - length);
    const std::uint32_t named =
        parts.by_month_day.empty() ? all : NamedDays(parts.by_month_day, length);
    for (int weekday = 0; weekday < 7; ++weekday) {
      std::uint32_t weekdays = has_weekdays ? 0 : all;
      if (has_weekdays) {
        const std::int64_t first_day = weekday + 3;  // 1970-01-04 was a Sunday
        for (const WeekdayOrdinal& entry : parts.by_day) {
          ForEachNamed(entry, first_day, length,
                       [&](int day) { weekdays |= std::uint32_t{1} << day; });
        }
      }
      days_of_month_[static_cast<std::size_t>(length - 28)][static_cast<std::size_t>(weekday)] =
          named & weekdays;
    }
  }
}

std::uint32_t DayFilter::DaysOfMonth(const MonthSpan& month) const {
  if (!PassesMonth(month.month)) return 0;
  const auto weekday = static_cast<std::size_t>(DaysSinceWeekday(month.first_day, 0));
  std::uint32_t days = days_of_month_[static_cast<std::size_t>(month.length - 28)][weekday];
  if (has_year_days_) {
    const YearDays& named = year_days_[LengthOf(month.year) == 366];
    days &= named.MonthFrom(static_cast<int>(month.first_day - FirstDayOf(month.year)));
  }
  return days;
}

YearDays DayFilter::DaysOfYear(int year) const {
  const std::int64_t first_day = FirstDayOf(year);
  const int length = LengthOf(year);
  YearDays days;
  for (unsigned month = 1; month <= 12; ++month) {
    if (!PassesMonth(month)) continue;
    const MonthSpan span = MonthSpan::Numbered(std::int64_t{year} * 12 + month - 1);
    days.AddMonth(DaysOfMonth(span), static_cast<int>(span.first_day - first_day));
  }
  if ((weeks_ | weeks_from_end_) != 0) days &= DaysOfWeeks(first_day, length);
  if (!in_year_.empty()) days &= DaysOfOrdinals(first_day, length);
  return days;
}

// The days of the calendar year that lie in a named week, whichever year the week is counted in:
// the year's own weeks, and the last one of the year before and the first one of the year after,
// where they reach into this year.
YearDays DayFilter::DaysOfWeeks(std::int64_t first_day, int length) const {
  const auto is_named = [this](int week, int count) {
    return (weeks_ >> week & 1U) != 0 || (weeks_from_end_ >> (count + 1 - week) & 1U) != 0;
  };
  YearDays days;
  const auto add_week = [&](int first) {
    for (int day = std::max(first, 0); day < std::min(first + 7, length); ++day) days.Add(day);
  };
  const Weeks own(first_day, length, week_start_);
  for (int week = 1; week <= own.count; ++week) {
    if (is_named(week, own.count)) add_week(own.first + 7 * (week - 1));
  }
  if (own.first > 0) {
    const std::chrono::year_month_day new_year{std::chrono::sys_days{std::chrono::days{first_day}}};
    const int length_before = LengthOf(static_cast<int>(new_year.year()) - 1);
    const Weeks before(first_day - length_before, length_before, week_start_);
    if (is_named(before.count, before.count)) add_week(own.first - 7);
  }
  if (const int next = own.first + 7 * own.count; next < length) {
    const std::chrono::year_month_day new_year{
        std::chrono::sys_days{std::chrono::days{first_day + length}}};
    const Weeks after(first_day + length, LengthOf(static_cast<int>(new_year.year())), week_start_);
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
