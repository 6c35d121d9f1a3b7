#include "engine/recurrence_plan.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace clinic::internal {
namespace {

// Longer lists of times are not worked out beforehand.
constexpr std::size_t kMostTabulated = 4096;

// Adds what the rule leaves to its start (RFC 5545 §3.3.10: "Information, not contained in the
// rule").
RecurrenceParts WithImpliedParts(RecurrenceParts parts, std::int64_t start) {
  const std::chrono::local_days day{std::chrono::days{FloorDiv(start, kSecondsPerDay)}};
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::seconds{FloorMod(start, kSecondsPerDay)}};
  const bool names_days =
      !parts.by_day.empty() || !parts.by_month_day.empty() || !parts.by_year_day.empty();
  if (!names_days) {
    const bool by_weeks = !parts.by_week_number.empty();
    if (parts.frequency == Frequency::kWeekly || by_weeks) {
      parts.by_day.push_back({0, std::chrono::weekday(day)});
    } else if (parts.frequency >= Frequency::kMonthly) {
      parts.by_month_day.push_back(static_cast<int>(static_cast<unsigned>(date.day())));
      if (parts.frequency == Frequency::kYearly && parts.by_month.empty()) {
        parts.by_month.push_back(date.month());
      }
    }
  }
  if (parts.by_hour.empty() && parts.frequency > Frequency::kHourly) {
    parts.by_hour.push_back(static_cast<int>(clock.hours().count()));
  }
  if (parts.by_minute.empty() && parts.frequency > Frequency::kMinutely) {
    parts.by_minute.push_back(static_cast<int>(clock.minutes().count()));
  }
  if (parts.by_second.empty() && parts.frequency > Frequency::kSecondly) {
    parts.by_second.push_back(static_cast<int>(clock.seconds().count()));
  }
  return parts;
}

std::uint64_t Bits(const std::vector<int>& numbers, int count) {
  if (numbers.empty()) return (std::uint64_t{1} << count) - 1;
  std::uint64_t bits = 0;
  for (const int number : numbers) bits |= std::uint64_t{1} << std::min(number, count - 1);
  return bits;
}

ClockFilter ClockFilterOf(const RecurrenceParts& parts) {
  return {Bits(parts.by_hour, 24), Bits(parts.by_minute, 60), Bits(parts.by_second, 60)};
}

bool Passes(std::uint64_t bits, std::int64_t index) { return (bits >> index & 1U) != 0; }

bool Passes(const ClockFilter& clock, std::int64_t time_of_day) {
  return Passes(clock.hours, time_of_day / 3600) && Passes(clock.minutes, time_of_day / 60 % 60) &&
         Passes(clock.seconds, time_of_day % 60);
}

std::int64_t SecondsIn(Frequency frequency) {
  switch (frequency) {
    case Frequency::kSecondly:
      return 1;
    case Frequency::kMinutely:
      return 60;
    case Frequency::kHourly:
      return 3600;
    default:
      return kSecondsPerDay;
  }
}

// The times in the first `span` seconds of a day that pass. Where `span` is shorter than a day the
// coarser parts are left out: they pass or not for the whole unit.
std::vector<std::int32_t> TimesWithin(std::int64_t span, const ClockFilter& clock) {
  ClockFilter within = clock;
  if (span <= 3600) within.hours = 1;
  if (span <= 60) within.minutes = 1;
  if (span <= 1) within.seconds = 1;
  std::vector<std::int32_t> times;
  for (std::int32_t hour = 0; hour < 24; ++hour) {
    if (!Passes(within.hours, hour)) continue;
    for (std::int32_t minute = 0; minute < 60; ++minute) {
      if (!Passes(within.minutes, minute)) continue;
      for (std::int32_t second = 0; second < 60; ++second) {
        if (Passes(within.seconds, second)) times.push_back(hour * 3600 + minute * 60 + second);
      }
    }
  }
  return times;
}

void KeepSelected(std::vector<std::int32_t>& offsets, const std::vector<int>& positions) {
  if (positions.empty()) return;
  std::vector<std::int64_t> selected;
  SelectPositions(positions, std::ssize(offsets), selected);
  std::vector<std::int32_t> kept;
  for (const std::int64_t i : selected) {
    kept.push_back(offsets[static_cast<std::size_t>(i)]);
  }
  offsets = std::move(kept);
}

std::int64_t EndOf(const RecurrenceParts& parts) {
  if (!parts.until) return kEndOfTime;
  if (const CivilDay* day = std::get_if<CivilDay>(&*parts.until)) {
    return CivilTime(*day).time_since_epoch().count() + kSecondsPerDay;
  }
  return std::get<CivilTime>(*parts.until).time_since_epoch().count() + 1;
}

// Puts a rule by hours, minutes or seconds into its shape, or makes a DAILY one of it.
void PlanUnits(RulePlan& plan, RecurrenceParts& parts) {
  const std::int64_t unit = SecondsIn(parts.frequency);
  plan.unit = unit;
  plan.step = plan.interval * unit;
  plan.first_period = FloorDiv(plan.first, unit) * unit;
  plan.offsets = TimesWithin(unit, plan.clock);
  KeepSelected(plan.offsets, parts.by_set_position);

  const ClockFilter any{Bits({}, 24), Bits({}, 60), Bits({}, 60)};
  const bool limits_units = plan.clock.hours != any.hours ||
                            (unit <= 60 && plan.clock.minutes != any.minutes) ||
                            (unit == 1 && plan.clock.seconds != any.seconds);
  if (plan.days.PassesAll() && !limits_units) return;  // a progression

  plan.shape = PlanShape::kUnits;
  if (kSecondsPerDay % plan.step != 0) return;
  // The coarser parts of the clock must pass for the unit; the finer ones are in the offsets.
  ClockFilter coarse = plan.clock;
  if (unit >= 60) coarse.seconds = any.seconds;
  if (unit >= 3600) coarse.minutes = any.minutes;
  std::vector<std::int32_t> times;
  for (std::int64_t time = FloorMod(plan.first_period, plan.step); time < kSecondsPerDay;
       time += plan.step) {
    if (!Passes(coarse, time)) continue;
    if (times.size() + plan.offsets.size() > kMostTabulated) return;
    for (const std::int32_t offset : plan.offsets) {
      times.push_back(static_cast<std::int32_t>(time) + offset);
    }
  }
  plan.offsets = std::move(times);
  parts.frequency = Frequency::kDaily;
  parts.interval = 1;
  parts.by_set_position.clear();
}

bool LimitsByWeekdayOnly(const RecurrenceParts& parts) {
  return !parts.by_day.empty() && parts.by_month.empty() && parts.by_month_day.empty() &&
         parts.by_year_day.empty();
}

// Puts a WEEKLY rule into its shape. Its offsets go into a day where BYMONTH makes weeks differ,
// else into the week.
void PlanWeeks(RulePlan& plan, const RecurrenceParts& parts) {
  const std::int64_t first_day = FloorDiv(plan.first, kSecondsPerDay);
  const std::int64_t week = first_day - DaysSinceWeekday(first_day, plan.week_start);
  plan.first_period = week * kSecondsPerDay;
  plan.step = plan.interval * 7 * kSecondsPerDay;
  if (!parts.by_month.empty() || plan.offsets.size() * parts.by_day.size() > kMostTabulated) {
    plan.shape = PlanShape::kWeeks;
    plan.set_position = parts.by_set_position;
    return;
  }
  std::vector<std::int32_t> times;
  for (int day = 0; day < 7; ++day) {
    const std::chrono::weekday weekday{(plan.week_start + static_cast<unsigned>(day)) % 7};
    const auto named = [weekday](const WeekdayOrdinal& entry) { return entry.day == weekday; };
    if (std::none_of(parts.by_day.begin(), parts.by_day.end(), named)) continue;
    for (const std::int32_t time : plan.offsets) {
      times.push_back(day * static_cast<std::int32_t>(kSecondsPerDay) + time);
    }
  }
  plan.offsets = std::move(times);
  plan.shape = PlanShape::kProgression;
  KeepSelected(plan.offsets, parts.by_set_position);
}

void PlanDays(RulePlan& plan, const RecurrenceParts& parts) {
  KeepSelected(plan.offsets, parts.by_set_position);
  if (plan.interval == 1 && LimitsByWeekdayOnly(parts) &&
      plan.offsets.size() * parts.by_day.size() <= kMostTabulated) {
    RecurrenceParts weekly = parts;
    weekly.by_set_position.clear();
    PlanWeeks(plan, weekly);
    return;
  }
  plan.shape = plan.days.PassesAll() ? PlanShape::kProgression : PlanShape::kDays;
  plan.first_period = FloorDiv(plan.first, kSecondsPerDay) * kSecondsPerDay;
  plan.step = plan.interval * kSecondsPerDay;
}

}  // namespace

void SelectPositions(const std::vector<std::int32_t>& positions, std::int64_t size,
                     std::vector<std::int64_t>& selected) {
  selected.clear();
  for (const std::int64_t position : positions) {
    const std::int64_t index = position > 0 ? position - 1 : size + position;
    if (0 <= index && index < size) selected.push_back(index);
  }
  std::sort(selected.begin(), selected.end());
  selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
}

RulePlan::RulePlan(const RecurrenceRule& rule, CivilTime start)
    : RulePlan(WithImpliedParts(rule.parts(), start.time_since_epoch().count()),
               start.time_since_epoch().count()) {}

RulePlan::RulePlan(RecurrenceParts parts, std::int64_t start)
    : first(start),
      end(std::min(EndOf(parts), kEndOfTime)),
      count(parts.count),
      interval(parts.interval),
      week_start(parts.week_start.c_encoding()),
      days(parts),
      clock(ClockFilterOf(parts)) {
  if (parts.frequency < Frequency::kDaily) {
    PlanUnits(*this, parts);
    if (parts.frequency < Frequency::kDaily) return;
    interval = 1;
  } else {
    offsets = TimesWithin(kSecondsPerDay, clock);
  }
  switch (parts.frequency) {
    case Frequency::kYearly:
      shape = PlanShape::kYears;
      set_position = parts.by_set_position;
      break;
    case Frequency::kMonthly:
      shape = PlanShape::kMonths;
      set_position = parts.by_set_position;
      break;
    case Frequency::kWeekly:
      PlanWeeks(*this, parts);
      break;
    default:
      PlanDays(*this, parts);
      break;
  }
}

}  // namespace clinic::internal
