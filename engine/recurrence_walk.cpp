#include "engine/recurrence_walk.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace clinic::internal {
namespace {

constexpr int kMostSteps = 1'000'000;
constexpr std::int64_t kEndYear = 10'000;  // time ends with it; <chrono> knows no year beyond 32767

CivilTime At(std::int64_t seconds) { return CivilTime(Duration(seconds)); }

std::int64_t DayOf(std::int64_t seconds) { return FloorDiv(seconds, kSecondsPerDay); }

// `value` rounded up to `origin` plus a multiple of `step`.
std::int64_t RoundUp(std::int64_t value, std::int64_t origin, std::int64_t step) {
  return origin + FloorDiv(value - origin + step - 1, step) * step;
}

// The lowest bit of `bits` at or above `index`, or `count` where there is none.
std::int64_t NextBit(std::uint64_t bits, std::int64_t index, std::int64_t count) {
  const std::uint64_t above = index < 64 ? bits >> index << index : 0;
  return above == 0 ? count : std::countr_zero(above);
}

}  // namespace

void PeriodTimes::Load(std::int64_t first, std::uint32_t days) {
  word_start_ = first;
  bits_ = days;
  words_left_ = days == 0 ? 0 : 1;
  next_time_ = 0;
  if (!plan_.set_position.empty()) Select();
}

void PeriodTimes::Load(std::int64_t first, const YearDays& days) {
  year_ = days;
  word_start_ = first;
  words_left_ = YearDays::kWords;
  bits_ = year_.words()[0];
  next_time_ = 0;
  if (bits_ == 0) NextWord();
  if (!plan_.set_position.empty()) Select();
}

std::uint64_t PeriodTimes::WordAt(int i) const {
  return i == 0 ? bits_
                : year_.words()[static_cast<std::size_t>(YearDays::kWords - words_left_ + i)];
}

void PeriodTimes::NextWord() {
  next_time_ = 0;
  while (bits_ == 0 && --words_left_ > 0) {
    word_start_ += 64 * kSecondsPerDay;
    bits_ = year_.words()[static_cast<std::size_t>(YearDays::kWords - words_left_)];
  }
}

// Requires that nothing of the period was taken.
void PeriodTimes::Select() {
  std::int64_t days = 0;
  for (int i = 0; i < words_left_; ++i) days += std::popcount(WordAt(i));
  const std::int64_t times = std::ssize(plan_.offsets);
  SelectPositions(plan_.set_position, days * times, selected_);
  next_selected_ = 0;

  // The positions rise, so that the days are walked through once.
  std::int64_t day = 0;
  for (std::int64_t& selected : selected_) {
    const std::int64_t wanted = selected / times;
    for (std::int64_t in_word; (in_word = std::popcount(bits_)) <= wanted - day;) {
      day += in_word;
      bits_ = 0;
      NextWord();
    }
    for (; day < wanted; ++day) bits_ &= bits_ - 1;
    selected = word_start_ + std::countr_zero(bits_) * kSecondsPerDay +
               plan_.offsets[static_cast<std::size_t>(selected % times)];
  }
  words_left_ = 0;
}

void PeriodTimes::SkipBefore(std::int64_t from) {
  const auto first = selected_.begin() + static_cast<std::ptrdiff_t>(next_selected_);
  next_selected_ =
      static_cast<std::size_t>(std::lower_bound(first, selected_.end(), from) - selected_.begin());
  while (words_left_ > 0) {
    const std::int64_t day = word_start_ + std::countr_zero(bits_) * kSecondsPerDay;
    const auto time = std::lower_bound(plan_.offsets.begin(), plan_.offsets.end(), from - day);
    if (time != plan_.offsets.end()) {
      next_time_ = static_cast<std::size_t>(time - plan_.offsets.begin());
      return;
    }
    bits_ &= bits_ - 1;
    if (bits_ == 0) NextWord();
  }
}

std::size_t PeriodTimes::TakeSelected(std::span<CivilTime> out) {
  const std::size_t taken = std::min(out.size(), selected_.size() - next_selected_);
  for (std::size_t i = 0; i < taken; ++i) out[i] = At(selected_[next_selected_++]);
  return taken;
}

std::size_t PeriodTimes::Take(std::span<CivilTime> out) {
  if (words_left_ == 0) return TakeSelected(out);
  const std::span<const std::int32_t> offsets = plan_.offsets;
  std::size_t taken = 0;
  while (words_left_ > 0) {
    std::uint64_t bits = bits_;
    std::size_t next_time = next_time_;
    while (bits != 0 && taken < out.size()) {
      const std::int64_t day = word_start_ + std::countr_zero(bits) * kSecondsPerDay;
      while (next_time < offsets.size() && taken < out.size()) {
        out[taken++] = At(day + offsets[next_time++]);
      }
      if (next_time < offsets.size()) break;
      next_time = 0;
      bits &= bits - 1;
    }
    bits_ = bits;
    next_time_ = next_time;
    if (bits != 0) return taken;
    NextWord();
  }
  return taken;
}

RuleWalker::RuleWalker(const RulePlan& plan) : plan_(plan), period_(plan) {
  Restart(plan.first, plan.end);
}

void RuleWalker::Restart(std::int64_t from, std::int64_t end) {
  from_ = std::max(from, plan_.first);
  from_start_ = from_ == plan_.first;
  end_ = std::min(end, plan_.end);
  left_ = plan_.count ? *plan_.count : std::numeric_limits<std::uint64_t>::max();
  found_ = false;
  ended_ = from_ >= end_;
  period_.Clear();
  if (ended_) return;
  const auto period_of = [this](std::int64_t first, std::int64_t at) {
    return first + FloorDiv(at - first, plan_.interval) * plan_.interval;
  };
  const std::int64_t month = MonthSpan::NumberOf(DayOf(from_));
  const std::int64_t first_month = MonthSpan::NumberOf(DayOf(plan_.first));
  switch (plan_.shape) {
    case PlanShape::kYears:
      next_ = period_of(FloorDiv(first_month, 12), FloorDiv(month, 12));
      break;
    case PlanShape::kMonths:
      next_ = period_of(first_month, month);
      break;
    case PlanShape::kDays:
      next_ = month;
      break;
    case PlanShape::kUnits:
    case PlanShape::kWeeks:
    case PlanShape::kProgression:
      next_ = plan_.first_period + FloorDiv(from_ - plan_.first_period, plan_.step) * plan_.step;
      break;
  }
  if (plan_.shape == PlanShape::kProgression) {
    next_offset_ = static_cast<std::size_t>(
        std::lower_bound(plan_.offsets.begin(), plan_.offsets.end(), from_ - next_) -
        plan_.offsets.begin());
    if (next_offset_ == plan_.offsets.size()) {
      next_offset_ = 0;
      next_ += plan_.step;
    }
  }
}

Error RuleWalker::NeverMatches() const {
  return {ErrorCode::kUnbounded, "the recurrence rule matches no time before the year 10000"};
}

Error RuleWalker::NotFound() const {
  return {ErrorCode::kUnbounded,
          "the recurrence rule matches nothing within a million steps of the search"};
}

std::size_t RuleWalker::TakeProgression(std::span<CivilTime> out) {
  const std::span<const std::int32_t> offsets = plan_.offsets;
  const std::int64_t step = plan_.step;
  const std::int64_t end = end_;
  std::int64_t next = next_;
  std::size_t offset = next_offset_;
  std::size_t taken = 0;
  while (taken < out.size() && next < end) {
    out[taken++] = At(next + offsets[offset]);
    if (++offset == offsets.size()) {
      offset = 0;
      next += step;
    }
  }
  next_ = next;
  next_offset_ = offset;
  return taken;
}

Result<std::size_t> RuleWalker::Take(std::span<CivilTime> out) {
  if (ended_ || out.empty()) return std::size_t{0};
  if (plan_.offsets.empty()) {
    ended_ = true;
    if (end_ == kEndOfTime && from_start_) return NeverMatches();
    return std::size_t{0};
  }
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_)));
  std::size_t taken = 0;
  if (plan_.shape == PlanShape::kProgression) {
    taken = TakeProgression(out);
    ended_ = taken < out.size();
    found_ = found_ || taken > 0;
  }
  while (taken < out.size() && !ended_) {
    if (period_.empty()) {
      const Loaded loaded = LoadPeriod();
      if (loaded == Loaded::kNotFound && taken == 0) return NotFound();
      if (loaded == Loaded::kNotFound) break;  // the next call searches on
      ended_ = loaded == Loaded::kEnd;
      continue;
    }
    taken += period_.Take(out.subspan(taken));
  }
  if (taken > 0 && out[taken - 1] >= At(end_)) {
    taken = static_cast<std::size_t>(
        std::lower_bound(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(taken), At(end_)) -
        out.begin());
    ended_ = true;
  }
  left_ -= taken;
  ended_ = ended_ || left_ == 0;
  if (!found_ && from_start_ && end_ == kEndOfTime) return NeverMatches();
  return taken;
}

RuleWalker::Loaded RuleWalker::LoadPeriod() {
  for (;;) {
    Loaded loaded = Loaded::kEnd;
    switch (plan_.shape) {
      case PlanShape::kYears:
        loaded = LoadYear();
        break;
      case PlanShape::kMonths:
        loaded = LoadMonth();
        break;
      case PlanShape::kWeeks:
        loaded = LoadWeek();
        break;
      case PlanShape::kDays:
        loaded = LoadMonthOfDays();
        break;
      case PlanShape::kUnits:
        loaded = LoadUnit();
        break;
      case PlanShape::kProgression:  // has no periods to load
        break;
    }
    if (loaded != Loaded::kPeriod) return loaded;
    if (!found_) period_.SkipBefore(from_);
    if (!period_.empty()) {
      found_ = true;
      return loaded;
    }
  }
}

RuleWalker::Loaded RuleWalker::LoadYear() {
  if (next_ >= kEndYear) return Loaded::kEnd;
  const std::int64_t first_day = MonthSpan::Numbered(next_ * 12).first_day;
  if (first_day * kSecondsPerDay >= end_) return Loaded::kEnd;
  period_.Load(first_day * kSecondsPerDay, plan_.days.DaysOfYear(static_cast<int>(next_)));
  next_ += plan_.interval;
  return Loaded::kPeriod;
}

RuleWalker::Loaded RuleWalker::LoadMonth() {
  if (next_ >= kEndYear * 12) return Loaded::kEnd;
  const MonthSpan month = MonthSpan::Numbered(next_);
  if (month.first_day * kSecondsPerDay >= end_) return Loaded::kEnd;
  period_.Load(month.first_day * kSecondsPerDay, plan_.days.DaysOfMonth(month));
  next_ += plan_.interval;
  return Loaded::kPeriod;
}

RuleWalker::Loaded RuleWalker::LoadWeek() {
  if (next_ >= end_) return Loaded::kEnd;
  const std::int64_t first_day = DayOf(next_);
  std::uint32_t days = 0;
  for (int day = 0; day < 7;) {
    const MonthSpan month = MonthSpan::Numbered(MonthSpan::NumberOf(first_day + day));
    const int into = static_cast<int>(first_day + day - month.first_day);
    days |= (plan_.days.DaysOfMonth(month) >> into) << day;
    day += month.length - into;
  }
  period_.Load(next_, days & 0x7FU);
  next_ += plan_.step;
  return Loaded::kPeriod;
}

RuleWalker::Loaded RuleWalker::LoadMonthOfDays() {
  const MonthSpan month = MonthSpan::Numbered(next_);
  if (month.first_day * kSecondsPerDay >= end_) return Loaded::kEnd;
  std::uint32_t lattice = 0;
  const std::int64_t origin = DayOf(plan_.first);
  const std::int64_t after = month.first_day + month.length;
  for (std::int64_t day = RoundUp(month.first_day, origin, plan_.interval); day < after;
       day += plan_.interval) {
    lattice |= std::uint32_t{1} << (day - month.first_day);
  }
  period_.Load(month.first_day * kSecondsPerDay, plan_.days.DaysOfMonth(month) & lattice);
  ++next_;
  return Loaded::kPeriod;
}

std::int64_t RuleWalker::UnitFrom(std::int64_t time) const {
  return RoundUp(time, plan_.first_period, plan_.step);
}

std::int64_t RuleWalker::NextCandidate(std::int64_t time) {
  const std::int64_t day = DayOf(time);
  if (day < month_.first_day || month_.first_day + month_.length <= day) {
    month_ = MonthSpan::Numbered(MonthSpan::NumberOf(day));
    month_days_ = plan_.days.DaysOfMonth(month_);
  }
  const std::int64_t into = day - month_.first_day;
  const std::int64_t passing = NextBit(month_days_, into, month_.length);
  if (passing != into) return (month_.first_day + passing) * kSecondsPerDay;

  const std::int64_t time_of_day = time - day * kSecondsPerDay;
  const std::int64_t hour = time_of_day / 3600;
  const std::int64_t passing_hour = NextBit(plan_.clock.hours, hour, 24);
  if (passing_hour != hour) return day * kSecondsPerDay + passing_hour * 3600;
  const std::int64_t hour_start = day * kSecondsPerDay + hour * 3600;
  if (plan_.unit >= 3600) return time;

  const std::int64_t minute = time_of_day / 60 % 60;
  const std::int64_t passing_minute = NextBit(plan_.clock.minutes, minute, 60);
  if (passing_minute != minute) return hour_start + passing_minute * 60;
  if (plan_.unit >= 60) return time;

  const std::int64_t second = time_of_day % 60;
  return hour_start + minute * 60 + NextBit(plan_.clock.seconds, second, 60);
}

RuleWalker::Loaded RuleWalker::LoadUnit() {
  for (int step = 0; step < kMostSteps; ++step) {
    if (next_ >= end_) return Loaded::kEnd;
    const std::int64_t candidate = NextCandidate(next_);
    if (candidate == next_) {
      period_.Load(next_, std::uint32_t{1});
      next_ += plan_.step;
      return Loaded::kPeriod;
    }
    next_ = UnitFrom(candidate);
  }
  return Loaded::kNotFound;
}

}  // namespace clinic::internal
