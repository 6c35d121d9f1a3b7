// Group commit: writers that come at the same time share one transaction, and so one wait for the
// disk.
//
//   caller 1 ──work──▶ leads ─▶ BEGIN ─▶ work 1 ─▶ work 2 ─▶ work 3 ─▶ COMMIT ─▶ answers all three
//   caller 2 ──work──▶ waits ────────────────┘         │                 │
//   caller 3 ──work──▶ waits ──────────────────────────┘                 │
//   caller 4 ──work──▶ waits ──────────────────────────── leads next ◀───┘
//
// There is no thread of its own. Who finds no group under way leads one, at once, and takes in
// whoever comes before its works are done. So a lonely caller does what it would do without all
// this, and the more there are, the more share a commit. Only where they come one group after
// another, a leader may wait for those who were answered just now, as they often come straight
// back: for half as long as a commit takes, and ever more rarely where they do not.
//
// What holds:
//  1. Nobody is answered before what they wrote is durable.
//  2. A work that is refused, or throws, is undone alone; its neighbours are not refused.
//  3. Where the commit fails, it fails for all whose work had been done; a refusal stays a refusal.
//  4. Works run in the order in which they came, one after another; each sees what those before it
//     wrote, and stands and falls with it. Of several groups at once only the beginnings are
//     ordered.
//  5. Nobody leads more than one group, and a group takes in no more than Limits says: who waits
//     longest leads the next one.
//
// A work runs on its leader's thread while its caller waits. It may use all that its caller could,
// but no lock that a caller of Write holds: that would have been a deadlock anyway.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/store_figures.hpp"
#include "adapters/waiter.hpp"
#include "clinic/store.hpp"

namespace clinic {

/// The line of those who want to write. Safe to call from any thread; whoever destroys it sees to
/// it that nobody is in it. Beside the work itself a call costs two short locks, and where it waits
/// one wake-up, and waking two others.
class GroupCommit {
 public:
  struct Limits {
    std::size_t lanes = 1;   ///< groups at a time, at least 1: as many as there are connections
    std::size_t most = 128;  ///< works in a group, at least 1
    std::chrono::microseconds longest{10'000};  ///< after which a group takes in no more
  };

  /// One work, and what came of it. Whoever runs it sets one of the two; where neither is set it
  /// has failed.
  struct Entry : Waiter {
    explicit Entry(const Store::Work& asked) : work(asked) {}

    const Store::Work& work;
    std::optional<Result<void>> outcome{};
    std::exception_ptr thrown{};  ///< to be thrown to the caller instead

   private:
    friend class GroupCommit;
    std::size_t expected_ = 0;  // where it leads: the size that its group may come to
  };

  /// The works of one transaction, as they come. Used by one thread.
  class Group {
   public:
    /// The next work, which is this group's from now on; null where nobody waits or the group is
    /// full. The first call gives one.
    Entry* Next();

    /// Gives this error to everybody who waits now, limits or not: there is no transaction to be
    /// had, and each would find that out in turn.
    void Refuse(const Error& error);

   private:
    friend class GroupCommit;
    Group(GroupCommit& line, std::shared_ptr<Entry> leader);

    bool AwaitOthers(std::unique_lock<std::mutex>& lock);

    using Time = std::chrono::steady_clock::time_point;

    GroupCommit& line_;
    std::vector<std::shared_ptr<Entry>> entries_;
    bool began_ = false;
    std::size_t
        expected_;  // how many may come in all, if those come back who were answered just now
    Time full_at_{};
    Time ended_at_;  // when it last looked for one more
  };

  /// Runs a group's works in one transaction: takes them by Next, and has set what came of each
  /// when it returns.
  using Run = std::function<void(Group&)>;

  /// `sizes`, where it is given, counts the groups, and outlives this.
  GroupCommit(const Limits& limits, Run run, GroupSizes* sizes = nullptr);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// As Store::Write. Throws what `work` throws.
  Result<void> Write(const Store::Work& work);

 private:
  /// False where there was no need to wait: the entry leads.
  bool Join(const std::shared_ptr<Entry>& entry);
  void Lead(const std::shared_ptr<Entry>& leader);

  const Limits limits_;
  const Run run_;
  GroupSizes* const sizes_;

  std::mutex mutex_;  // guards what follows
  std::size_t leaders_ = 0;
  std::deque<std::shared_ptr<Entry>> waiting_;
  std::size_t answered_ = 0;  // in the last group, and when; how long its commit took
  std::chrono::steady_clock::time_point answered_at_{};
  std::chrono::steady_clock::duration commit_takes_{};
  std::condition_variable arrived_;  // as many as are wanted
  std::size_t wanted_ = 0;
  unsigned in_vain_ = 0;      // how often in a row few came back
  unsigned not_waiting_ = 0;  // for how many groups there is no waiting therefore
};

/// A transaction as a group needs it; one after another, of the same connection.
class SharedTransaction {
 public:
  virtual ~SharedTransaction() = default;

  /// Requires that none is under way.
  virtual Result<void> Begin() = 0;
  /// True from Begin on, until it is committed or rolled back, or the database gives it up by
  /// itself.
  virtual bool IsUnderWay() const = 0;
  /// Runs a work in it: what the unit of work came to. Throws what the work throws.
  virtual Result<void> Run(const Store::Work& work) = 0;
  /// Whether the work that ran last may have written anything, or left anything to be undone.
  virtual bool HasWritten() const = 0;
  /// Sets a mark; goes back to it, undoing what was written since, and takes it away; or only that.
  virtual Result<void> Mark() = 0;
  virtual Result<void> UndoToMark() = 0;
  virtual Result<void> Unmark() = 0;
  /// Returns without error only when it is durable, and is not under way any more in any case.
  virtual Result<void> Commit() = 0;
  /// Does nothing where none is under way.
  virtual void RollBack() = 0;
};

/// Runs a group in `transaction`, and commits once. Marks cost something with every work, and
/// refusals are rare where an engine stands before the store. So there are none at first: where a
/// work is refused that has written something, all is rolled back, and the works before it run
/// again, with marks from then on. No work runs more than twice.
///
/// Where the database gives the transaction up in the middle, all that had been done in it fails
/// with kUnavailable, and those who come after that get another one. Where none can be begun,
/// everybody who waits gets that error.
void RunTogether(GroupCommit::Group& group, SharedTransaction& transaction);

}  // namespace clinic
