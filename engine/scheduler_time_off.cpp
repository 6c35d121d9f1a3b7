// Time off, together with what has to happen to bookings because of it.
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ResourceState;
using internal::ResourceStatePtr;

Result<std::vector<Booking>> Scheduler::Impl::ApplyWithTimeOff(
    TimeOff time_off, std::span<const Change> changes, const Command& command,
    const Alongside<std::vector<Booking>>& alongside) {
  const Result<ResourceStatePtr> found = StateOf(time_off.resource);
  if (!found.ok()) return found.error();
  if (!IsProper(time_off.interval)) {
    return Error{ErrorCode::kBadInterval, "the end must come after the start"};
  }
  if (time_off.id.is_nil()) time_off.id = ids_.New<TimeOffId>();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  const Resource resource = FindResource(time_off.resource).value();
  const auto write_down = [&](UnitOfWork& work, const std::vector<Booking>& bookings) {
    Result<void> done = work.resources().PutTimeOff(time_off);
    if (done.ok() && alongside) done = alongside(work, bookings);
    if (!done.ok()) return done;
    return Announce(work, resource, "time-off.put", command);
  };
  const auto take_off = [&](std::vector<TimeOff> all) {
    const std::lock_guard lock(state.mutex);
    KeepVersions({*found}, versions_.Now());
    state.schedule.SetTimeOff(std::move(all));
  };

  // It holds before it is written down, so that nobody books into it meanwhile. Somebody may be
  // refused for a time off that never comes to be, and never the other way round.
  const std::vector<TimeOff> before = TimeOffOf(time_off.resource).value();
  std::vector<TimeOff> both = before;
  both.push_back(time_off);
  take_off(both);
  Result<std::vector<Booking>> applied = std::vector<Booking>();
  if (!changes.empty()) {
    applied = Apply(changes, command, write_down);
  } else if (Result<void> written = Commit([&](UnitOfWork& work) { return write_down(work, {}); });
             !written.ok()) {
    applied = std::move(written).error();
  }
  std::erase_if(both,
                [&](const TimeOff& other) { return other.id == time_off.id && other != time_off; });
  take_off(applied.ok() ? std::move(both) : before);
  return applied;
}

}  // namespace clinic
