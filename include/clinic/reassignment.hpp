// Who takes over what an absent practitioner had booked, and when: the matching behind an absence.
//
// Each displaced appointment comes with candidates: times at which it could take place instead,
// what each would occupy, and what it costs. One candidate at most is chosen for each appointment,
// no two that are chosen overlap on a resource, and the sum of the costs is the least possible;
// leaving an appointment out has its price too.
//
//   const Displaced visit{.candidates = {{{{dr_chen, {nine, half_past_nine}}}, 30}},
//                         .cost_of_leaving_out = 1'000'000};
//   const Result<Reassignment> plan = ReassignAtLeastCost(std::vector{visit});
//   plan->chosen[0];  // 0: the first candidate
//
// Where all candidates have one length and lie on a common grid this is an assignment problem, and
// solved as one. In general it is the job interval selection problem, which is NP-hard, to
// approximate too, even with two candidates an appointment (F. C. R. Spieksma, "On the
// approximability of an interval scheduling problem", Journal of Scheduling 2, 1999), and with one
// candidate an appointment on each practitioner (K. Böhmová et al., "Interval selection with
// machine-dependent intervals", WADS 2013). So there is a budget; the answer always can be carried
// out, and says whether it is known to be the best. How it is found is told in
// engine/reassignment.cpp.
//
// Everything here is a pure function of its arguments, on every machine the same, and safe to call
// from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/result.hpp"

namespace clinic {

/// A price, in a unit that is the caller's own; never negative. ReassignmentCosts
/// (clinic/reassignment_costs.hpp) is one way of setting prices.
using Cost = std::int64_t;

/// What the costs of leaving out may add up to, over all appointments: 10^15.
inline constexpr Cost kMostTotalCost = 1'000'000'000'000'000;

/// What a candidate would take of one resource: [start, end), buffers included.
struct Occupation {
  ResourceId resource;
  Interval interval;

  friend constexpr auto operator<=>(const Occupation&, const Occupation&) = default;
};

/// One way in which a displaced appointment could take place. What else is booked is not looked at:
/// a candidate that is not free is not to be offered here.
struct Candidate {
  /// Normally the practitioner with the buffers, and where they matter the patient and the room. A
  /// resource may stand here more than once. Empty for a candidate that is in nobody's way.
  std::vector<Occupation> occupies;
  Cost cost = 0;
};

/// An appointment that has lost its time.
struct Displaced {
  std::vector<Candidate> candidates;
  Cost cost_of_leaving_out = 0;
};

struct ReassignmentOptions {
  /// How much work may go into it. A step is one look at one candidate or at one time that several
  /// candidates want, some nanoseconds each. 0 gives a greedy plan.
  std::int64_t most_steps = 100'000'000;
};

/// A plan: a candidate for each displaced appointment, or none.
struct Reassignment {
  /// For each displaced appointment, in the order given, the position of its candidate, or nothing
  /// where it is left out.
  std::vector<std::optional<std::size_t>> chosen;
  Cost cost = 0;                ///< what the plan costs, appointments left out included
  Cost lower_bound = 0;         ///< no plan costs less than this
  bool proven_optimal = false;  ///< cost == lower_bound: no plan costs less than this one
};

/// Chooses at most one candidate for each appointment, no two overlapping on a resource
/// (half-open), at the least total cost that is found within `options.most_steps`. Where more than
/// one plan costs that much, the same arguments always give the same one.
///
/// Errors, in order: kInvalidArgument where a cost is negative, a candidate's is above
/// kMostTotalCost, or those of leaving out add up to more; kBadInterval where an occupied interval
/// is not proper (IsProper). Both name the appointment.
///
/// With n appointments of k candidates each that occupy r resources: O(n k (k + log(n k)) r) and
/// O(n k r) memory, and what `most_steps` allows; O(n² k log(n k)) of these for the flow, if they
/// suffice for it.
Result<Reassignment> ReassignAtLeastCost(std::span<const Displaced> displaced,
                                         const ReassignmentOptions& options = {});

}  // namespace clinic
