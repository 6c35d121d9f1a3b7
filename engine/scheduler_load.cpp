// Taking up what a store holds.
#include <utility>

#include "engine/calendar_loader.hpp"
#include "engine/intake.hpp"
#include "engine/scheduler_follower.hpp"

namespace clinic {

using internal::ResourceState;
using internal::ResourceStatePtr;

Scheduler::Impl::Impl(Store* store, const Clock& clock, IdGenerator& ids, SchedulerOptions options)
    : store_(store),
      clock_(clock),
      ids_(ids),
      options_(options),
      workflow_(*options.workflow),
      follower_(store == nullptr ? nullptr : std::make_unique<Follower>(*this)) {}

Result<void> Scheduler::Impl::Load() {
  return store_->Read([&](UnitOfWork& work) -> Result<void> {
    Result<States> states = LoadResources(work);
    if (!states.ok()) return std::move(states).error();
    Result<void> loaded = LoadBookings(work, *states);
    if (loaded.ok()) loaded = LoadWaitlist(work);
    return loaded.ok() ? follower_->Begin(work) : loaded;
  });
}

Result<Scheduler::Impl::States> Scheduler::Impl::LoadResources(UnitOfWork& work) {
  States states;
  Result<void> failed;
  const auto take = [&](Resource&& resource) {
    Result<Schedule> schedule = Schedule::Make(std::move(resource));
    const ResourceStatePtr state =
        schedule.ok() ? resources_.Add(std::make_unique<ResourceState>(*std::move(schedule)))
                      : nullptr;
    if (state != nullptr) {
      states.push_back(state);
    } else if (failed.ok()) {
      failed = Error{ErrorCode::kCorrupt,
                     schedule.ok() ? "a resource is there twice" : schedule.error().message};
    }
  };
  if (Result<void> read = work.resources().ForEach(take); !read.ok()) return read.error();
  if (!failed.ok()) return failed.error();

  for (const ResourceStatePtr& state : states) {
    // Those that are always open may have rules from when they were not; patients never do.
    if (state->kind == ResourceKind::kPatient) continue;
    Result<std::vector<AvailabilityRule>> rules = work.resources().Rules(state->id);
    if (!rules.ok()) return std::move(rules).error();
    Result<std::vector<TimeOff>> time_off = work.resources().TimeOffOf(state->id);
    if (!time_off.ok()) return std::move(time_off).error();
    state->schedule.SetRules(*std::move(rules));
    state->schedule.SetTimeOff(*std::move(time_off));
  }
  return states;
}

Result<void> Scheduler::Impl::LoadBookings(UnitOfWork& work, const States& states) {
  internal::CalendarLoader calendars;
  Result<void> failed;
  const auto take = [&](const Booking& booking) -> std::optional<BookingHandle> {
    const std::optional<BookingHandle> handle =
        IsSound(booking) ? bookings_.Add(booking) : std::nullopt;
    if (!handle && failed.ok()) {
      failed = Error{ErrorCode::kCorrupt, "booking " + ToString(booking.id) + " is " +
                                              booking.status + ", which the workflow cannot read"};
    }
    if (handle) KeepHold(booking);
    return handle;
  };
  // Everything that is looked up stands somewhere else in memory: it is sent for before it is used.
  States found;
  const auto take_batch = [&](std::span<const Booking> batch) {
    for (const Booking& booking : batch) {
      for (const Allocation& allocation : booking.allocations) {
        resources_.Prefetch(allocation.resource);
      }
    }
    found.clear();
    for (const Booking& booking : batch) {
      for (const Allocation& allocation : booking.allocations) {
        found.push_back(resources_.Find(allocation.resource));
        __builtin_prefetch(found.back());
      }
    }
    auto state = found.begin();
    for (const Booking& booking : batch) {
      const std::optional<BookingHandle> handle = take(booking);
      for (const Allocation& allocation : booking.allocations) {
        const ResourceStatePtr taken = *state++;
        if (taken != nullptr && handle && booking.occupies) {
          calendars.Note(*taken, allocation.occupied, *handle);
        }
      }
    }
  };
  internal::Intake<Booking> intake(options_.load_threads, take_batch);
  Result<void> read = work.bookings().ForEach([&](Booking&& booking) { intake.Put(booking); });
  intake.Finish();
  if (!read.ok()) return read;
  if (!failed.ok()) return failed;
  calendars.Fill(states, options_.load_threads);
  return {};
}

bool Scheduler::Impl::IsSound(const Booking& booking) const {
  const std::optional<State> status = workflow_.Find(booking.status);
  return status && workflow_.Occupies(*status) == booking.occupies &&
         workflow_.IsHeld(*status) <= booking.expires_at.has_value();
}

}  // namespace clinic
