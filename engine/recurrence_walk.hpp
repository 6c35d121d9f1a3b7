// Walking through the occurrences of a rule, period by period.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "engine/recurrence_plan.hpp"

namespace clinic::internal {

/// What is left of one period: some days, each with the same times, or a selection of them.
class PeriodTimes {
 public:
  explicit PeriodTimes(const RulePlan& plan) : plan_(plan) {}

  /// Loads the period of which bit 0 of `days` (or of the first word) begins at `first`.
  void Load(std::int64_t first, std::uint32_t days);
  void Load(std::int64_t first, const YearDays& days);

  void Clear() { words_left_ = 0, bits_ = 0, selected_.clear(), next_selected_ = 0; }

  bool empty() const { return words_left_ == 0 && next_selected_ == selected_.size(); }

  /// Drops the times before `from`.
  void SkipBefore(std::int64_t from);

  /// Moves times to `out`, as many as fit; returns how many.
  std::size_t Take(std::span<CivilTime> out);

 private:
  void Select();
  std::uint64_t WordAt(int i) const;  // the i-th of the words left
  std::size_t TakeSelected(std::span<CivilTime> out);
  void NextWord();

  const RulePlan& plan_;
  std::int64_t word_start_ = 0;  // when bit 0 of bits_ begins
  std::uint64_t bits_ = 0;       // the days left of the current word; 0 only where nothing is left
  std::size_t next_time_ = 0;    // in plan_.offsets, of the day that is the lowest of bits_
  int words_left_ = 0;           // the current one included
  YearDays year_;                // where there are several words
  std::vector<std::int64_t> selected_;  // in place of the above where there is a BYSETPOS
  std::size_t next_selected_ = 0;
};

/// Gives the occurrences of a rule in order. One thread at a time.
class RuleWalker {
 public:
  /// Requires that `plan` outlives the walker. Stands at the rule's start.
  explicit RuleWalker(const RulePlan& plan);

  /// Goes to the first occurrence at or after `from`, to end before `end`. Requires that the rule
  /// has no COUNT unless `from` is its start.
  void Restart(std::int64_t from, std::int64_t end);

  /// Writes the next occurrences to `out` and returns how many: none only at the end, where `out`
  /// has room. kUnbounded where the rule never matches or the search takes too long.
  Result<std::size_t> Take(std::span<CivilTime> out);

 private:
  enum class Loaded { kPeriod, kEnd, kNotFound };

  // Loads the next period that is not empty: kEnd where there is none before end_, kNotFound where
  // the search takes too long. The others load the next period of their shape.
  Loaded LoadPeriod();
  Loaded LoadYear();
  Loaded LoadMonth();
  Loaded LoadWeek();
  Loaded LoadMonthOfDays();
  Loaded LoadUnit();

  // The next unit of the lattice at or after `time`.
  std::int64_t UnitFrom(std::int64_t time) const;
  // Where to look next when the unit at `time` does not pass, or `time` where it does.
  std::int64_t NextCandidate(std::int64_t time);

  std::size_t TakeProgression(std::span<CivilTime> out);
  Error NeverMatches() const;
  Error NotFound() const;

  const RulePlan& plan_;
  PeriodTimes period_;
  std::int64_t from_ = 0;  // nothing before it
  std::int64_t end_ = 0;   // nothing at or after it
  std::int64_t next_ = 0;  // the next period: a year, month or week number, or seconds
  MonthSpan month_{};      // kUnits: the month of the last candidate, and its days that pass
  std::uint32_t month_days_ = 0;
  std::size_t next_offset_ = 0;  // kProgression: within the next period
  std::uint64_t left_ = 0;       // of COUNT
  bool from_start_ = true;       // nothing was skipped, so an empty walk means that nothing matches
  bool found_ = false;
  bool ended_ = false;
};

}  // namespace clinic::internal
