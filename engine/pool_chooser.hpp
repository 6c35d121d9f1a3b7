// Choosing which members of a pool a booking gets, and which others make way for it.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/pool_assignment.hpp"
#include "engine/scheduler_impl.hpp"

namespace clinic {

/// Looks at one calendar at a time, so what it finds may be overtaken before it is taken. What the
/// steps free counts as free, and what they take by name as taken.
///
/// First everything that is booked stays. Where that does not do, the bookings that may make way
/// and overlap are looked at as well, those that overlap these, and so on, until nothing more could
/// matter; then the question goes to AssignMembers.
class Scheduler::Impl::PoolChooser {
 public:
  /// A booking that has to make way, and what it takes from then on.
  struct Reassignment {
    std::shared_ptr<const Booking> booking;
    std::vector<Allocation> allocations;  ///< by resource; with their pools, not their times
  };

  /// For the first `considered` of the steps. Bookings that are `pinned` do not make way.
  PoolChooser(const Impl& impl, std::span<Step> steps, std::size_t considered,
              std::span<const BookingId> pinned = {});

  /// Fills in the members of the steps that await them. False where there is no assignment, or none
  /// was found in the steps and bookings that it may look at; nothing is filled in then.
  bool Choose();

  /// Those that have to make way, once Choose returned true.
  const std::vector<Reassignment>& reassignments() const { return reassignments_; }

  /// Those that might have made way, had they not just been changed by others, once it returned
  /// false.
  const std::vector<BookingId>& busy() const { return busy_; }

  /// Why Choose returned false.
  Error Refusal() const;

  /// The next start at which the only step, moved there, may fare better than now, once Choose
  /// returned false.
  std::optional<Instant> NextStart(Instant limit) const;

 private:
  static constexpr std::size_t kNoStep = static_cast<std::size_t>(-1);

  struct Member {
    internal::ResourceStatePtr state;
    PoolMember pool;
    bool always_open = false;
  };

  /// What one booking takes of one pool.
  struct Part {
    std::size_t step = kNoStep;              ///< whose part it is; else that of `booking`
    std::shared_ptr<const Booking> booking;  ///< one that may make way
    std::size_t owner = 0;                   ///< the same for all parts of one booking
    std::string pool{};
    std::size_t wanted = 0;
    Interval visit{};
    bool any_time = false;               ///< availability does not matter
    std::vector<std::size_t> members{};  ///< of the pool, but for what the booking has by name
    std::vector<std::size_t> assigned{};
    std::vector<std::size_t> open{};  ///< the members that are, and those that it has
    std::size_t off_grid = 0;         ///< how many are open, but not for a start at that time
  };

  /// How well a member fits a visit; the least fits best.
  using Fit = std::tuple<bool, bool, Duration, Duration, ResourceId>;

  bool Solve(bool others_make_way);
  bool PlaceFreely(Step& step);
  bool IsContested(const Step& step) const {
    return step.AwaitsMembers() && step.after.occupies && !step.waive.conflicts;
  }

  void Forget();
  void AddParts(std::size_t step);
  void AddParts(const std::shared_ptr<const Booking>& booking);
  void Explore(std::size_t part, bool others_make_way);
  void Meet(std::size_t member, const Calendar::Entry& entry, bool others_make_way);
  bool MayMakeWay(const Booking& booking);
  /// Has bookings stay that are already where there is no room for them. True where there are any.
  bool FreezeMisplaced();

  std::size_t MemberOf(const internal::ResourceStatePtr& state);
  std::vector<std::size_t> MembersOf(const std::string& pool);
  Fit FitOf(std::size_t member, const Interval& visit, bool looks_at_hours) const;
  /// The members from the one that fits the visit best.
  std::vector<std::size_t> ByFit(const Interval& visit) const;
  PoolAssignment Assign(const std::vector<std::size_t>& by_fit) const;
  void FillIn(const std::vector<std::vector<std::size_t>>& chosen);
  void FillInStep(Step& step, std::span<const std::pair<std::size_t, std::string>> chosen) const;

  const Impl& impl_;
  const std::span<Step> steps_;
  const std::size_t considered_;
  const Instant now_;
  absl::flat_hash_set<BookingId> pinned_;     // they do not make way, whatever happens
  absl::flat_hash_set<BookingHandle> freed_;  // by the steps

  std::vector<Member> members_;
  absl::flat_hash_map<ResourceId, std::size_t> member_of_;
  std::vector<Part> parts_;
  std::size_t owners_ = 0;
  absl::flat_hash_set<BookingId> others_;  // those whose parts are among them
  std::set<std::tuple<std::size_t, BookingHandle, Instant>> met_;
  std::vector<BookingId> busy_;
  std::vector<Reassignment> reassignments_;
};

/// Of two refusals the one to be reported: that of the earlier step, then the first in the order of
/// ErrorCode; of two conflicts both.
Error Foremost(Error one, Error other);

}  // namespace clinic
