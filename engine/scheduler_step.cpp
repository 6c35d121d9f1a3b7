#include "engine/scheduler_step.hpp"

#include <algorithm>

namespace clinic::internal {

States Step::Named() const {
  if (pool_of.empty()) return states;
  States named;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (pool_of[i].empty()) named.push_back(states[i]);
  }
  return named;
}

States Step::Changed() const {
  States changed = states;
  std::erase_if(changed, [&](const ResourceStatePtr& state) {
    return std::ranges::binary_search(kept, state->id);
  });
  return changed;
}

std::vector<Allocation> Step::Allocations() const {
  std::vector<Allocation> allocations;
  allocations.reserve(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const ResourceState& state = *states[i];
    allocations.push_back({state.id, state.schedule.Occupied(after.interval),
                           pool_of.empty() ? std::string() : pool_of[i]});
    if (!std::ranges::binary_search(kept, state.id)) continue;
    // Its buffers may have been others when it was booked.
    const auto had = std::ranges::find(before->allocations, state.id, &Allocation::resource);
    allocations.back().occupied = had->occupied;
  }
  return allocations;
}

void AddToCalendars(const Booking& booking, BookingHandle handle, const States& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i]->schedule.Add(booking.allocations[i].occupied, handle);
  }
}

void RemoveFromCalendars(const Booking& booking, BookingHandle handle, const States& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i]->schedule.Remove(booking.allocations[i].occupied, handle);
  }
}

}  // namespace clinic::internal
