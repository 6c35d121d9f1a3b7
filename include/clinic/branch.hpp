// A schedule as it stood at one instant, to try changes in.
//
//   Branch plan = scheduler.MakeBranch();
//   plan->Cancel(visit);
//   plan->Book(other);                          // in the branch alone
//   for (const Difference& d : plan.Differences()) Show(d);
//   scheduler.Commit(plan);                     // or let it go out of scope: nothing happened
//
// A branch is a Scheduler of its own. It begins with everything that was acknowledged when it was
// made, and sees nothing of what happens in its origin from then on; its origin sees nothing of the
// branch before Commit. Making one copies nothing: O(1), whatever the size. A calendar is copied
// when the branch first looks at it, and once more when the origin first changes it while a branch
// lives.
//
// What is special about time in a branch: a booking that was just being written when the branch was
// made takes up its time in it; holds that stood then stand in the branch as long as it lives. It
// writes nothing to a store.
//
// Thread-safe, as a Scheduler is. The origin must outlive its branches.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/scheduler.hpp"

namespace clinic {

/// What became of one booking in a branch.
struct Difference {
  std::optional<Booking> before;  ///< as the branch began; none where it was made in the branch
  Booking after;

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// A trial version of a scheduler's bookings. Ends with its destructor, which discards it.
class Branch {
 public:
  Branch(Branch&&) noexcept = default;
  Branch& operator=(Branch&&) noexcept = default;

  Scheduler& operator*() const { return *scheduler_; }
  Scheduler* operator->() const { return scheduler_.get(); }

  /// What differs from how the branch began, by id. O(differences x log differences).
  std::vector<Difference> Differences() const;

 private:
  friend class Scheduler;
  explicit Branch(std::unique_ptr<Scheduler> scheduler) : scheduler_(std::move(scheduler)) {}

  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace clinic
