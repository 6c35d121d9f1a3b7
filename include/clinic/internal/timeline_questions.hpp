// What a Timeline answers beyond one look at one day: odd times, several days, gaps. Included by
// timeline.hpp only.
#pragma once

#include "clinic/internal/two_days.hpp"
#include "clinic/timeline.hpp"

namespace clinic {

template <typename Value>
template <typename F>
bool Timeline<Value>::VisitCells(std::uint64_t first, std::uint64_t last, F f) const {
  constexpr std::uint64_t kCells = internal::kCellsADay;
  for (std::uint64_t day = first / kCells; day * kCells < last; ++day) {
    const std::uint64_t midnight = day * kCells;
    const int from = static_cast<int>(std::max(first, midnight) - midnight);
    const int to = static_cast<int>(std::min(last - midnight, kCells));
    if (!f(static_cast<std::size_t>(day), from, to)) return false;
  }
  return true;
}

template <typename Value>
template <typename F>
bool Timeline<Value>::VisitCells(const Interval& interval, F f) const {
  return VisitCells(SecondsIn(interval.start) / kCellSeconds,
                    (SecondsIn(interval.end) + kCellSeconds - 1) / kCellSeconds, f);
}

template <typename Value>
bool Timeline<Value>::IsAnyTouched(std::uint64_t first, std::uint64_t last) const {
  return first < last && !VisitCells(first, last, [&](std::size_t day, int from, int to) {
           return !days_[day].touched.Any(from, to);
         });
}

// Only the outermost cells can be touched and yet leave room, where entries or the interval end
// inside of them.
template <typename Value>
bool Timeline<Value>::IsFreeAnywhere(const Interval& interval) const {
  if (!IsProper(interval)) return false;
  const Interval inside = Intersection(interval, Days());
  if (inside.start < inside.end) {
    const std::uint64_t start = SecondsIn(inside.start);
    const std::uint64_t end = SecondsIn(inside.end);
    if (IsAnyTouched(start / kCellSeconds, (end + kCellSeconds - 1) / kCellSeconds)) {
      if (IsAnyTouched((start + kCellSeconds - 1) / kCellSeconds, end / kCellSeconds)) return false;
      if (FirstOverlapping(inside)) return false;
    }
  }
  return inside == interval || aside_.IsFree(interval);
}

template <typename Value>
auto Timeline<Value>::FirstPlaceEndingAfter(Instant instant, std::size_t to) const -> Place {
  if (instant < begin_) return FirstPlace(0, to);
  if (instant >= DaysEnd()) return {to, 0};
  const std::size_t day = DayOf(instant);
  const Record& record = days_[day];
  if (record.days_since_start > 0) {
    const std::size_t earlier = day - record.days_since_start;
    const Place place{earlier, Entries::LastBefore(days_[earlier], kDaySeconds)};
    if (EntryAt(place).interval.end > instant) return place;
  }
  const std::int64_t next = (instant - MidnightBefore(day)).count() + 1;
  const int before = Entries::LastBefore(record, next);
  if (before < record.count && EntryAt({day, before}).interval.end > instant) return {day, before};
  const int after = Entries::FirstFrom(record, next);
  return after < record.count ? Place{day, after} : FirstPlace(day + 1, to);
}

template <typename Value>
auto Timeline<Value>::FindOverlap(const Interval& interval) const -> Iterator {
  const Interval inside = Intersection(interval, Days());
  if (inside.end <= inside.start) return Iterator(this, {}, 0, aside_.FindOverlap(interval));
  const std::size_t to = DayOf(inside.end - Duration{1}) + 1;
  return Iterator(this, FirstPlaceEndingAfter(inside.start, to), to, aside_.FindOverlap(interval));
}

template <typename Value>
auto Timeline<Value>::CoveredCells(std::chrono::sys_days day) const -> internal::DayCells::Words {
  const Interval whole{day, Instant{day} + internal::kDay};
  if (IsInDays(whole.start) && days_[DayOf(whole.start)].odd_ends == 0) {
    return days_[DayOf(whole.start)].touched.words();
  }
  internal::DayCells covered;
  Interval stretch{whole.start, whole.start};  // of entries that touch each other
  const auto add_stretch = [&] {
    const Duration from = stretch.start - whole.start + internal::kCell - Duration{1};
    covered.Set(static_cast<int>(from / internal::kCell),
                static_cast<int>((stretch.end - whole.start) / internal::kCell));
  };
  ForEachOverlapping(whole, [&](const Entry& entry) {
    const Interval inside = Intersection(entry.interval, whole);
    if (inside.start > stretch.end) {
      add_stretch();
      stretch.start = inside.start;
    }
    stretch.end = inside.end;
  });
  add_stretch();
  return covered.words();
}

template <typename Value>
std::optional<Instant> Timeline<Value>::EarliestGap(Instant from, Duration length,
                                                    Instant limit) const {
  from = std::max(from, kEarliest);
  limit = std::min(limit, kLatest);
  if (length <= Duration::zero() || from >= limit || length > limit - from) return std::nullopt;
  std::optional<Instant> found;
  if (days_ == nullptr) {
    found = aside_.EarliestGap(from, length, limit);
  } else if (found = EarliestGapNear(from, length); !found) [[unlikely]] {
    found = EarliestGapAround(from, length);
  }
  return found && *found <= limit - length ? found : std::nullopt;
}

// Most answers lie in the day that is asked about, or in the next one whose gap byte reaches: both
// are looked at together. Behind a leap over quiet days not even the bytes are read: a day that is
// looked at in vain does no harm. Nothing where the answer is not that simple.
template <typename Value>
std::optional<Instant> Timeline<Value>::EarliestGapNear(Instant from, Duration length) const {
  const std::uint64_t from_second = SecondsIn(from);
  const std::uint64_t cell = from_second / kCellSeconds;
  if (from_second >= span_ || cell * kCellSeconds != from_second || length > 64 * internal::kCell) {
    return std::nullopt;
  }
  const std::uint8_t wanted = internal::GapClass(length);
  const std::size_t asked = cell / internal::kCellsADay;
  const std::size_t first = quiet_.Skip(asked, wanted);
  if (first + 1 >= DayCount()) return std::nullopt;
  // While it is looked for, these come from memory; the second day is mostly the next one.
  __builtin_prefetch(days_ + first);
  __builtin_prefetch(days_ + first + 1);
  std::size_t second = quiet_.Skip(first + 1, wanted);
  const bool has_leapt = first != asked || second != first + 1;
  if (!has_leapt) second = FirstDayWith(wanted, second);
  if (second == DayCount()) return std::nullopt;
  const internal::DayCells& cells = days_[first].touched;
  const std::uint64_t from_cell = first == asked ? cell - asked * internal::kCellsADay : 0;
  const auto count = (length + internal::kCell - Duration{1}) / internal::kCell;
  const int found = internal::FirstFreeRunOfTwo(
      cells, days_[second].touched, static_cast<int>(from_cell), static_cast<int>(count));
  // Where the first day ends free, what it lacks may follow in the next.
  const bool is_in_second = found >= internal::kSecondDay;
  if (found == internal::kNeitherDay ||
      (is_in_second && !cells.AnyNear(internal::kCellsADay - 1, 1)) ||
      (days_[first].odd_ends | days_[second].odd_ends) != 0) {
    return std::nullopt;
  }
  return MidnightBefore(is_in_second ? second : first) +
         internal::kCell * (is_in_second ? found - internal::kSecondDay : found);
}

// Before the days, in them, after them. Outside of them everything stands aside.
template <typename Value>
std::optional<Instant> Timeline<Value>::EarliestGapAround(Instant from, Duration length) const {
  if (from < begin_) {
    if (const auto before = aside_.EarliestGap(from, length, begin_)) return before;
    const std::optional<Entry> last = aside_.LastStartingBefore(begin_);
    if (last) from = std::max(from, last->interval.end);
  }
  const Instant end = DaysEnd();
  if (from < end) {
    const Instant found = EarliestGapInDays(from, length);
    if (length <= end - found) return found;
    if (found < end) {
      const std::optional<Entry> next = aside_.FirstOverlapping({end, kLatest});
      if (!next || length <= next->interval.start - found) return found;
    }
    from = end;
  }
  return aside_.EarliestGap(from, length, kLatest);
}

// The start of the earliest free run that is long enough or that reaches the end of the days, which
// for want of another is that end itself. Requires that `from` lies before it; if it lies before
// the first day, what is between is free.
template <typename Value>
Instant Timeline<Value>::EarliestGapInDays(Instant from, Duration length) const {
  const Instant end = DaysEnd();
  std::size_t day = 0;
  if (from >= begin_) {
    day = DayOf(from);
  } else {
    const Instant taken = FirstTakenFrom(0, from + length);
    if (taken >= from + length || taken == end) return from;
    day = DayOf(taken);
  }
  const std::uint8_t wanted = internal::GapClass(length);
  internal::DayGaps gaps = Gaps();
  for (const std::size_t days = DayCount(); (day = FirstDayWith(wanted, day)) < days;) {
    const Instant midnight = MidnightBefore(day);
    const DaySearch search = SearchDay(day, std::max(from, midnight), length);
    if (search.found) return search.open;
    std::size_t next = day + 1;
    Duration last{};
    if (search.open < midnight + internal::kDay) {
      const Instant taken = FirstTakenFrom(next, search.open + length);
      last = taken - search.open;
      if (last >= length || taken == end) return search.open;
      next = DayOf(taken);
    }
    if (from <= midnight) {
      gaps.Lower(day, internal::GapClass(std::max(search.longest, last)));
      days_[day].gap_floor.set(0);
      if (day + 1 < days) days_[day + 1].gap_floor.set(0);
    }
    day = next;
  }
  return end;
}

// The first day, `from` or later, that may have a gap of that class.
template <typename Value>
std::size_t Timeline<Value>::FirstDayWith(std::uint8_t gap, std::size_t from) const {
  const std::size_t found = Gaps().FirstAtLeast(quiet_.Skip(from, gap), gap);
  if (found - from >= kWorthKnowing) quiet_.Learn(from, found, gap);
  return found;
}

// The first instant, from the beginning of `day` on, that is taken, or the end of the days. Looks
// no further than it takes to know that `enough` is not.
template <typename Value>
Instant Timeline<Value>::FirstTakenFrom(std::size_t day, Instant enough) const {
  for (const std::size_t days = DayCount(); day < days; ++day) {
    const Instant midnight = MidnightBefore(day);
    if (midnight >= enough) return midnight;
    const int first = days_[day].touched.FirstTouched(0);
    if (first == internal::kCellsADay) continue;
    const Instant cell = midnight + internal::kCell * first;
    if (days_[day].odd_ends == 0) return cell;
    return std::max(cell, FirstOverlapping({cell, cell + internal::kCell})->interval.start);
  }
  return DaysEnd();
}

// Looks for a free run of that length from `open` on, which lies in the day, up to midnight.
template <typename Value>
auto Timeline<Value>::SearchDay(std::size_t day, Instant open, Duration length) const -> DaySearch {
  if (days_[day].odd_ends > 0) [[unlikely]]
    return SearchOddDay(day, open, length);
  const internal::DayCells& cells = days_[day].touched;
  const Instant midnight = MidnightBefore(day);
  const int taken = cells.FirstTouched(static_cast<int>((open - midnight) / internal::kCell));
  if (length <= midnight + internal::kCell * taken - open) return {.found = true, .open = open};
  if (taken == internal::kCellsADay) return {.open = open};
  const auto count = (length + internal::kCell - Duration{1}) / internal::kCell;
  const int found = count <= internal::kCellsADay
                        ? cells.FirstFreeRun(taken + 1, static_cast<int>(count))
                        : internal::kCellsADay;
  if (found < internal::kCellsADay) {
    return {.found = true, .open = midnight + internal::kCell * found};
  }
  const int last = cells.LastTouchedBefore(internal::kCellsADay);
  return {.open = midnight + internal::kCell * (last + 1),
          .longest = internal::kCell * cells.LongestFreeRunBeforeTheLast()};
}

// The same by walking over the entries, where cells are not exact.
template <typename Value>
auto Timeline<Value>::SearchOddDay(std::size_t day, Instant open, Duration length) const
    -> DaySearch {
  const Instant midnight = MidnightBefore(day);
  const Instant end = midnight + internal::kDay;
  DaySearch search{.open = open};
  ForEachOverlapping({midnight, end}, [&](const Entry& entry) {
    const Duration gap = entry.interval.start - search.open;
    search.found = length <= gap;
    if (search.found) return false;
    search.longest = std::max(search.longest, gap);
    search.open = std::max(search.open, entry.interval.end);
    return true;
  });
  if (search.found) return search;
  search.open = std::min(search.open, end);
  search.found = length <= end - search.open;
  return search;
}

}  // namespace clinic
