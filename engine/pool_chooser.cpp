#include "engine/pool_chooser.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "clinic/capacity.hpp"

namespace clinic {

using internal::ResourceStatePtr;

namespace {

// What the scheduler's promise about pools names.
constexpr std::int64_t kMostSteps = 20'000;
constexpr std::size_t kMostParts = 500;

// A neighbour further away does not make a gap smaller.
constexpr Duration kFarAway = std::chrono::hours{12};

}  // namespace

Scheduler::Impl::PoolChooser::PoolChooser(const Impl& impl, std::span<Step> steps,
                                          std::size_t considered, std::span<const BookingId> pinned)
    : impl_(impl), steps_(steps), considered_(considered), now_(impl.Now()) {
  pinned_.insert(pinned.begin(), pinned.end());
  for (const Step& step : steps_) {
    pinned_.insert(step.after.id);
    if (step.Frees()) freed_.insert(step.handle);
  }
}

bool Scheduler::Impl::PoolChooser::Choose() {
  for (Step& step : steps_.first(considered_)) {
    if (step.AwaitsMembers() && !IsContested(step) && !PlaceFreely(step)) return false;
  }
  if (Solve(false)) return true;
  const auto is_hopeless = [](const Part& part) { return part.open.size() < part.wanted; };
  return std::ranges::none_of(parts_, is_hopeless) && Solve(true);
}

bool Scheduler::Impl::PoolChooser::Solve(bool others_make_way) {
  do {
    Forget();
    for (std::size_t step = 0; step < considered_; ++step) {
      if (IsContested(steps_[step])) AddParts(step);
    }
    for (std::size_t part = 0; part < parts_.size(); ++part) Explore(part, others_make_way);
  } while (FreezeMisplaced());
  if (parts_.empty()) return true;
  const std::vector<std::size_t> by_fit = ByFit(parts_.front().visit);
  const PoolAssignment assignment = Assign(by_fit);
  if (assignment.outcome != PoolAssignment::Outcome::kFound) return false;
  std::vector<std::vector<std::size_t>> chosen(parts_.size());
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    for (const std::size_t place : assignment.members[part]) chosen[part].push_back(by_fit[place]);
  }
  FillIn(chosen);
  return true;
}

// Where it may stand over others, or takes no time: the members that fit best, whatever is there.
bool Scheduler::Impl::PoolChooser::PlaceFreely(Step& step) {
  Forget();
  AddParts(static_cast<std::size_t>(&step - steps_.data()));
  std::vector<std::size_t> by_fit(members_.size());
  std::iota(by_fit.begin(), by_fit.end(), std::size_t{0});
  std::ranges::sort(by_fit, {}, [&](std::size_t member) {
    return FitOf(member, step.after.interval, !step.waive.availability);
  });
  for (Part& part : parts_) {
    part.open = part.members;
    for (const std::size_t member : part.assigned) part.open.push_back(member);
  }
  for (Member& member : members_) member.pool.taken.clear();
  const PoolAssignment assignment = Assign(by_fit);
  if (assignment.outcome != PoolAssignment::Outcome::kFound) return false;
  std::vector<std::pair<std::size_t, std::string>> chosen;
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    for (const std::size_t place : assignment.members[part]) {
      chosen.emplace_back(by_fit[place], parts_[part].pool);
    }
  }
  FillInStep(step, chosen);
  return true;
}

void Scheduler::Impl::PoolChooser::Forget() {
  members_.clear();
  member_of_.clear();
  parts_.clear();
  owners_ = 0;
  others_.clear();
  met_.clear();
  busy_.clear();
}

void Scheduler::Impl::PoolChooser::AddParts(std::size_t number) {
  const Step& step = steps_[number];
  const States named = step.Named();
  const bool returns = step.before && step.after.interval == step.before->interval;
  for (const PoolRequest& request : step.pools) {
    Part part{.step = number,
              .booking = nullptr,
              .owner = owners_,
              .pool = request.specialty,
              .wanted = request.count,
              .visit = step.after.interval,
              .any_time = step.waive.availability};
    part.members = MembersOf(request.specialty);
    std::erase_if(part.members, [&](std::size_t member) {
      return std::ranges::find(named, members_[member].state->id, &internal::ResourceState::id) !=
             named.end();
    });
    // One that takes its time again has the members that it had, if it can.
    for (const Allocation& had : returns ? step.before->allocations : std::vector<Allocation>()) {
      if (had.pool != request.specialty) continue;
      part.assigned.push_back(MemberOf(impl_.FindState(had.resource)));
    }
    parts_.push_back(std::move(part));
  }
  ++owners_;
}

void Scheduler::Impl::PoolChooser::AddParts(const std::shared_ptr<const Booking>& booking) {
  others_.insert(booking->id);
  absl::flat_hash_map<std::string, std::size_t> part_of;
  for (const Allocation& allocation : booking->allocations) {
    if (allocation.pool.empty()) continue;
    const auto [found, added] = part_of.try_emplace(allocation.pool, parts_.size());
    if (added) {
      parts_.push_back({.step = kNoStep,
                        .booking = booking,
                        .owner = owners_,
                        .pool = allocation.pool,
                        .visit = booking->interval});
      parts_.back().members = MembersOf(allocation.pool);
      std::erase_if(parts_.back().members, [&](std::size_t member) {
        return std::ranges::any_of(booking->allocations, [&](const Allocation& named) {
          return named.pool.empty() && named.resource == members_[member].state->id;
        });
      });
    }
    Part& part = parts_[found->second];
    part.assigned.push_back(MemberOf(impl_.FindState(allocation.resource)));
    ++part.wanted;
  }
  ++owners_;
}

void Scheduler::Impl::PoolChooser::Explore(std::size_t number, bool others_make_way) {
  std::vector<std::size_t> candidates = parts_[number].members;
  for (const std::size_t member : parts_[number].assigned) {
    if (std::ranges::find(candidates, member) == candidates.end()) candidates.push_back(member);
  }
  for (const std::size_t member : candidates) {
    Part& part = parts_[number];
    bool is_open =
        part.step == kNoStep && std::ranges::find(part.assigned, member) != part.assigned.end();
    std::vector<Calendar::Entry> entries;
    {
      internal::ResourceState& state = *members_[member].state;
      const std::lock_guard lock(state.mutex);
      const Interval occupied = state.schedule.Occupied(part.visit);
      if (!IsProper(occupied)) continue;
      if (!is_open && part.any_time) is_open = true;
      if (!is_open) {
        const Result<Schedule::Opening> opening = state.schedule.OpeningFor(part.visit);
        is_open = opening.ok() && *opening == Schedule::Opening::kOpen;
        if (opening.ok() && *opening == Schedule::Opening::kOffGrid) ++part.off_grid;
      }
      if (is_open) entries = state.schedule.calendar().Overlapping(occupied);
    }
    if (!is_open) continue;
    part.open.push_back(member);
    for (const Calendar::Entry& entry : entries) Meet(member, entry, others_make_way);
  }
}

void Scheduler::Impl::PoolChooser::Meet(std::size_t member, const Calendar::Entry& entry,
                                        bool others_make_way) {
  if (freed_.contains(entry.handle)) return;
  if (!met_.emplace(member, entry.handle, entry.interval.start).second) return;
  if (others_make_way) {
    const ResourceId resource = members_[member].state->id;
    const BookingId id = impl_.IdOf(entry.handle);
    const std::shared_ptr<const Booking> booking = impl_.FindBooking(id);
    std::span<const Allocation> parts;
    if (booking) parts = booking->allocations;
    const auto allocation = std::ranges::find_if(parts, [&](const Allocation& taken) {
      return taken.resource == resource && taken.occupied == entry.interval;
    });
    // What stands in the calendar and is not what everybody sees is just being written.
    if (allocation == parts.end()) busy_.push_back(id);
    if (allocation != parts.end() && !allocation->pool.empty()) {
      if (others_.contains(id)) return;
      if (MayMakeWay(*booking)) return AddParts(booking);
    }
  }
  members_[member].pool.taken.push_back(entry.interval);
}

bool Scheduler::Impl::PoolChooser::MayMakeWay(const Booking& booking) {
  const State state = *impl_.workflow_.Find(booking.status);
  if (state != impl_.workflow_.booked() && !impl_.workflow_.IsHeld(state)) return false;
  if (booking.overrides || !OccupiesAt(booking, now_) || booking.interval.start <= now_) {
    return false;
  }
  if (pinned_.contains(booking.id) || parts_.size() >= kMostParts) return false;
  // One that was booked with other buffers keeps what it has.
  return std::ranges::all_of(booking.allocations, [&](const Allocation& allocation) {
    if (allocation.pool.empty()) return true;
    const PoolMember& member = members_[MemberOf(impl_.FindState(allocation.resource))].pool;
    return allocation.occupied ==
           Interval{booking.interval.start - member.before, booking.interval.end + member.after};
  });
}

bool Scheduler::Impl::PoolChooser::FreezeMisplaced() {
  const std::size_t before = pinned_.size();
  const auto busy_with = [&](const Part& part, const PoolMember& member) {
    return Interval{part.visit.start - member.before, part.visit.end + member.after};
  };
  for (const Part& part : parts_) {
    if (part.step != kNoStep) continue;
    for (const std::size_t number : part.assigned) {
      const PoolMember& member = members_[number].pool;
      std::vector<Interval> there = member.taken;
      for (const Part& other : parts_) {
        if (other.step != kNoStep || &other == &part) continue;
        if (std::ranges::find(other.assigned, number) == other.assigned.end()) continue;
        there.push_back(busy_with(other, member));
      }
      if (!InTheWay(there, busy_with(part, member), member.capacity).empty()) {
        pinned_.insert(part.booking->id);
      }
    }
  }
  return pinned_.size() > before;
}

std::size_t Scheduler::Impl::PoolChooser::MemberOf(const ResourceStatePtr& state) {
  const auto [found, added] = member_of_.try_emplace(state->id, members_.size());
  if (!added) return found->second;
  Member member{.state = state, .pool = {}};
  const std::lock_guard lock(state->mutex);
  const Resource& resource = state->schedule.resource();
  member.pool.before = resource.buffer_before;
  member.pool.after = resource.buffer_after;
  member.pool.capacity = resource.capacity;
  member.always_open = resource.hours == Resource::Hours::kAlways;
  for (const Step& step : steps_.first(considered_)) {
    if (!step.after.occupies ||
        std::ranges::find(step.states, state->id, &internal::ResourceState::id) ==
            step.states.end()) {
      continue;
    }
    member.pool.taken.push_back(state->schedule.Occupied(step.after.interval));
  }
  members_.push_back(std::move(member));
  return found->second;
}

std::vector<std::size_t> Scheduler::Impl::PoolChooser::MembersOf(const std::string& pool) {
  std::vector<std::size_t> members;
  for (const ResourceStatePtr& state : impl_.StatesWithSpecialty(pool)) {
    members.push_back(MemberOf(state));
  }
  return members;
}

Scheduler::Impl::PoolChooser::Fit Scheduler::Impl::PoolChooser::FitOf(std::size_t number,
                                                                      const Interval& visit,
                                                                      bool looks_at_hours) const {
  internal::ResourceState& state = *members_[number].state;
  const std::lock_guard lock(state.mutex);
  const Interval occupied = state.schedule.Occupied(visit);
  bool is_open = true;
  if (looks_at_hours) {
    const Result<Schedule::Opening> opening = state.schedule.OpeningFor(visit);
    is_open = opening.ok() && *opening == Schedule::Opening::kOpen;
  }
  Duration before = kFarAway;
  Duration after = kFarAway;
  for (const Calendar::Entry& entry : state.schedule.calendar().Overlapping(
           {occupied.start - kFarAway, occupied.end + kFarAway})) {
    if (freed_.contains(entry.handle)) continue;
    if (entry.interval.end <= occupied.start) {
      before = std::min(before, occupied.start - entry.interval.end);
    } else if (entry.interval.start >= occupied.end) {
      after = std::min(after, entry.interval.start - occupied.end);
    }
  }
  const bool is_taken = std::ranges::any_of(
      state.schedule.Blocking(visit),
      [&](const Calendar::Entry& entry) { return !freed_.contains(entry.handle); });
  return {!is_open, is_taken, std::min(before, after), before + after, state.id};
}

std::vector<std::size_t> Scheduler::Impl::PoolChooser::ByFit(const Interval& visit) const {
  std::vector<std::pair<Fit, std::size_t>> fits;
  for (std::size_t member = 0; member < members_.size(); ++member) {
    fits.emplace_back(FitOf(member, visit, false), member);
    std::get<1>(fits.back().first) = false;
  }
  std::ranges::sort(fits);
  std::vector<std::size_t> by_fit;
  for (const auto& [fit, member] : fits) by_fit.push_back(member);
  return by_fit;
}

PoolAssignment Scheduler::Impl::PoolChooser::Assign(const std::vector<std::size_t>& by_fit) const {
  std::vector<std::size_t> place_of(members_.size());
  std::vector<PoolMember> members;
  for (const std::size_t member : by_fit) {
    place_of[member] = members.size();
    members.push_back(members_[member].pool);
  }
  const auto places = [&](const std::vector<std::size_t>& wanted) {
    std::vector<std::size_t> found;
    for (const std::size_t member : wanted) found.push_back(place_of[member]);
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    return found;
  };
  std::vector<PoolJob> jobs;
  for (const Part& part : parts_) {
    jobs.push_back({.interval = part.visit,
                    .wanted = part.wanted,
                    .eligible = places(part.open),
                    .assigned = places(part.assigned),
                    .booking = part.owner});
  }
  return AssignMembers(jobs, members, kMostSteps);
}

}  // namespace clinic
