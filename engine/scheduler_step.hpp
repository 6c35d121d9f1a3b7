// What happens to bookings, on its way through the scheduler.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/calendar.hpp"
#include "clinic/change.hpp"
#include "engine/resource_directory.hpp"
#include "engine/waiting_line.hpp"

namespace clinic::internal {

using States = std::vector<ResourceStatePtr>;

/// What becomes of one booking, on its way through prepare, Take, Write and Settle.
struct Step {
  std::shared_ptr<const Booking> before;  ///< null: the booking is new
  Booking after;
  BookingHandle handle{};
  States states;       ///< those of `after`, by id; none where it stays where it is
  std::string action;  ///< as the history calls it
  Waivers waive;
  std::shared_ptr<const WaitlistChange> waitlist{};  ///< null: none comes with it

  std::vector<PoolRequest> pools{};    ///< that are asked for, besides the states by name
  std::vector<std::string> pool_of{};  ///< for each state its pool, once members are chosen
  std::vector<ResourceId> kept{};      ///< by id: has them at that time already, and is not judged

  bool IsPlaced() const { return !states.empty() || !pools.empty(); }
  bool AwaitsMembers() const { return !pools.empty() && pool_of.empty(); }
  bool Claims() const { return IsPlaced() && after.occupies; }
  bool Frees() const { return before && before->occupies && (IsPlaced() || !after.occupies); }

  /// The states that were asked for by name.
  States Named() const;
  /// The states that it does not keep.
  States Changed() const;
  /// What it takes of each state. Requires that they are locked.
  std::vector<Allocation> Allocations() const;
};

/// Whom a question for times is about. `candidates` are empty where there is an index of them.
struct Asked {
  States candidates;
  std::shared_ptr<SpecialtyIndex> index;
  States together;
  States preferred;  ///< of the candidates, as far as they are known by name
};

/// A hold that ran out, as it is from then on.
struct Expired {
  Booking booking;
  std::string from;
  std::shared_ptr<const WaitlistChange> waitlist{};
};

/// Time of one resource that was given up.
struct Freed {
  ResourceStatePtr state;
  Interval time;
  std::vector<ResourceId> given_up_by;
};

/// Require that the states are those of the booking, and locked.
void AddToCalendars(const Booking& booking, BookingHandle handle, const States& states);
void RemoveFromCalendars(const Booking& booking, BookingHandle handle, const States& states);

}  // namespace clinic::internal
