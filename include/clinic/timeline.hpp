// Which times of a calendar are taken, and by what: the structure at the heart of every calendar,
// made for clinics, where most bookings start and end on five minutes and a year has some
// thousands.
//
// A Timeline holds disjoint half-open intervals in order, each with a small value, exact to the
// second over [kEarliest, kLatest). It answers as a GapTree does (clinic/gap_tree.hpp), faster:
//
//   Timeline<std::uint32_t> calendar;
//   calendar.Insert({nine, ten}, 7);                     // true: the time was free
//   calendar.IsFree({half_past_nine, eleven});           // false: entry 7 is in the way
//   calendar.EarliestGap(nine, 30min, evening);          // ten
//
// A calendar with few entries, or with few for the time that they span, is a GapTree and nothing
// else. Otherwise the stretch of days in which most entries lie is laid out as an array, one cache
// line a day, with a bit for each five minutes (internal/day_record.hpp): is this time free? is one
// address to compute and one line to read. What does not fit there stands aside, in the GapTree:
// entries that are not wholly inside the stretch, that have no key, or find their day full.
//
//   begin_                                                      begin_ + span_
//     | day | day | day | day | ...                          ... | day |
//        |     |           |                                        |
//      block  block      block      keys and values, by start       |     aside_: GapTree
//
// Invariants, beside those of the parts:
//   1. days_ are the UTC days of [begin_, begin_ + span_); there are none, or no more than twice as
//      many as entries.
//   2. An entry stands in the block of the day in which it starts, and lies wholly within the days,
//      or it stands aside.
//   3. A cell is touched exactly where an entry has an instant in it, wherever the entry stands. So
//      a question that begins and ends on the grid is answered by the cells alone, exactly.
//   4. odd_ends of a day is the number of starts and ends inside its cells. Where it is zero, a
//      touched cell is covered as a whole, and the cells answer every question.
//   5. guests of a day is the number of entries aside that touch it; days_since_start leads to the
//      entry in a block of an earlier day that goes on into it, which is the last of its block.
//   6. A day's gap byte (internal/day_gaps.hpp) is the class, or more, of its longest free run. A
//      run belongs to the day in which it starts, with what lies in the days after; one that comes
//      from before counts from midnight; one that reaches the end of the days counts as endless.
//      gap_floor of a day never says more than the bytes do, and quiet_ never less than is true.
//   7. size_ is the number of entries.
//   8. A day's hint (internal/block_hint.hpp) leads to its block.
// BrokenInvariant() checks them all.
//
// Copies are deep. Calls to const members are safe together; whoever changes the timeline must be
// alone. All instants and lengths are accepted everywhere; what cannot be booked is refused or not
// found. In complexities n is the number of entries, d the number of days that the interval of the
// question touches; whatever stands in a block costs a short walk there, of at most 288 entries.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "clinic/gap_tree.hpp"
#include "clinic/internal/block_hint.hpp"
#include "clinic/internal/day_gaps.hpp"
#include "clinic/internal/day_record.hpp"
#include "clinic/internal/day_stretch.hpp"
#include "clinic/internal/large_array.hpp"
#include "clinic/internal/quiet_days.hpp"
#include "clinic/interval.hpp"

namespace clinic {

/// `Value` is trivially copyable; an empty type takes no room.
template <typename Value>
class Timeline {
 public:
  using Entry = typename GapTree<Value>::Entry;
  class Iterator;
  using const_iterator = Iterator;

  Timeline() = default;
  Timeline(const Timeline& other);
  Timeline(Timeline&& other) noexcept { Swap(other); }
  Timeline& operator=(Timeline other) noexcept {
    Swap(other);
    return *this;
  }
  ~Timeline() { FreeDays(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// True exactly where Insert would be accepted: `interval` is proper (IsProper) and overlaps no
  /// entry. O(1) inside one day, O(d + log n) otherwise.
  bool IsFree(const Interval& interval) const {
    Near near;
    if (FindNear(interval, near)) return !near.day->touched.AnyNear(near.first, near.count);
    return IsFreeAnywhere(interval);
  }

  /// Adds an entry; false, and nothing changed, where IsFree(interval) is false. O(1) inside one
  /// day, O(d + log n) otherwise; now and then O(n), which is O(1) an insertion.
  bool Insert(const Interval& interval, Value value) {
    Near near;
    if (FindNear(interval, near)) [[likely]] {
      if (near.day->touched.AnyNear(near.first, near.count)) return false;
      if (near.day->count < Entries::kMaxEntries) [[likely]] {
        const auto key = internal::KeyOf((internal::kCell * near.first).count(), interval.length());
        if (Entries::Insert(*near.day, *key, value)) [[unlikely]]
          NoteBlock(*near.day);
        near.day->touched.SetNear(near.first, near.count);
        ++size_;
        return true;
      }
    }
    return InsertAnywhere(interval, value);
  }

  /// Takes out the entry that starts at `start` exactly; false where there is none. As Insert.
  bool Erase(Instant start);

  /// As Erase, and returns what was taken out.
  std::optional<Entry> Extract(Instant start);

  /// Gives another value to the entry that starts at `start` exactly; false where there is none.
  /// O(1), or O(log n) for what stands aside.
  bool SetValue(Instant start, Value value) {
    const Place place = Find(start);
    if (place == kNowhere) return aside_.SetValue(start, value);
    Entries::SetValueAt(days_[place.day], place.index, value);
    return true;
  }

  /// The entry that starts at `start` exactly. O(1), or O(log n) for what stands aside.
  std::optional<Entry> FindAt(Instant start) const {
    const Place place = Find(start);
    return place == kNowhere ? aside_.FindAt(start) : std::optional<Entry>(EntryAt(place));
  }

  /// The earliest entry that overlaps `interval`; nothing overlaps an empty or inverted one. O(d +
  /// log n).
  std::optional<Entry> FirstOverlapping(const Interval& interval) const {
    const Iterator found = FindOverlap(interval);
    if (found.AtEnd()) return std::nullopt;
    const Entry entry = *found;
    return entry.interval.start < interval.end ? std::optional<Entry>(entry) : std::nullopt;
  }

  /// Calls `f` with each entry that overlaps `interval`, in order; where `f` returns a bool, false
  /// ends the walk. `f` must not change the timeline. O(d + log n + entries visited).
  template <typename F>
  void ForEachOverlapping(const Interval& interval, F f) const {
    for (Iterator it = FindOverlap(interval); !it.AtEnd(); ++it) {
      const Entry entry = *it;
      if (entry.interval.start >= interval.end) return;
      if constexpr (std::is_same_v<std::invoke_result_t<F&, const Entry&>, bool>) {
        if (!f(entry)) return;
      } else {
        f(entry);
      }
    }
  }

  /// The earliest t >= from such that [t, t + length) is free and ends by `limit`. Before the first
  /// entry and after the last all time is free, inside [kEarliest, kLatest). Nothing for a length
  /// that is not positive. O(log n) for lengths up to a day; for longer ones, O(days) more.
  std::optional<Instant> EarliestGap(Instant from, Duration length, Instant limit) const;

  /// The cells of five minutes of a UTC day that are taken as a whole: bit i of word w stands for
  /// the five minutes from minute 5 (64 w + i) of the day on; the last 32 bits are zero. O(1) for a
  /// day on which all bookings start and end on the grid, else O(log n + entries of the day).
  internal::DayCells::Words CoveredCells(std::chrono::sys_days day) const;

  /// Entries by start. An iterator is valid until the timeline changes; it gives entries by value.
  /// All of them: O(n).
  Iterator begin() const {
    return Iterator(this, FirstPlace(0, DayCount()), DayCount(), aside_.begin());
  }
  Iterator end() const { return Iterator(this, {DayCount(), 0}, DayCount(), {}); }

  /// Replaces everything; false, and nothing changed, unless `entries` are proper, in order and
  /// disjoint. O(n).
  bool Build(std::span<const Entry> entries);

  /// Forgets everything and gives all memory back. O(n).
  void Clear() {
    Timeline empty;
    Swap(empty);
  }

  /// What the timeline has allocated, itself included, the allocator's own overhead not. O(n).
  std::size_t MemoryBytes() const;

  /// Which invariant does not hold, in words; empty if all do. O(n), for tests.
  std::string_view BrokenInvariant() const;

 private:
  using Entries = internal::DayEntries<Value>;
  using Record = internal::DayRecord;

  // Where an interval lies that is on the grid, in one of the days, and no longer than 64 cells.
  struct Near {
    Record* day;
    int first;
    int count;
  };
  // Where an entry stands in a block. DayCount() as the day is behind the last one.
  struct Place {
    std::size_t day = 0;
    int index = 0;

    friend bool operator==(const Place&, const Place&) = default;
  };
  static constexpr Place kNowhere{static_cast<std::size_t>(-1), 0};

  // What a search for a gap learns from one day.
  struct DaySearch {
    bool found = false;
    Instant open;        // found: the answer; else where the free time begins that reaches midnight
    Duration longest{};  // else: of all other free runs
  };

  // The fewest entries that are laid out by day, and the most days for one entry at that time.
  static constexpr std::size_t kFewest = 32;
  // So many days without a gap are worth to be remembered.
  static constexpr std::size_t kWorthKnowing = 64;

  static constexpr std::uint64_t kDaySeconds = internal::kDay.count();
  static constexpr std::uint64_t kCellSeconds = internal::kCell.count();

  void Swap(Timeline& other) noexcept {
    std::swap(days_, other.days_);
    std::swap(begin_, other.begin_);
    std::swap(span_, other.span_);
    std::swap(size_, other.size_);
    std::swap(next_layout_, other.next_layout_);
    std::swap(quiet_, other.quiet_);
    std::swap(aside_, other.aside_);
  }

  std::size_t DayCount() const { return span_ / kDaySeconds; }
  Instant MidnightBefore(std::size_t day) const {
    return begin_ + internal::kDay * static_cast<std::int64_t>(day);
  }
  Instant DaysEnd() const { return begin_ + Duration{static_cast<std::int64_t>(span_)}; }
  Interval Days() const { return {begin_, DaysEnd()}; }

  // Seconds since begin_, far more than span_ for what lies before. Defined for all instants.
  std::uint64_t SecondsIn(Instant instant) const {
    return static_cast<std::uint64_t>(instant.time_since_epoch().count()) -
           static_cast<std::uint64_t>(begin_.time_since_epoch().count());
  }
  bool IsInDays(Instant instant) const { return SecondsIn(instant) < span_; }
  // Requires IsInDays(instant).
  std::size_t DayOf(Instant instant) const { return SecondsIn(instant) / kDaySeconds; }

  bool FindNear(const Interval& interval, Near& near) const {
    const std::uint64_t start = SecondsIn(interval.start);
    const std::uint64_t end = SecondsIn(interval.end);
    if (!(start < end && end <= span_)) return false;
    const std::uint64_t first = start / kCellSeconds;
    const std::uint64_t last = end / kCellSeconds;
    const std::uint64_t day = first / internal::kCellsADay;
    near = {days_ + day, static_cast<int>(first - day * internal::kCellsADay),
            static_cast<int>(last - first)};
    return first * kCellSeconds == start && last * kCellSeconds == end && last - first <= 64 &&
           last <= (day + 1) * internal::kCellsADay;
  }

  internal::DayGaps Gaps() const {
    const std::size_t days = DayCount();
    return {reinterpret_cast<std::uint64_t*>(days_ + days), days};
  }

  // What the days take in memory, with what lies behind them.
  static std::size_t BytesFor(std::size_t days) {
    return days * (sizeof(Record) + sizeof(internal::BlockHint)) +
           internal::DayGaps::WordsFor(days) * sizeof(std::uint64_t);
  }
  // Where the block of each day is, behind the gap bytes.
  internal::BlockHint* Hints() const {
    const std::size_t days = DayCount();
    auto* const gaps = reinterpret_cast<std::uint64_t*>(days_ + days);
    return reinterpret_cast<internal::BlockHint*>(gaps + internal::DayGaps::WordsFor(days));
  }
  void NoteBlock(const Record& day) { Hints()[&day - days_] = internal::HintOf(days_, day.block); }

  Entry EntryAt(Place place) const {
    const Record& day = days_[place.day];
    const internal::DayKey key = Entries::KeyAt(day, place.index);
    const Instant start = MidnightBefore(place.day) + internal::StartOf(key);
    return {{start, start + internal::LengthOf(key)}, Entries::ValueAt(day, place.index)};
  }

  // The block's entry that starts at `start` exactly, or kNowhere.
  Place Find(Instant start) const {
    const std::uint64_t second = SecondsIn(start);
    if (second >= span_) return kNowhere;
    const std::uint64_t day = second / kDaySeconds;
    internal::PrefetchBlock(days_, Hints()[day]);
    const int index =
        Entries::Find(days_[day], static_cast<std::int64_t>(second - day * kDaySeconds));
    return index < days_[day].count ? Place{day, index} : kNowhere;
  }

  // The first entry in a block of the days [from, to).
  Place FirstPlace(std::size_t from, std::size_t to) const {
    while (from < to && days_[from].count == 0) ++from;
    return {from, from < to ? Entries::FirstFrom(days_[from], 0) : 0};
  }
  Place PlaceAfter(Place place, std::size_t to) const {
    const Record& day = days_[place.day];
    const auto second = internal::StartOf(Entries::KeyAt(day, place.index)).count();
    const int index = Entries::FirstFrom(day, second + 1);
    return index < day.count ? Place{place.day, index} : FirstPlace(place.day + 1, to);
  }

  // Calls f(day, from, to) with the days and cells that `interval`, which lies in the days and is
  // not empty, touches. False ends the walk and is the result.
  template <typename F>
  bool VisitCells(const Interval& interval, F f) const;
  template <typename F>
  bool VisitCells(std::uint64_t first, std::uint64_t last, F f) const;
  bool IsAnyTouched(std::uint64_t first, std::uint64_t last) const;
  bool IsFreeAnywhere(const Interval& interval) const;
  Place FirstPlaceEndingAfter(Instant instant, std::size_t to) const;
  // The first entry that ends after `interval` starts, if it may start before the interval ends.
  Iterator FindOverlap(const Interval& interval) const;

  bool InsertAnywhere(const Interval& interval, Value value);
  bool InsertIntoBlock(const Interval& interval, Value value);
  void Mark(const Interval& interval, bool is_guest);
  void Unmark(const Interval& interval, bool is_guest);
  void ChangeOddEnds(const Interval& interval, int by);
  void MarkAgain(Instant odd_end);
  void RaiseGaps(std::size_t day, int from, int to);
  void RaiseFloor(std::size_t day, std::uint8_t floor);
  void EraseAt(Place place);
  std::optional<Entry> ExtractAside(Instant start);
  void AfterExtracting();
  void LayOut(std::span<const Entry> entries);
  void AppendDays();
  void AllocateDays(std::size_t days);
  void FreeDays();

  std::optional<Instant> EarliestGapNear(Instant from, Duration length) const;
  std::optional<Instant> EarliestGapAround(Instant from, Duration length) const;
  Instant EarliestGapInDays(Instant from, Duration length) const;
  DaySearch SearchDay(std::size_t day, Instant open, Duration length) const;
  DaySearch SearchOddDay(std::size_t day, Instant open, Duration length) const;
  std::size_t FirstDayWith(std::uint8_t gap, std::size_t from) const;
  Instant FirstTakenFrom(std::size_t day, Instant enough) const;
  std::string_view BrokenDays() const;
  std::string_view BrokenGaps() const;

  Record* days_ = nullptr;  // followed by the words of their gap bytes, and the hints
  Instant begin_{};
  std::uint64_t span_ = 0;  // in seconds
  std::size_t size_ = 0;
  std::size_t next_layout_ = kFewest;  // so many entries aside make it worth to lay out anew
  internal::QuietDays quiet_;
  GapTree<Value> aside_;
};

}  // namespace clinic

#include "clinic/internal/timeline_changes.hpp"
#include "clinic/internal/timeline_check.hpp"
#include "clinic/internal/timeline_iterator.hpp"
#include "clinic/internal/timeline_questions.hpp"
