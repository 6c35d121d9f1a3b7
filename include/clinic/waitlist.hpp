// Who waits for a time to become free: plain values, as they go in and out of the engine and the
// store.
//
// A patient joins the waitlist (Scheduler::JoinWaitlist) for one resource, or for any that has a
// specialty. When time is freed, whoever fits it best is offered a visit there: a hold on the
// resource and the patient, made in the same step as what freed the time, so that nobody else can
// come in between. Confirming the hold ends the waiting. Where it is let go of or runs out, the
// entry waits on, and the next in line is offered the time.
//
// Who comes first. Of those for whom a visit can be booked that overlaps the freed time:
//   1. by fit: who leaves the least time unusable. Free time right before or after the visit is
//      unusable where it is too short for the resource's default visit with its buffers. Then who
//      leaves the least of the freed time over;
//   2. by priority, the higher first;
//   3. by age, who has waited longer first; at last by id.
// What is left of the freed time is offered on, by the same rules. Several freed times go one after
// the other, by resource, then by start; times of one resource that touch are one.
//
// What is not offered: a visit that begins by now or ends beyond the horizon, and a visit that
// overlaps one on the same resource that the entry was offered before; and to nobody a time that
// they gave up just now.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/result.hpp"

namespace clinic {

/// One who waits, for one visit.
using WaitlistId = Id<struct WaitlistTag>;

/// A visit that was offered and not taken.
struct DeclinedVisit {
  ResourceId resource{};
  Interval interval{};

  friend auto operator<=>(const DeclinedVisit&, const DeclinedVisit&) = default;
};

struct WaitlistEntry {
  WaitlistId id{};
  ResourceId patient{};                    ///< who waits
  std::optional<ResourceId> resource{};    ///< for a time of this one
  std::optional<std::string> specialty{};  ///< or of any that has this specialty
  Interval range{};                        ///< the visit lies inside
  Duration duration{};                     ///< of the visit, buffers not counted
  std::int32_t priority = 0;               ///< the higher comes first
  std::string reason{};                    ///< of the visit
  Instant since{};                         ///< when it joined, given by the scheduler
  std::optional<BookingId> offer{};        ///< the hold that it is offered now
  std::vector<DeclinedVisit> declined{};   ///< that are not over yet, in the order of the offers
  std::uint32_t version = 1;               ///< rises with every change

  friend bool operator==(const WaitlistEntry&, const WaitlistEntry&) = default;
};

/// Whether the entry can be kept at all. In order: kInvalidArgument unless it waits either for a
/// resource, other than the patient, or for a specialty with a name, and the duration is longer
/// than nothing; kBadInterval where the range is not proper or shorter than the visit.
Result<void> Validate(const WaitlistEntry& entry);

/// Which entries to list. The order is by age, then by id.
struct WaitlistQuery {
  std::optional<ResourceId> patient{};                    ///< everybody's where not given
  std::optional<std::pair<Instant, WaitlistId>> after{};  ///< the last one of the page before
  std::size_t limit = 50;
};

}  // namespace clinic
