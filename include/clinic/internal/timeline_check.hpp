// What a Timeline says about itself: its memory, and which of its invariants does not hold.
// Included by timeline.hpp only.
#pragma once

#include "clinic/timeline.hpp"

namespace clinic {

template <typename Value>
std::size_t Timeline<Value>::MemoryBytes() const {
  std::size_t bytes = sizeof(*this) - sizeof(aside_) + aside_.MemoryBytes();
  if (days_ == nullptr) return bytes;
  bytes += BytesFor(DayCount());
  for (std::size_t day = 0; day < DayCount(); ++day) bytes += Entries::BytesOf(days_[day]);
  return bytes;
}

template <typename Value>
std::string_view Timeline<Value>::BrokenInvariant() const {
  if (span_ % kDaySeconds != 0 || (days_ == nullptr) != (span_ == 0)) return "1: the days' number";
  if (DayCount() > 2 * size_) return "1: more days than entries are worth";
  if (days_ && ((begin_ - kEarliest) % internal::kDay != Duration{0} || begin_ < kEarliest ||
                DaysEnd() > kLatest)) {
    return "1: the days' place";
  }
  if (const std::string_view broken = aside_.BrokenInvariant(); !broken.empty()) return broken;
  std::size_t entries = 0;
  Instant last_end = kEarliest;
  for (const Entry& entry : *this) {
    if (!IsProper(entry.interval) || entry.interval.start < last_end) return "entries out of order";
    last_end = entry.interval.end;
    ++entries;
  }
  if (entries != size_) return "7: size";
  if (days_ == nullptr) return {};
  if (const std::string_view broken = BrokenDays(); !broken.empty()) return broken;
  return BrokenGaps();
}

// Lays the same entries on bare days and compares.
template <typename Value>
std::string_view Timeline<Value>::BrokenDays() const {
  Timeline bare;
  bare.AllocateDays(DayCount());
  bare.begin_ = begin_;
  for (std::size_t day = 0; day < DayCount(); ++day) {
    const Record& record = days_[day];
    if (const auto broken = Entries::BrokenInvariant(record); !broken.empty()) return broken;
    for (int i = 0; i < record.count; ++i) {
      const Interval interval = EntryAt({day, i}).interval;
      if (!Days().Contains(interval)) return "2: an entry in a block reaches out of the days";
      bare.Mark(interval, /*is_guest=*/false);
    }
  }
  for (const auto& entry : aside_) bare.Mark(entry.interval, /*is_guest=*/true);
  for (std::size_t day = 0; day < DayCount(); ++day) {
    const Record& record = days_[day];
    const Record& expected = bare.days_[day];
    if (record.block != nullptr && Hints()[day] != internal::HintOf(days_, record.block)) {
      return "8: where a block is";
    }
    if (record.touched != expected.touched) return "3: the cells of a day";
    if (record.odd_ends != expected.odd_ends) return "4: the odd ends of a day";
    if (record.guests != expected.guests) return "5: the guests of a day";
    if (record.days_since_start != expected.days_since_start) return "5: where an entry started";
    const std::uint8_t floor = record.gap_floor.get();
    const bool is_low = floor < Record::kFloorOfDay ? Gaps().at(day) < floor
                                                    : Gaps().at(day) < internal::kLongestGap;
    if (is_low || (floor == Record::kFloorOfTwoDays && day > 0 &&
                   Gaps().at(day - 1) < internal::kLongestGap)) {
      return "6: a gap byte below the floor that the day remembers";
    }
  }
  return {};
}

template <typename Value>
std::string_view Timeline<Value>::BrokenGaps() const {
  const internal::DayGaps gaps = Gaps();
  if (const std::string_view broken = gaps.BrokenInvariant(); !broken.empty()) return broken;
  // Whether the bounds of the days know of this free run.
  const auto is_known = [&](Interval run) {
    if (run.end >= DaysEnd()) run.end = kLatest + internal::kDay;
    for (Instant from = std::max(run.start, begin_); from < std::min(run.end, DaysEnd());
         from = MidnightBefore(DayOf(from) + 1)) {
      const std::uint8_t gap = internal::GapClass(run.end - from);
      if (gaps.at(DayOf(from)) < gap || !quiet_.MayHave(DayOf(from), gap)) return false;
    }
    return true;
  };
  Instant free_from = kEarliest;
  for (const Entry& entry : *this) {
    if (!is_known({free_from, entry.interval.start})) return "6: a gap is wider than its day knows";
    free_from = entry.interval.end;
  }
  return is_known({free_from, kLatest}) ? "" : "6: a gap is wider than its day knows";
}

}  // namespace clinic
