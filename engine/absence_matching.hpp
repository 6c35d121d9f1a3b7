// Which displaced booking takes which place: an absence in the words of ReassignAtLeastCost.
//
// What is special about an absence is that who finds no place may stay, and then still takes the
// time of a patient and a room that the others count as free. Staying therefore is a candidate like
// any other, at the price of being left out; to have neither a place nor the old one costs more
// than if all stayed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "clinic/absence.hpp"

namespace clinic::absence {

/// A booking, what it takes where it is, and what it would take instead.
struct Contender {
  /// Counts where it may stay. The absent practitioner's time as well: it may begin before the
  /// absence.
  std::vector<Occupation> stays;
  std::vector<Candidate> places;
};

struct Matching {
  /// For each contender the position of its place, or nothing where it is left out.
  std::vector<std::optional<std::size_t>> chosen;
  Cost cost = 0;
  Cost lower_bound = 0;
};

/// Places for the contenders, at least cost as ReassignAtLeastCost has it; no two overlap on a
/// resource, nor does one with a contender that stays. The times that contenders have now may
/// overlap each other: what was so can stay so. Errors: those of ReassignAtLeastCost. Requires that
/// leaving out all of them costs at most kMostTotalCost.
Result<Matching> MatchAtLeastCost(std::span<const Contender> contenders,
                                  const AbsenceRequest& request);

}  // namespace clinic::absence
