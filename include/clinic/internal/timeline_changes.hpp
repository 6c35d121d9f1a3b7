// How a Timeline changes: what a booking marks and what it leaves behind, and how the days are laid
// out. Included by timeline.hpp only.
#pragma once

#include <memory>

#include "clinic/timeline.hpp"

namespace clinic {

template <typename Value>
Timeline<Value>::Timeline(const Timeline& other)
    : begin_(other.begin_),
      size_(other.size_),
      next_layout_(other.next_layout_),
      aside_(other.aside_) {
  if (other.days_ == nullptr) return;
  AllocateDays(other.DayCount());
  std::copy_n(other.days_, other.DayCount(), days_);
  std::for_each_n(days_, DayCount(), [this](Record& day) {
    Entries::CopyBlock(day);
    NoteBlock(day);
  });
  Gaps().CopyFrom(other.Gaps());
}

template <typename Value>
void Timeline<Value>::AllocateDays(std::size_t days) {
  const std::size_t bytes = BytesFor(days);
  days_ = static_cast<Record*>(::operator new (bytes, std::align_val_t{alignof(Record)}));
  internal::AdviseLargePage(days_);
  span_ = days * kDaySeconds;
  std::uninitialized_default_construct_n(days_, days);
  std::fill_n(Hints(), days, internal::BlockHint{0});
}

template <typename Value>
void Timeline<Value>::FreeDays() {
  if (days_ == nullptr) return;
  std::for_each_n(days_, DayCount(), Entries::Free);
  ::operator delete (days_, std::align_val_t{alignof(Record)});
  days_ = nullptr;
  span_ = 0;
}

template <typename Value>
bool Timeline<Value>::InsertAnywhere(const Interval& interval, Value value) {
  if (!IsFreeAnywhere(interval)) return false;
  const bool is_guest = !InsertIntoBlock(interval, value);
  if (is_guest) aside_.Insert(interval, value);
  Mark(interval, is_guest);
  ++size_;
  if (aside_.size() >= next_layout_) {
    LayOut(std::vector<Entry>(begin(), end()));
  } else if (days_ != nullptr && interval.start >= DaysEnd() && aside_.size() % kFewest == 0) {
    AppendDays();
  }
  return true;
}

// Most calendars are booked into the future, day after day. Where as many entries as days stand
// right behind the days, those are laid out too: nothing but the lines of the days moves. O(days),
// for so many more days that this is O(1) a day.
template <typename Value>
void Timeline<Value>::AppendDays() {
  const std::size_t days = DayCount();
  const std::size_t more = days / 16 + 1;
  const Instant end = DaysEnd();
  if (kLatest - end < internal::kDay * static_cast<std::int64_t>(more)) return;
  std::vector<Entry> behind;
  aside_.ForEachOverlapping({end, end + internal::kDay * static_cast<std::int64_t>(more)},
                            [&](const Entry& entry) { behind.push_back(entry); });
  if (behind.size() < more || days + more > 2 * size_) return;
  for (const Entry& entry : behind) {
    aside_.Erase(entry.interval.start);
    Unmark(entry.interval, /*is_guest=*/true);
  }
  Record* const old = days_;
  const internal::DayGaps old_gaps = Gaps();
  AllocateDays(days + more);
  std::copy_n(old, days, days_);
  std::for_each_n(days_, days, [this](const Record& day) { NoteBlock(day); });
  Gaps().Fill();
  for (std::size_t day = 0; day < days; ++day) Gaps().Lower(day, old_gaps.at(day));
  ::operator delete (old, std::align_val_t{alignof(Record)});
  for (const Entry& entry : behind) {
    const bool is_guest = !InsertIntoBlock(entry.interval, entry.value);
    if (is_guest) aside_.Insert(entry.interval, entry.value);
    Mark(entry.interval, is_guest);
  }
}

// Only into the block: nothing is marked. False where it has no place there.
template <typename Value>
bool Timeline<Value>::InsertIntoBlock(const Interval& interval, Value value) {
  if (!Days().Contains(interval)) return false;
  const std::size_t day = DayOf(interval.start);
  const Duration second = interval.start - MidnightBefore(day);
  const auto key = internal::KeyOf(second.count(), interval.length());
  if (!key || days_[day].count == Entries::kMaxEntries) return false;
  if (Entries::Insert(days_[day], *key, value)) NoteBlock(days_[day]);
  return true;
}

template <typename Value>
bool Timeline<Value>::Erase(Instant start) {
  const Place place = Find(start);
  if (place == kNowhere) [[unlikely]]
    return ExtractAside(start).has_value();
  EraseAt(place);
  return true;
}

template <typename Value>
auto Timeline<Value>::Extract(Instant start) -> std::optional<Entry> {
  const Place place = Find(start);
  if (place == kNowhere) return ExtractAside(start);
  const Entry taken = EntryAt(place);
  EraseAt(place);
  return taken;
}

// No entry is put together here: the processor would wait for all that is being written before it
// read one again.
template <typename Value>
void Timeline<Value>::EraseAt(Place place) {
  Record& record = days_[place.day];
  const internal::DayKey key = Entries::KeyAt(record, place.index);
  const Duration second = internal::StartOf(key);
  const Duration length = internal::LengthOf(key);
  const auto first = static_cast<int>(second / internal::kCell);
  const auto count = static_cast<int>(length / internal::kCell);
  if (Entries::Erase(record, place.index)) [[unlikely]]
    NoteBlock(record);
  if (internal::kCell * first == second && internal::kCell * count == length && count <= 64 &&
      first + count <= internal::kCellsADay) [[likely]] {
    RaiseGaps(place.day, first, first + count);
    record.touched.ResetNear(first, count);
  } else {
    const Instant start = MidnightBefore(place.day) + second;
    Unmark({start, start + length}, /*is_guest=*/false);
  }
  AfterExtracting();
}

template <typename Value>
auto Timeline<Value>::ExtractAside(Instant start) -> std::optional<Entry> {
  const std::optional<Entry> taken = aside_.Extract(start);
  if (!taken) return std::nullopt;
  Unmark(taken->interval, /*is_guest=*/true);
  AfterExtracting();
  return taken;
}

template <typename Value>
void Timeline<Value>::AfterExtracting() {
  --size_;
  if (2 * size_ * kDaySeconds >= span_ && size_ > 0) [[likely]]
    return;
  if (size_ == 0) {
    Clear();
  } else {
    LayOut(std::vector<Entry>(begin(), end()));
  }
}

template <typename Value>
void Timeline<Value>::Mark(const Interval& interval, bool is_guest) {
  const Interval inside = Intersection(interval, Days());
  if (inside.end <= inside.start) return;
  const std::size_t first = DayOf(inside.start);
  VisitCells(inside, [&](std::size_t day, int from, int to) {
    Record& record = days_[day];
    record.touched.Set(from, to);
    if (is_guest) {
      ++record.guests;
    } else if (day > first) {
      record.days_since_start = static_cast<std::uint8_t>(day - first);
    }
    return true;
  });
  ChangeOddEnds(interval, +1);
}

// Requires that the entry stands nowhere any more.
template <typename Value>
void Timeline<Value>::Unmark(const Interval& interval, bool is_guest) {
  const Interval inside = Intersection(interval, Days());
  if (inside.end <= inside.start) return;
  const std::size_t first = DayOf(inside.start);
  ChangeOddEnds(interval, -1);
  VisitCells(inside, [&](std::size_t day, int from, int to) {
    Record& record = days_[day];
    record.touched.Reset(from, to);
    if (is_guest) {
      --record.guests;
    } else if (day > first) {
      record.days_since_start = 0;
    }
    RaiseGaps(day, from, to);
    return true;
  });
  MarkAgain(interval.start);
  MarkAgain(interval.end);
}

template <typename Value>
void Timeline<Value>::ChangeOddEnds(const Interval& interval, int by) {
  for (const Instant end : {interval.start, interval.end}) {
    if (!IsInDays(end) || SecondsIn(end) % kCellSeconds == 0) continue;
    days_[DayOf(end)].odd_ends += static_cast<std::uint32_t>(by);
  }
}

// The cell in which an entry ended that is no more may be touched by its neighbour.
template <typename Value>
void Timeline<Value>::MarkAgain(Instant odd_end) {
  if (!IsInDays(odd_end)) return;
  const Duration past = Duration{static_cast<std::int64_t>(SecondsIn(odd_end) % kCellSeconds)};
  if (past == Duration{0}) return;
  const Interval cell{odd_end - past, odd_end - past + internal::kCell};
  if (!FirstOverlapping(cell)) return;
  const std::size_t day = DayOf(cell.start);
  const auto first = static_cast<int>((cell.start - MidnightBefore(day)) / internal::kCell);
  days_[day].touched.SetNear(first, 1);
}

// The cells [from, to) of a day become free: so does a run around them. Only 64 cells on each side
// are looked at; where the run is longer, or reaches midnight, the day is told that all of it may
// be free. So is the day before, where the run may begin there. If it begins even earlier it is
// longer than a day, and its day knows that already. Mostly the day knows of as much (floor): one
// branch, which the processor foresees.
template <typename Value>
void Timeline<Value>::RaiseGaps(std::size_t day, int from, int to) {
  const Record& record = days_[day];
  const int before = record.touched.FreeBefore(from);
  const int after = record.touched.FreeFrom(to);
  // Next to odd ends, the neighbours' cells may be free in part.
  const int partly = record.odd_ends > 0 ? 2 : 0;
  int floor = internal::GapClassOfCells(before + to - from + after + partly);
  floor = after >= std::min(internal::kCellsADay - to, 64) ? Record::kFloorOfDay : floor;
  floor = before >= std::min(from, 64) ? Record::kFloorOfTwoDays : floor;
  if (record.gap_floor.get() < floor) [[unlikely]]
    RaiseFloor(day, static_cast<std::uint8_t>(floor));
}

template <typename Value>
void Timeline<Value>::RaiseFloor(std::size_t day, std::uint8_t floor) {
  const auto raise = [this](std::size_t raised, std::uint8_t gap) {
    Gaps().Raise(raised, gap);
    quiet_.Raise(raised, gap);
  };
  raise(day, floor >= Record::kFloorOfDay ? internal::kLongestGap : floor);
  if (floor == Record::kFloorOfTwoDays && day > 0) raise(day - 1, internal::kLongestGap);
  days_[day].gap_floor.set(floor);
}

template <typename Value>
bool Timeline<Value>::Build(std::span<const Entry> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!IsProper(entries[i].interval)) return false;
    if (i > 0 && entries[i].interval.start < entries[i - 1].interval.end) return false;
  }
  LayOut(entries);
  return true;
}

// Requires entries that Build takes and that are not this timeline's own memory.
template <typename Value>
void Timeline<Value>::LayOut(std::span<const Entry> entries) {
  Clear();
  const auto days = internal::DaysToLayOut(entries, kFewest);
  if (days.count > 0) {
    AllocateDays(days.count);
    begin_ = days.begin;
    Gaps().Fill();
  }
  std::vector<Entry> aside;
  for (const Entry& entry : entries) {
    const bool is_guest = !InsertIntoBlock(entry.interval, entry.value);
    if (is_guest) aside.push_back(entry);
    Mark(entry.interval, is_guest);
  }
  aside_.Build(aside);
  size_ = entries.size();
  next_layout_ = aside.size() + std::max(kFewest, entries.size() / 4);
}

}  // namespace clinic
