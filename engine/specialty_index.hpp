// Who of a specialty can be asked for a time, and when it is worth it.
//
// Asking each of 10,000 practitioners for their next half hour takes milliseconds, and almost all
// of the answers are thrown away. The index keeps, for each day that somebody asked for, bits that
// say who has any time left in which five minutes (day_rows.hpp), and names only those who may have
// a start, by time. It never decides: Schedule does, when the member is asked.
//
// Invariants:
//   1. The members do not change, and are ordered by id. Who joins or leaves a specialty ends its
//      index; a new one is made when somebody asks again.
//   2. A day is kept or not. Where it is, its bits show each member as it was at some instant since
//      its flag (changes_) was raised last: a search takes up all that is flagged before it begins.
//   3. Whoever changes a member's schedule raises the flag before they give up its lock.
// So a start that was free when a search began, and still is, is never passed over; and what was
// passed over was not free at some instant during the search.
//
// Locks: an index, then schedules. Who books holds schedules, and touches flags alone.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "engine/day_rows.hpp"
#include "engine/resource_directory.hpp"
#include "engine/slot_candidates.hpp"

namespace clinic::internal {

/// Thread-safe. Searches run side by side, but for the moments in which changes are taken up.
class SpecialtyIndex {
 public:
  /// Fewer are asked one by one.
  static constexpr std::size_t kFewestMembers = 32;
  /// A visit that is longer is not searched for here.
  static constexpr Duration kLongestVisit = kDay;

  /// Knows the UTC days that begin in `window`, and makes the rows of each when it is first asked
  /// for. `members` are ordered by id.
  SpecialtyIndex(std::vector<ResourceStatePtr> members, const Interval& window);
  ~SpecialtyIndex();
  SpecialtyIndex(const SpecialtyIndex&) = delete;
  SpecialtyIndex& operator=(const SpecialtyIndex&) = delete;

  /// The members, each when it may have a start. At window().end all that are left may.
  class Search;

  const Interval& window() const { return window_; }

  /// What is kept for the days that were asked for.
  std::size_t MemoryBytes() const;

 private:
  /// Makes the rows of two days where they are not there. Takes up changes, too.
  void Prepare(std::size_t day);
  // These require that the index is locked for changing.
  void TakeUpChanges();
  void TakeUp(std::uint32_t member);
  void Refresh(std::uint32_t member, std::size_t day, int from, int to, bool grid);
  void Make(std::size_t day);
  std::chrono::sys_days DayAt(std::size_t day) const;

  const std::vector<ResourceStatePtr> members_;
  const Interval window_;
  const std::shared_ptr<ChangeFlags> changes_;

  mutable std::shared_mutex mutex_;
  // From here on guarded by mutex_.
  bool watching_ = false;
  Duration shortest_default_ = Duration::max();  // no member's is shorter
  std::vector<std::unique_ptr<DayRows>> days_;
};

class SpecialtyIndex::Search final : public SlotCandidates {
 public:
  /// Visits of `length`, or of each member's own default. `index` is kept alive meanwhile. Requires
  /// window().start <= from, and a length up to kLongestVisit.
  Search(std::shared_ptr<SpecialtyIndex> index, Instant from, Instant until,
         std::optional<Duration> length);

  const Candidate* Peek(Instant until) override;
  void Pop() override;
  void SkipTo(Instant instant) override;

 private:
  void MoveTo(Instant instant);
  bool NextCell(Instant until);
  void LoadBlock();
  /// Finds the rows of day_ and of the next one.
  void EnterDay();
  void LeaveDay();
  Instant StartOf(int cell) const { return midnight_ + kCell * cell; }

  const std::shared_ptr<SpecialtyIndex> index_;
  std::shared_lock<std::shared_mutex> lock_;
  Instant from_;
  Instant until_;  // no visit starts then or later
  int cells_ = 0;  // that a visit touches at least

  std::size_t day_ = 0;
  Instant midnight_{};
  const DayRows* rows_ = nullptr;  // of the day, once it was entered
  const DayRows* next_rows_ = nullptr;
  bool promising_ = false;               // somebody may have a run of cells_ on that day
  bool whole_day_ = false;               // nothing on that day was left out so far
  std::vector<std::uint8_t> has_run_{};  // by block: somebody has one

  int cell_ = 0;  // the next one to look at; or, where in_cell_, the one that is looked at
  bool in_cell_ = false;
  bool rest_ = false;  // what is looked at is all the time after the window
  std::size_t block_ = 0;
  std::uint32_t word_ = 0;
  MemberBits left_;                  // of the block: still to be named in this cell
  std::vector<MemberBits> named_{};  // by block
  bool ready_ = false;
  std::uint32_t member_ = 0;
  Candidate candidate_;
};

}  // namespace clinic::internal
