// How an absence is planned: in a branch,
//
//   1. what is displaced is moved out of the way, so that its time counts as free;
//   2. for each displaced booking the cheapest places are found (absence_times.hpp);
//   3. who gets which is a matching at least cost (absence_matching.hpp);
//   4. where resources with room for several are involved, of which a matching knows nothing, the
//      branch says whether the plan can be carried out. If not, one is made in which no two
//      displaced bookings share them.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <utility>
#include <vector>

#include "clinic/branch.hpp"
#include "engine/absence_matching.hpp"
#include "engine/absence_times.hpp"

namespace clinic::absence {

/// The move that a displaced booking's fate is. Requires Fate::kMoves.
Move MoveOf(ResourceId absent, const DisplacedBooking& displaced);

/// Makes one plan.
class Planner {
 public:
  /// `trial` is a branch of the scheduler, which the planner changes; the request outlives it.
  Planner(const AbsenceRequest& request, Branch trial)
      : request_(request), trial_(std::move(trial)) {}

  /// Requires that the numbers of the request are in their ranges. Errors: as PlanAbsence.
  Result<AbsencePlan> Plan();

 private:
  Result<void> FindTakers();
  Result<std::vector<const Resource*>> Candidates();
  Result<void> LiftDisplaced();

  Result<void> FindPlaces();
  Result<Seeker> SeekerOf(const Booking& booking);
  /// Everything that the patient was with of late, ordered.
  Result<std::vector<ResourceId>> SeenBy(ResourceId patient);

  // absence_planner_match.cpp
  Result<void> Match();
  enum class Shared { kHaveRoomForAll, kHaveRoomForOne };
  std::vector<Contender> Contenders(Shared shared) const;
  void TakeOver(const Matching& matching);
  bool AnythingIsShared() const;
  bool CanBeDone();

  /// A resource as it is in the branch; it stays where it is as long as the planner lives.
  Result<const Resource*> Find(ResourceId id);
  const Resource* Keep(Resource resource);

  const AbsenceRequest& request_;
  Branch trial_;
  absl::flat_hash_map<ResourceId, std::unique_ptr<const Resource>> resources_;
  absl::flat_hash_map<ResourceId, std::vector<ResourceId>> seen_by_;

  const Resource* absent_ = nullptr;
  std::vector<const Resource*> takers_;  // by id
  std::vector<Seeker> seekers_;          // one for each displaced booking
  std::vector<Places> places_;           // likewise
  AbsencePlan plan_;
};

}  // namespace clinic::absence
