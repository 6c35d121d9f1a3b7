#include "engine/absence_matching.hpp"

#include <algorithm>
#include <utility>

namespace clinic::absence {
namespace {

bool Meet(std::span<const Occupation> some, std::span<const Occupation> others) {
  return std::ranges::any_of(some, [&](const Occupation& one) {
    return std::ranges::any_of(others, [&](const Occupation& other) {
      return one.resource == other.resource && Overlaps(one.interval, other.interval);
    });
  });
}

/// The contenders as appointments; where they may stay, that is the last candidate of each.
std::vector<Displaced> DisplacedOf(std::span<const Contender> contenders,
                                   const AbsenceRequest& request) {
  const auto count = static_cast<Cost>(contenders.size());
  const Cost left_out = request.costs.left_out;
  const bool may_stay = request.left_out == LeftOut::kStays;
  const Cost nowhere = may_stay ? std::min(count * left_out + 1, kMostTotalCost / count) : left_out;
  std::vector<Displaced> displaced;
  std::vector<Occupation> seen;
  for (const Contender& contender : contenders) {
    displaced.push_back({contender.places, nowhere});
    if (!may_stay) continue;
    // Two that were booked over each other can both stay. That the second one then keeps a place
    // from being taken is forgotten here, and seen to by LeaveOutWhatMeets.
    std::vector<Occupation> stays;
    for (const Occupation& occupation : contender.stays) {
      if (!Meet({&occupation, 1}, seen)) stays.push_back(occupation);
    }
    seen.insert(seen.end(), contender.stays.begin(), contender.stays.end());
    displaced.back().candidates.push_back({std::move(stays), left_out});
  }
  return displaced;
}

/// Leaves out, one after the other, whoever has a place where somebody stays.
void LeaveOutWhatMeets(std::span<const Contender> contenders, Matching& matching) {
  std::vector<std::size_t> staying;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    if (!matching.chosen[i]) staying.push_back(i);
  }
  while (!staying.empty()) {
    const std::vector<Occupation>& stays = contenders[staying.back()].stays;
    staying.pop_back();
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      std::optional<std::size_t>& chosen = matching.chosen[i];
      if (!chosen || !Meet(contenders[i].places[*chosen].occupies, stays)) continue;
      chosen.reset();
      staying.push_back(i);
    }
  }
}

}  // namespace

Result<Matching> MatchAtLeastCost(std::span<const Contender> contenders,
                                  const AbsenceRequest& request) {
  Result<Reassignment> found =
      ReassignAtLeastCost(DisplacedOf(contenders, request), request.search);
  if (!found.ok()) return std::move(found).error();
  Matching matching{.chosen = std::move(found->chosen), .lower_bound = found->lower_bound};
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::optional<std::size_t>& chosen = matching.chosen[i];
    if (chosen == contenders[i].places.size()) chosen.reset();
  }
  if (request.left_out == LeftOut::kStays) LeaveOutWhatMeets(contenders, matching);
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const std::optional<std::size_t>& chosen = matching.chosen[i];
    matching.cost += chosen ? contenders[i].places[*chosen].cost : request.costs.left_out;
  }
  return matching;
}

}  // namespace clinic::absence
