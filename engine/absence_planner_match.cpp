// From places to a plan that can be carried out.
#include <algorithm>

#include "engine/absence_planner.hpp"

namespace clinic::absence {
namespace {

bool IsShared(const Resource* resource) { return resource->capacity > 1; }

Occupation OccupationOf(const Resource& resource, const Interval& visit) {
  return {resource.id, {visit.start - resource.buffer_before, visit.end + resource.buffer_after}};
}

}  // namespace

Move MoveOf(ResourceId absent, const DisplacedBooking& displaced) {
  std::vector<ResourceId> resources{displaced.to->resource};
  for (const Allocation& allocation : displaced.booking.allocations) {
    if (allocation.resource != absent) resources.push_back(allocation.resource);
  }
  return {.booking = displaced.booking.id,
          .to = {.interval = displaced.to->interval, .resources = std::move(resources)}};
}

Result<void> Planner::Match() {
  if (plan_.displaced.empty()) return {};
  Result<Matching> matching = MatchAtLeastCost(Contenders(Shared::kHaveRoomForAll), request_);
  if (!matching.ok()) return std::move(matching).error();
  TakeOver(*matching);
  plan_.lower_bound = matching->lower_bound;
  if (!AnythingIsShared() || CanBeDone()) return {};
  matching = MatchAtLeastCost(Contenders(Shared::kHaveRoomForOne), request_);
  if (!matching.ok()) return std::move(matching).error();
  TakeOver(*matching);
  return {};
}

std::vector<Contender> Planner::Contenders(Shared shared) const {
  std::vector<Contender> contenders(seekers_.size());
  const auto counts = [&](const Resource* resource) {
    return shared == Shared::kHaveRoomForOne || !IsShared(resource);
  };
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Booking& booking = plan_.displaced[i].booking;
    for (const Allocation& allocation : booking.allocations) {
      if (!counts(resources_.at(allocation.resource).get())) continue;
      contenders[i].stays.push_back({allocation.resource, allocation.occupied});
    }
    for (const Place& place : places_[i].cheapest) {
      const Interval visit{place.start, place.start + booking.interval.length()};
      Candidate candidate{.occupies = {}, .cost = place.cost};
      const auto occupy = [&](const Resource* resource) {
        if (counts(resource)) candidate.occupies.push_back(OccupationOf(*resource, visit));
      };
      occupy(takers_[place.taker]);
      std::ranges::for_each(seekers_[i].companions, occupy);
      contenders[i].places.push_back(std::move(candidate));
    }
  }
  return contenders;
}

void Planner::TakeOver(const Matching& matching) {
  using Fate = DisplacedBooking::Fate;
  plan_.cost = matching.cost;
  for (std::size_t i = 0; i < plan_.displaced.size(); ++i) {
    DisplacedBooking& displaced = plan_.displaced[i];
    displaced.to.reset();
    displaced.cost = request_.costs.left_out;
    displaced.fate = places_[i].cheapest.empty() ? Fate::kNothingInReach : Fate::kGivesWay;
    if (!matching.chosen[i]) continue;
    const Place& place = places_[i].cheapest[*matching.chosen[i]];
    displaced.fate = Fate::kMoves;
    displaced.cost = place.cost;
    displaced.to = Slot{takers_[place.taker]->id,
                        {place.start, place.start + displaced.booking.interval.length()}};
  }
}

bool Planner::AnythingIsShared() const {
  return std::ranges::any_of(takers_, IsShared) ||
         std::ranges::any_of(seekers_, [](const Seeker& seeker) {
           return std::ranges::any_of(seeker.companions, IsShared);
         });
}

bool Planner::CanBeDone() {
  std::vector<Change> changes;
  std::vector<Change> moves;
  for (const DisplacedBooking& displaced : plan_.displaced) {
    if (displaced.to) {
      moves.emplace_back(MoveOf(request_.practitioner, displaced));
    } else if (request_.left_out == LeftOut::kStays) {
      // Back to where it was, whatever it was booked over.
      Move back{.booking = displaced.booking.id, .to = {.interval = displaced.booking.interval}};
      back.to.resources.emplace();
      for (const Allocation& allocation : displaced.booking.allocations) {
        back.to.resources->push_back(allocation.resource);
      }
      back.to.waive = Waivers::Override();
      changes.emplace_back(std::move(back));
    }
  }
  changes.insert(changes.end(), moves.begin(), moves.end());
  return trial_->Apply(changes).ok();
}

}  // namespace clinic::absence
