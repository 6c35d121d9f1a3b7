// Who keeps a summary of a schedule, and what they have to look at again.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic::internal {

/// Which of many schedules have changed since someone looked. Thread-safe. Whoever changes a
/// schedule holds its lock, takes note of the change, and then raises its flag; whoever looks takes
/// the flags, and then the lock of each schedule that had one. So no change is missed.
class ChangeFlags {
 public:
  explicit ChangeFlags(std::size_t members) : words_(members / 64 + 1) {}

  void Raise(std::uint32_t member) {
    std::atomic<std::uint64_t>& word = words_[member / 64];
    const std::uint64_t bit = std::uint64_t{1} << member % 64;
    if ((word.load() & bit) == 0) word.fetch_or(bit);
    if (!any_.load()) any_.store(true);
  }

  bool AreAnyRaised() const { return any_.load(); }

  /// Lowers all flags, and calls f(member) for each that was raised.
  template <typename F>
  void Take(F f) {
    any_.store(false);
    for (std::size_t w = 0; w < words_.size(); ++w) {
      std::uint64_t raised = words_[w].load() == 0 ? 0 : words_[w].exchange(0);
      for (; raised != 0; raised &= raised - 1) {
        f(static_cast<std::uint32_t>(64 * w) +
          static_cast<std::uint32_t>(std::countr_zero(raised)));
      }
    }
  }

  /// Nobody looks any more.
  void Close() { closed_.store(true); }
  bool IsClosed() const { return closed_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> any_ = false;
  std::atomic<bool> closed_ = false;
  std::vector<std::atomic<std::uint64_t>> words_;
};

/// What changed in one schedule: the time of `intervals`, or everything.
struct ScheduleChanges {
  bool everything = false;
  std::vector<Interval> intervals{};
};

/// Those who watch a schedule, which is who locks them. A copy of a schedule is watched by nobody.
class ScheduleWatchers {
 public:
  ScheduleWatchers() = default;
  ScheduleWatchers(ScheduleWatchers&&) = default;
  ScheduleWatchers& operator=(ScheduleWatchers&&) = default;
  ScheduleWatchers(const ScheduleWatchers&) {}
  ScheduleWatchers& operator=(const ScheduleWatchers&) { return *this; }
  ~ScheduleWatchers() = default;

  /// From now on that member's flag is raised at each change.
  void Add(std::shared_ptr<ChangeFlags> flags, std::uint32_t member) {
    watches_.push_back({std::move(flags), member, {}});
  }

  /// O(watchers).
  void Note(const Interval& interval) {
    if (watches_.empty()) return;
    NoteEach([&](ScheduleChanges& changes) {
      if (changes.everything) return;
      if (changes.intervals.size() < kMostIntervals) {
        changes.intervals.push_back(interval);
      } else {
        changes = {.everything = true};
      }
    });
  }
  void NoteEverything() {
    NoteEach([](ScheduleChanges& changes) { changes = {.everything = true}; });
  }

  /// What changed since it was taken last.
  ScheduleChanges Take(const ChangeFlags& flags) {
    for (Watch& watch : watches_) {
      if (watch.flags.get() == &flags) return std::exchange(watch.changes, {});
    }
    return {};
  }

 private:
  // Looking at so many costs as much as looking at everything.
  static constexpr std::size_t kMostIntervals = 64;

  struct Watch {
    std::shared_ptr<ChangeFlags> flags;
    std::uint32_t member;
    ScheduleChanges changes;
  };

  template <typename F>
  void NoteEach(F f) {
    std::erase_if(watches_, [](const Watch& watch) { return watch.flags->IsClosed(); });
    for (Watch& watch : watches_) {
      f(watch.changes);
      watch.flags->Raise(watch.member);
    }
  }

  std::vector<Watch> watches_;
};

}  // namespace clinic::internal
