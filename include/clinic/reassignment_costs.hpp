// What it costs to give a patient another appointment than the one that was made: the prices that
// ReassignAtLeastCost (clinic/reassignment.hpp) weighs up.
//
//   constexpr ReassignmentCosts costs;                   // the prices below
//   CostOf(costs, {.from = nine, .to = ten});            // another practitioner, an hour on: 180
//   CostOf(costs, {.from = nine, .to = ten, .continuity = Continuity::kKnown});  // 80
//
// Everything here is constexpr, O(1), pure, and safe to call from any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "clinic/reassignment.hpp"
#include "clinic/time.hpp"

namespace clinic {

/// What the patient and the practitioner who would take over are to each other.
enum class Continuity : std::uint8_t {
  kSame,     ///< the practitioner with whom the appointment was made
  kKnown,    ///< another one, whom the patient has seen before
  kUnknown,  ///< another one, whom the patient has not seen
};

/// Whether the practitioner can do what the appointment is for.
enum class SpecialtyMatch : std::uint8_t { kSame, kOther };

/// Prices, all of at least 0 and at most kMostTotalCost. With those that stand here, being seen by
/// a stranger weighs as much as a hundred minutes of waiting and another day as much as four hours,
/// and nothing is worse than not being seen.
struct ReassignmentCosts {
  Cost minute_of_shift = 1;      ///< each minute, begun or whole, earlier or later than planned
  Cost known_practitioner = 20;  ///< not the planned practitioner, but one whom the patient knows
  Cost unknown_practitioner = 120;  ///< one whom the patient has never seen
  Cost other_day = 240;             ///< each day of the calendar between planned and offered
  Cost left_out = 10'000'000;  ///< no other appointment; what Displaced::cost_of_leaving_out is
};

/// A planned appointment and what is offered in its place.
struct ReassignmentOffer {
  Instant from{};  ///< planned start
  Instant to{};    ///< offered start
  std::chrono::days
      apart{};  ///< between the two dates in the clinic's zone; the sign does not matter
  Continuity continuity = Continuity::kUnknown;
  SpecialtyMatch specialty = SpecialtyMatch::kSame;
};

/// What an offer costs: specialty first, then nearest time, then continuity. Nothing where it may
/// not be made (another specialty), or where it would cost as much as leaving the appointment out:
/// it helps nobody. Requires representable instants (IsRepresentable) and prices in their range.
constexpr std::optional<Cost> CostOf(const ReassignmentCosts& costs,
                                     const ReassignmentOffer& offer) {
  if (offer.specialty == SpecialtyMatch::kOther) return std::nullopt;
  const Duration shift = offer.to < offer.from ? offer.from - offer.to : offer.to - offer.from;
  const Cost minutes = std::chrono::ceil<std::chrono::minutes>(shift).count();
  const Cost days = offer.apart.count() < 0 ? -offer.apart.count() : offer.apart.count();
  const Cost stranger = offer.continuity == Continuity::kSame    ? 0
                        : offer.continuity == Continuity::kKnown ? costs.known_practitioner
                                                                 : costs.unknown_practitioner;
  Cost left = costs.left_out;  // what the offer may still cost; no product is made that exceeds it
  const auto spend = [&left](Cost price, Cost times) {
    left = price > 0 && times > left / price ? -1 : left - price * times;
    return left > 0;
  };
  if (!spend(costs.minute_of_shift, minutes) || !spend(costs.other_day, days) ||
      !spend(stranger, 1)) {
    return std::nullopt;
  }
  return costs.left_out - left;
}

}  // namespace clinic
