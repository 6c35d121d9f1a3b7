// What came of choosing: who gets which member, or why nobody can.
#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/pool_chooser.hpp"

namespace clinic {

using internal::ResourceStatePtr;

void Scheduler::Impl::PoolChooser::FillIn(const std::vector<std::vector<std::size_t>>& chosen) {
  for (std::size_t part = 0; part < parts_.size();) {
    const std::size_t first = part;
    bool moved = false;
    std::vector<std::pair<std::size_t, std::string>> members;
    for (; part < parts_.size() && parts_[part].owner == parts_[first].owner; ++part) {
      for (const std::size_t member : chosen[part]) {
        members.emplace_back(member, parts_[part].pool);
        moved |= std::ranges::find(parts_[part].assigned, member) == parts_[part].assigned.end();
      }
    }
    if (parts_[first].step != kNoStep) {
      FillInStep(steps_[parts_[first].step], members);
      continue;
    }
    if (!moved) continue;
    Reassignment reassignment{.booking = parts_[first].booking, .allocations = {}};
    for (const Allocation& named : reassignment.booking->allocations) {
      if (named.pool.empty()) reassignment.allocations.push_back(named);
    }
    for (const auto& [member, pool] : members) {
      reassignment.allocations.push_back({members_[member].state->id, {}, pool});
    }
    std::ranges::sort(reassignment.allocations, {}, &Allocation::resource);
    reassignments_.push_back(std::move(reassignment));
  }
}

void Scheduler::Impl::PoolChooser::FillInStep(
    Step& step, std::span<const std::pair<std::size_t, std::string>> chosen) const {
  std::vector<std::pair<ResourceStatePtr, std::string>> placed;
  for (const ResourceStatePtr& named : step.states) placed.emplace_back(named, "");
  for (const auto& [member, pool] : chosen) placed.emplace_back(members_[member].state, pool);
  std::ranges::sort(placed, {}, [](const auto& place) { return place.first->id; });
  step.states.clear();
  for (auto& [state, pool] : placed) {
    step.states.push_back(state);
    step.pool_of.push_back(std::move(pool));
  }
}

Error Scheduler::Impl::PoolChooser::Refusal() const {
  Error error{ErrorCode::kConflict, "the time is taken"};
  for (const Part& part : parts_) {
    if (part.step == kNoStep || part.open.size() >= part.wanted) continue;
    const std::string wanted = std::to_string(part.wanted) + " of \"" + part.pool + "\"";
    const bool closed = part.open.size() + part.off_grid < part.wanted;
    if (closed)
      return {ErrorCode::kOutsideAvailability, wanted + " are not available at that time"};
    error = {ErrorCode::kOffGrid, "bookings on " + wanted + " do not start at that time"};
  }
  if (error.code != ErrorCode::kConflict) return error;
  std::set<std::tuple<ResourceId, BookingHandle, Instant>> told;
  for (const Part& part : parts_) {
    if (part.step == kNoStep) continue;
    for (const std::size_t member : part.open) {
      internal::ResourceState& state = *members_[member].state;
      const std::lock_guard lock(state.mutex);
      for (const Calendar::Entry& entry : state.schedule.Blocking(part.visit)) {
        if (freed_.contains(entry.handle)) continue;
        if (!told.emplace(state.id, entry.handle, entry.interval.start).second) continue;
        error.conflicts.push_back({state.id, state.kind, impl_.IdOf(entry.handle), entry.interval});
      }
    }
  }
  std::ranges::sort(error.conflicts, {},
                    [](const Conflict& c) { return std::pair(c.interval, c.resource); });
  return error;
}

// Nothing gets better while the start moves on until something ends that the visit would overlap,
// or a resource that keeps hours opens for another start.
std::optional<Instant> Scheduler::Impl::PoolChooser::NextStart(Instant limit) const {
  const Interval visit = steps_.front().after.interval;
  std::optional<Instant> next;
  const auto offer = [&](Instant start) {
    if (start > visit.start && (!next || start < *next)) next = start;
  };
  const auto offer_ends = [&](std::size_t number) {
    const PoolMember& member = members_[number].pool;
    for (const Interval& taken : member.taken) offer(taken.end + member.before);
    for (const Part& other : parts_) {
      if (other.step != kNoStep) continue;
      if (std::ranges::find(other.open, number) == other.open.end()) continue;
      offer(other.visit.end + member.after + member.before);
    }
  };
  const auto offer_opening = [&](const Member& member) {
    const std::lock_guard lock(member.state->mutex);
    const Result<std::optional<Instant>> opening =
        member.state->schedule.EarliestOpening(visit.start + Duration{1}, visit.length(), limit);
    if (opening.ok() && *opening) offer(**opening);
  };
  for (const Part& part : parts_) {
    if (part.step == kNoStep) continue;
    for (const std::size_t number : part.members) {
      if (members_[number].always_open) {
        offer_ends(number);
      } else {
        offer_opening(members_[number]);
      }
    }
  }
  // Others may find a place where the step takes one by name.
  for (const ResourceStatePtr& named : steps_.front().Named()) {
    if (const auto found = member_of_.find(named->id); found != member_of_.end()) {
      offer_ends(found->second);
    }
  }
  return next;
}

Error Foremost(Error one, Error other) {
  const auto rank = [](const Error& error) {
    return std::pair(error.position.value_or(0), error.code);
  };
  if (rank(one) != rank(other)) return rank(one) < rank(other) ? one : other;
  if (one.code == ErrorCode::kConflict) {
    one.conflicts.insert(one.conflicts.end(), other.conflicts.begin(), other.conflicts.end());
    std::ranges::sort(one.conflicts, {}, [](const Conflict& conflict) {
      return std::tuple(conflict.interval, conflict.resource, conflict.booking);
    });
  }
  return one;
}

}  // namespace clinic
