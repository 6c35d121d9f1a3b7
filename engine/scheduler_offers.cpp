// Offering what was freed to who waits. Between Take and Settle what a step frees is still taken
// for everybody else, so who comes first can be looked for at leisure: nobody comes in between.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <queue>
#include <utility>

#include "engine/placement.hpp"
#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::Fit;
using internal::Place;
using internal::Placement;
using internal::PlacementsIn;
using internal::ResourceStatePtr;
using internal::ScheduleLock;
using internal::Turn;
using internal::TurnOf;
using internal::WaitingLine;
using internal::WaitlistChange;
using internal::WaitlistEntryPtr;

namespace {

/// What of `time` lies outside `hole`, by start.
std::vector<Interval> Outside(const Interval& time, const Interval& hole) {
  if (!Overlaps(time, hole))
    return time.start < time.end ? std::vector{time} : std::vector<Interval>();
  std::vector<Interval> rest;
  const Interval before{time.start, std::min(time.end, hole.start)};
  const Interval after{std::max(time.start, hole.end), time.end};
  if (before.start < before.end) rest.push_back(before);
  if (after.start < after.end) rest.push_back(after);
  return rest;
}

/// What a booking takes of a resource; nothing where it does not take any.
Interval OccupiedOf(const Booking& booking, ResourceId resource) {
  const auto found = std::ranges::find(booking.allocations, resource, &Allocation::resource);
  return found == booking.allocations.end() ? Interval{} : found->occupied;
}

bool WasDeclined(const WaitlistEntry& entry, ResourceId resource, const Interval& visit) {
  return std::ranges::any_of(entry.declined, [&](const DeclinedVisit& declined) {
    return declined.resource == resource && Overlaps(declined.interval, visit);
  });
}

}  // namespace

/// Takes what steps free out of calendars, until its end. Requires that these are locked.
class Scheduler::Impl::WithoutFreed {
 public:
  WithoutFreed(const States& states, std::span<const Step> steps) {
    for (const Step& step : steps) {
      if (!step.Frees()) continue;
      for (const ResourceStatePtr& state : states) {
        const Interval occupied = OccupiedOf(*step.before, state->id);
        if (occupied.start == occupied.end) continue;
        state->schedule.Remove(occupied, step.handle);
        removed_.push_back({state, occupied, step.handle});
      }
    }
  }
  WithoutFreed(const WithoutFreed&) = delete;
  WithoutFreed& operator=(const WithoutFreed&) = delete;
  ~WithoutFreed() {
    for (const Removed& r : removed_) r.state->schedule.Add(r.occupied, r.handle);
  }

 private:
  struct Removed {
    ResourceStatePtr state;
    Interval occupied;
    BookingHandle handle;
  };
  std::vector<Removed> removed_;
};

/// Goes through those whom a freed time can be offered, the first first, and looks at no more of
/// them than it has to: what the resource alone allows says how well an entry fits at best.
class Scheduler::Impl::OfferSearch {
 public:
  struct Candidate {
    WaitlistId entry;
    Interval visit;
  };

  OfferSearch(const Impl& impl, const Freed& freed, std::span<const Step> standing)
      : impl_(impl), freed_(freed), standing_(standing), now_(impl.Now()) {
    lanes_.emplace_back(freed.state->id);
    {
      const std::lock_guard lock(freed.state->mutex);
      for (const std::string& specialty : freed.state->schedule.resource().specialties) {
        lanes_.emplace_back(specialty);
      }
    }
    const std::int64_t last = internal::DayOf(freed.time.end - Duration{1});
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      for (std::int64_t day = internal::DayOf(freed.time.start); day <= last; ++day) {
        for (const Place& head : impl_.waitlist_.Heads(lanes_[lane], day)) Push(lane, head);
      }
    }
  }

  std::optional<Candidate> Next() {
    while (!queue_.empty()) {
      const Contender first = queue_.top();
      queue_.pop();
      if (first.visit) return Candidate{first.place.turn.id, *first.visit};
      const auto behind = impl_.waitlist_.Behind(lanes_[first.lane], first.place);
      if (behind) Push(first.lane, *behind);
      if (!looked_at_.insert(first.place.turn.id).second) continue;
      const WaitlistEntryPtr entry = impl_.waitlist_.Find(first.place.turn.id);
      const std::optional<Placement> placement = entry ? PlacementFor(*entry) : std::nullopt;
      if (placement) {
        queue_.push({placement->fit, first.place, first.lane, placement->visit});
      }
    }
    return std::nullopt;
  }

 private:
  /// One who could come first. Before it was looked at, its fit is the best that any of its length
  /// could have.
  struct Contender {
    Fit fit;
    Place place;
    std::size_t lane;
    std::optional<Interval> visit;  ///< none: not looked at yet

    friend bool operator>(const Contender& a, const Contender& b) {
      return std::tie(a.fit, a.place.turn) > std::tie(b.fit, b.place.turn);
    }
  };

  void Push(std::size_t lane, const Place& place) {
    const std::vector<Placement>& placements = PlacementsOf(place.duration);
    if (!placements.empty()) queue_.push({placements.front().fit, place, lane, std::nullopt});
  }

  /// What the resource alone allows a visit of that length.
  const std::vector<Placement>& PlacementsOf(Duration duration) {
    const auto [found, fresh] = placements_.try_emplace(duration.count());
    if (!fresh) return found->second;
    const States states{freed_.state};
    const ScheduleLock lock(states);
    const WithoutFreed without(states, standing_);
    // A hold has to last for a while before the visit begins.
    found->second = PlacementsIn(freed_.state->schedule, freed_.time, duration, now_ + Duration{1},
                                 impl_.Horizon(now_));
    return found->second;
  }

  std::optional<Placement> PlacementFor(const WaitlistEntry& entry) {
    if (std::ranges::count(freed_.given_up_by, entry.patient) > 0) return std::nullopt;
    const States patient{impl_.FindState(entry.patient)};
    const std::vector<Placement>& placements = PlacementsOf(entry.duration);
    const ScheduleLock lock(patient);
    const WithoutFreed without(patient, standing_);
    for (const Placement& placement : placements) {
      if (entry.range.Contains(placement.visit) &&
          !WasDeclined(entry, freed_.state->id, placement.visit) &&
          impl_.JudgeLocked(patient, placement.visit, {}).ok()) {
        return placement;
      }
    }
    return std::nullopt;
  }

  const Impl& impl_;
  const Freed& freed_;
  const std::span<const Step> standing_;
  const Instant now_;
  std::vector<WaitingLine::Lane> lanes_;
  absl::flat_hash_map<std::int64_t, std::vector<Placement>> placements_;
  absl::flat_hash_set<WaitlistId> looked_at_;
  std::priority_queue<Contender, std::vector<Contender>, std::greater<>> queue_;
};

Result<void> Scheduler::Impl::SecureAndOffer(std::vector<Step>& steps, const Command& command,
                                             const Store::Work& alongside) {
  if (Result<void> taken = Take(steps); !taken.ok()) {
    Abandon(steps);
    return taken;
  }
  return WriteAndOffer(steps, command, alongside);
}

Result<void> Scheduler::Impl::WriteAndOffer(std::vector<Step>& steps, const Command& command,
                                            const Store::Work& alongside) {
  if (IsBranch() || waitlist_.IsEmpty()) return WriteDown(steps, command, alongside);
  std::deque<Freed> freed;
  for (Step& step : steps) {
    if (step.before && !step.waitlist) step.waitlist = AfterOffer(step.after);
    if (step.Frees()) AddFreed(*step.before, step.after, freed);
  }
  std::vector<Step> offers = Offers(std::move(freed), steps);
  std::vector<bool> refused(offers.size());
  std::vector<bool> settled(steps.size(), true);
  Result<void> written = Commit([&](UnitOfWork& work) -> Result<void> {
    Result<void> recorded = Write(work, steps, command);
    for (std::size_t i = 0; recorded.ok() && i < steps.size(); ++i) {
      const Result<bool> settles = WriteWaitlist(work, steps[i].waitlist, command);
      recorded = settles.ok() ? Result<void>() : settles.error();
      settled[i] = settles.ok() && *settles;
    }
    if (recorded.ok()) recorded = WriteOffers(work, offers, command, refused);
    return recorded.ok() ? alongside(work) : recorded;
  });
  if (!written.ok()) {
    GiveBack(offers);
    GiveBack(steps);
    return written;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!settled[i]) steps[i].waitlist = nullptr;
  }
  DropRefused(offers, refused);
  std::ranges::move(offers, std::back_inserter(steps));
  return {};
}

void Scheduler::Impl::DropRefused(std::vector<Step>& offers, const std::vector<bool>& refused) {
  std::vector<Step> made;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (refused[i]) {
      GiveBack({&offers[i], 1});
    } else {
      made.push_back(std::move(offers[i]));
    }
  }
  offers = std::move(made);
}

void Scheduler::Impl::AddFreed(const Booking& before, const Booking& after,
                               std::deque<Freed>& freed) const {
  const Interval time{std::max(before.interval.start, Now()), before.interval.end};
  std::vector<ResourceId> given_up_by;
  for (const Allocation& allocation : before.allocations) {
    given_up_by.push_back(allocation.resource);
  }
  for (const ResourceId resource : given_up_by) {
    const Interval kept = after.occupies ? OccupiedOf(after, resource) : Interval{};
    for (const Interval& rest : Outside(time, kept)) {
      freed.push_back({FindState(resource), rest, given_up_by});
    }
  }
}

// Times of one resource that touch are one.
void Scheduler::Impl::Join(std::deque<Freed>& freed) {
  std::ranges::sort(freed, {}, [](const Freed& f) { return std::pair(f.state->id, f.time); });
  std::deque<Freed> joined;
  for (Freed& next : freed) {
    if (joined.empty() || joined.back().state != next.state ||
        joined.back().time.end < next.time.start) {
      joined.push_back(std::move(next));
      continue;
    }
    Freed& last = joined.back();
    last.time.end = std::max(last.time.end, next.time.end);
    std::ranges::move(next.given_up_by, std::back_inserter(last.given_up_by));
  }
  freed = std::move(joined);
}

std::vector<Scheduler::Impl::Step> Scheduler::Impl::Offers(std::deque<Freed> freed,
                                                           std::span<const Step> standing) {
  Join(freed);
  std::vector<Step> offers;
  while (!freed.empty()) {
    const Freed next = std::move(freed.front());
    freed.pop_front();
    std::optional<Step> offer = BestOffer(next, standing);
    if (!offer) continue;
    for (const Interval& rest : Outside(next.time, OccupiedOf(offer->after, next.state->id))) {
      freed.push_back({next.state, rest, next.given_up_by});
    }
    offers.push_back(*std::move(offer));
  }
  return offers;
}

std::vector<Scheduler::Impl::Step> Scheduler::Impl::OffersAfter(std::span<Expired> expired) {
  if (waitlist_.IsEmpty()) return {};
  std::deque<Freed> freed;
  for (Expired& ended : expired) {
    ended.waitlist = AfterOffer(ended.booking);
    AddFreed(ended.booking, ended.booking, freed);
  }
  return Offers(std::move(freed), {});
}

std::optional<Scheduler::Impl::Step> Scheduler::Impl::BestOffer(const Freed& freed,
                                                                std::span<const Step> standing) {
  OfferSearch search(*this, freed, standing);
  while (const auto candidate = search.Next()) {
    // Somebody else may be faster in offering the same entry something.
    const WaitlistEntryPtr entry = waitlist_.TakeOut(candidate->entry);
    if (!entry) continue;
    std::optional<Step> offer = MakeOffer(entry, freed.state->id, candidate->visit, standing);
    if (offer) return offer;
    waitlist_.PutBack(*entry);
  }
  return std::nullopt;
}

std::optional<Scheduler::Impl::Step> Scheduler::Impl::MakeOffer(const WaitlistEntryPtr& entry,
                                                                ResourceId resource,
                                                                const Interval& visit,
                                                                std::span<const Step> standing) {
  const Duration lasts =
      std::min({options_.waitlist_hold, options_.longest_hold, visit.start - Now()});
  Result<Step> prepared = PrepareBooking({.resources = {resource, entry->patient},
                                          .interval = visit,
                                          .reason = entry->reason,
                                          .hold = lasts});
  if (!prepared.ok()) return std::nullopt;
  Step offer = *std::move(prepared);
  offer.action = "offer";
  {
    const ScheduleLock lock(offer.states);
    KeepVersions(offer.states, versions_.Now());
    const WithoutFreed without(offer.states, standing);
    if (!JudgeLocked(offer.states, visit, offer.waive).ok()) {
      bookings_.Withdraw(offer.after.id);
      return std::nullopt;
    }
    for (const ResourceStatePtr& state : offer.states) {
      offer.after.allocations.push_back({state->id, state->schedule.Occupied(visit)});
    }
    internal::AddToCalendars(offer.after, offer.handle, offer.states);
  }
  WaitlistChange change{.before = entry, .after = *entry, .action = "offer"};
  change.after->offer = offer.after.id;
  change.after->version += 1;
  offer.waitlist = std::make_shared<const WaitlistChange>(std::move(change));
  return offer;
}

}  // namespace clinic
