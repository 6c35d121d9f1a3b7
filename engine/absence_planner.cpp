#include "engine/absence_planner.hpp"

#include <algorithm>

namespace clinic::absence {
namespace {

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

void SortAndUnite(std::vector<ResourceId>& ids) {
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
}

}  // namespace

Result<AbsencePlan> Planner::Plan() {
  using Stage = Result<void> (Planner::*)();
  for (const Stage stage :
       {&Planner::FindTakers, &Planner::LiftDisplaced, &Planner::FindPlaces, &Planner::Match}) {
    if (Result<void> done = (this->*stage)(); !done.ok()) return std::move(done).error();
  }
  plan_.practitioner = request_.practitioner;
  plan_.time = request_.time;
  plan_.left_out = request_.left_out;
  plan_.weighed_all = std::ranges::all_of(places_, &Places::all);
  plan_.proven_optimal = plan_.cost == plan_.lower_bound;
  return std::move(plan_);
}

Result<void> Planner::FindTakers() {
  const Result<const Resource*> absent = Find(request_.practitioner);
  if (!absent.ok()) return absent.error();
  absent_ = *absent;
  if (absent_->kind != ResourceKind::kPractitioner) {
    return Invalid("who is absent is not a practitioner");
  }
  Result<std::vector<const Resource*>> candidates = Candidates();
  if (!candidates.ok()) return std::move(candidates).error();
  takers_ = *std::move(candidates);
  if (IsProper(request_.time)) return {};
  return Error{ErrorCode::kBadInterval, "the end of the absence must come after its start"};
}

Result<std::vector<const Resource*>> Planner::Candidates() {
  std::vector<ResourceId> ids = request_.candidates;
  const auto add_all = [&](const std::string& specialty) {
    for (Resource& resource : trial_->ResourcesWithSpecialty(specialty)) {
      if (resource.kind != ResourceKind::kPractitioner) continue;
      ids.push_back(resource.id);
      Keep(std::move(resource));
    }
  };
  if (request_.specialty) {
    add_all(*request_.specialty);
  } else if (ids.empty()) {
    ids.push_back(absent_->id);
    std::ranges::for_each(absent_->specialties, add_all);
  }
  SortAndUnite(ids);
  if (!request_.candidates.empty() && ids.size() < request_.candidates.size()) {
    return Invalid("a candidate is given twice");
  }
  std::vector<const Resource*> candidates;
  for (const ResourceId id : ids) {
    const Result<const Resource*> candidate = Find(id);
    if (!candidate.ok()) return candidate.error();
    if ((*candidate)->kind != ResourceKind::kPractitioner) {
      return Invalid("candidate " + ToString(id) + " is not a practitioner");
    }
    candidates.push_back(*candidate);
  }
  return candidates;
}

Result<void> Planner::LiftDisplaced() {
  Result<std::vector<Booking>> bookings = trial_->BookingsOf(request_.practitioner, request_.time);
  if (!bookings.ok()) return std::move(bookings).error();
  // A resource that is there in the branch alone, for what is displaced to be booked on meanwhile.
  const Result<Resource> aside = trial_->AddResource(
      {.id = ResourceId(NameBasedUuid(request_.practitioner.uuid(), "displaced")),
       .kind = ResourceKind::kDevice});
  if (!aside.ok()) return aside.error();
  const Instant now = trial_->Now();
  for (Booking& booking : *bookings) {
    if (!Overlaps(booking.interval, request_.time)) continue;  // a buffer does
    if (booking.interval.start <= now) {
      plan_.kept.push_back({std::move(booking), ErrorCode::kInThePast});
      continue;
    }
    const RescheduleRequest out_of_the_way{.interval = booking.interval,
                                           .resources = std::vector{aside->id},
                                           .waive = Waivers::Override()};
    const Result<Booking> lifted = trial_->Reschedule(booking.id, out_of_the_way);
    if (lifted.ok()) {
      plan_.displaced.push_back({.booking = std::move(booking)});
    } else {
      plan_.kept.push_back({std::move(booking), lifted.error().code});
    }
  }
  return {};
}

Result<void> Planner::FindPlaces() {
  const auto count = static_cast<Cost>(plan_.displaced.size());
  if (count > 0 && request_.costs.left_out > kMostTotalCost / count) {
    return Invalid("leaving everything out would cost too much");
  }
  const Result<Zone> zone = Zone::Load(absent_->timezone);
  if (!zone.ok()) return zone.error();
  const TimeFinder finder(*trial_, request_, takers_, *zone);
  for (DisplacedBooking& displaced : plan_.displaced) {
    Result<Seeker> seeker = SeekerOf(displaced.booking);
    if (!seeker.ok()) return std::move(seeker).error();
    Result<Places> places = finder.CheapestFor(*seeker);
    if (!places.ok()) return std::move(places).error();
    displaced.candidates = places->cheapest.size();
    seekers_.push_back(*std::move(seeker));
    places_.push_back(*std::move(places));
  }
  return {};
}

Result<Seeker> Planner::SeekerOf(const Booking& booking) {
  Seeker seeker{.visit = booking.interval, .companions = {}, .known = {}};
  std::size_t patients = 0;
  for (const Allocation& allocation : booking.allocations) {
    if (allocation.resource == request_.practitioner) continue;
    const Result<const Resource*> resource = Find(allocation.resource);
    if (!resource.ok()) return resource.error();
    seeker.companions.push_back(*resource);
    if ((*resource)->kind != ResourceKind::kPatient) continue;
    Result<std::vector<ResourceId>> seen = SeenBy(allocation.resource);
    if (!seen.ok()) return std::move(seen).error();
    if (++patients == 1) seeker.known = *seen;
    // Of several patients all have to know somebody.
    std::erase_if(seeker.known,
                  [&](ResourceId id) { return !std::ranges::binary_search(*seen, id); });
  }
  return seeker;
}

Result<std::vector<ResourceId>> Planner::SeenBy(ResourceId patient) {
  const auto [entry, first] = seen_by_.try_emplace(patient);
  std::vector<ResourceId>& seen = entry->second;
  const Instant now = trial_->Now();
  const Interval past{std::max(now - request_.look_back, kEarliest), now};
  if (!first || !IsProper(past)) return seen;
  const Result<std::vector<Booking>> visits = trial_->BookingsOf(patient, past);
  if (!visits.ok()) return visits.error();
  for (const Booking& visit : *visits) {
    for (const Allocation& allocation : visit.allocations) seen.push_back(allocation.resource);
  }
  SortAndUnite(seen);
  return seen;
}

Result<const Resource*> Planner::Find(ResourceId id) {
  if (const auto known = resources_.find(id); known != resources_.end()) {
    return known->second.get();
  }
  Result<Resource> found = trial_->FindResource(id);
  if (!found.ok()) return std::move(found).error();
  return Keep(*std::move(found));
}

const Resource* Planner::Keep(Resource resource) {
  std::unique_ptr<const Resource>& kept = resources_[resource.id];
  if (!kept) kept = std::make_unique<const Resource>(std::move(resource));
  return kept.get();
}

}  // namespace clinic::absence
