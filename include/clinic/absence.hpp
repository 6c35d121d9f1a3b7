// A practitioner falls ill: everything that they had goes to somebody else, or to another time, at
// least total cost.
//
//   Result<AbsencePlan> plan = PlanAbsence(scheduler, {.practitioner = dr_chen, .time = today});
//   for (const DisplacedBooking& each : plan->displaced) Show(each.booking, each.to);
//   ApplyAbsence(scheduler, *plan, {.actor = "rosa", .reason = "ill"});
//
// The plan is a plain value: it can be shown, sent and stored before it is carried out. Nothing is
// changed by making one. Carrying it out is one transaction, the time off included: everything
// happens or nothing does, and a plan that reality has overtaken is refused.
//
// Displaced is what the practitioner has booked or held in that time and has not begun. The time
// that the displaced bookings take up counts as free for all of them, so that a patient can be seen
// at the same time by somebody else, or at the time of another patient who has to move as well. All
// else that a booking takes, its patient and its room, moves along and has to be free. Times that
// are offered are those that Book would accept; prices are those of clinic/reassignment_costs.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/reassignment.hpp"
#include "clinic/reassignment_costs.hpp"
#include "clinic/scheduler.hpp"

namespace clinic {

/// What becomes of a displaced booking that finds no other place.
enum class LeftOut {
  kStays,        ///< it stays as it is, for people to decide about
  kIsCancelled,  ///< it is cancelled, and its patient and room are free for the others
};

/// Who is absent when, and what may be done about it.
struct AbsenceRequest {
  ResourceId practitioner{};
  Interval time{};

  /// Who may take over: these; or whoever has this specialty; or, where neither is given, whoever
  /// shares a specialty with the absent one, who may see the patient before or after as well.
  std::vector<ResourceId> candidates{};
  std::optional<std::string> specialty{};

  Duration most_earlier =
      std::chrono::days{1};  ///< than planned may a visit start; never before now
  Duration most_later = std::chrono::days{14};  ///< than planned may a visit end
  std::size_t most_candidates = 64;  ///< times, the cheapest ones, weighed for each booking

  ReassignmentCosts costs{};
  Duration look_back = std::chrono::days{731};  ///< within it a practitioner's patients know them
  LeftOut left_out = LeftOut::kStays;
  ReassignmentOptions search{};
};

/// A booking that cannot take place as planned, and what is to become of it.
struct DisplacedBooking {
  enum class Fate {
    kMoves,           ///< to the practitioner and the time of `to`
    kNothingInReach,  ///< left out: no candidate has a time for it, within reach
    kGivesWay,        ///< left out: what there is others need, or it helps more to leave it to them
  };

  Booking booking{};  ///< as it was planned with; its version is the one that is expected
  Fate fate = Fate::kNothingInReach;
  std::optional<Slot> to{};    ///< with kMoves
  std::size_t candidates = 0;  ///< how many times were weighed
  Cost cost = 0;               ///< of the move, or of being left out

  friend bool operator==(const DisplacedBooking&, const DisplacedBooking&) = default;
};

/// A booking that lies in the absence, and cannot be moved.
struct KeptBooking {
  Booking booking{};
  /// kInThePast where it has begun; kIllegalTransition where it is neither booked nor held, such as
  /// "arrived"; kTooLong where no booking may be that long any more.
  ErrorCode why = ErrorCode::kInThePast;

  friend bool operator==(const KeptBooking&, const KeptBooking&) = default;
};

struct AbsencePlan {
  ResourceId practitioner{};
  Interval time{};
  LeftOut left_out = LeftOut::kStays;
  std::vector<DisplacedBooking> displaced{};  ///< by start, then by id
  std::vector<KeptBooking> kept{};            ///< likewise

  Cost cost = 0;                ///< the sum over `displaced`
  Cost lower_bound = 0;         ///< no plan made of the times that were weighed costs less
  bool proven_optimal = false;  ///< cost == lower_bound
  /// Whether every time within reach was weighed, not only the cheapest `most_candidates`.
  bool weighed_all = false;

  friend bool operator==(const AbsencePlan&, const AbsencePlan&) = default;
};

/// What came of a plan.
struct AbsenceOutcome {
  std::vector<Booking> changed{};  ///< moved or cancelled, in the order of the plan
  /// What the practitioner still has in the time of the absence, by start, then by id: what was
  /// kept, what was left out and stays, and what was booked after the plan was made.
  std::vector<Booking> remaining{};
};

/// Plans an absence, from the scheduler as it is now. A candidate who has hours of their own is
/// offered every start that they have; where nobody who is booked has hours, the starts are whole
/// numbers of the candidate's slot steps away from the planned one.
///
/// Where all resources have a capacity of 1 the plan is the best there is, of the times weighed, if
/// the search is not cut short (AbsenceRequest::search). Where some have more, that is tried first
/// as if they had room for all; if they have not, no two displaced bookings share them at a time,
/// which may not be best, and then is not said to be.
///
/// The same scheduler at the same time always gives the same plan. Errors, in order:
/// kInvalidArgument where the practitioner is none, or candidates are not or come twice, or are
/// given as well as a specialty, where a duration is negative, a price out of its range, no times
/// are to be weighed, leaving out everything would cost more than kMostTotalCost, or the scheduler
/// is a branch; kUnknownResource; kBadInterval.
///
/// O(c log n) for each booking and practitioner to find the times, with c times looked at and n
/// bookings a calendar, and the calendars copied once (clinic/branch.hpp); then as
/// ReassignAtLeastCost, twice where capacities are above 1. Safe to call from any thread.
Result<AbsencePlan> PlanAbsence(const Scheduler& scheduler, const AbsenceRequest& request);

/// Carries a plan out: the time off, for `command.reason`, and every move or cancellation, in one
/// transaction; where it is refused nothing has changed. From the first moment on nothing new is
/// booked on the practitioner in that time. Errors, with the position in AbsencePlan::displaced
/// where there are several changes: kStaleVersion where a booking was changed since the plan was
/// made, kHoldExpired, kInThePast, kOutsideAvailability, kConflict where a time is gone,
/// kIllegalTransition where the workflow has no "cancel", and the other errors of Scheduler::Apply
/// and PutTimeOff. Then plan again. O(changes x log n). Safe to call from any thread.
Result<AbsenceOutcome> ApplyAbsence(Scheduler& scheduler, const AbsencePlan& plan,
                                    const Command& command = {},
                                    const Alongside<std::vector<Booking>>& alongside = {});

}  // namespace clinic
