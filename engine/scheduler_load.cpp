// Taking up what a store holds.
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

Result<void> Scheduler::Impl::Load() {
  return store_->Read([&](UnitOfWork& work) -> Result<void> {
    std::vector<internal::ResourceStatePtr> with_rules;
    Result<void> failed;
    Result<void> read = work.resources().ForEach([&](Resource&& resource) {
      Result<Schedule> schedule = Schedule::Make(std::move(resource));
      if (!schedule.ok()) {
        if (failed.ok()) failed = Error{ErrorCode::kCorrupt, schedule.error().message};
        return;
      }
      auto state = std::make_shared<internal::ResourceState>(*std::move(schedule));
      // Those that are always open may have rules from when they were not; patients never do.
      if (state->kind != ResourceKind::kPatient) with_rules.push_back(state);
      resources_.Add(std::move(state));
    });
    if (!read.ok()) return read;
    if (!failed.ok()) return failed;

    for (const internal::ResourceStatePtr& state : with_rules) {
      Result<std::vector<AvailabilityRule>> rules = work.resources().Rules(state->id);
      if (!rules.ok()) return std::move(rules).error();
      Result<std::vector<TimeOff>> time_off = work.resources().TimeOffOf(state->id);
      if (!time_off.ok()) return std::move(time_off).error();
      state->schedule.SetRules(*std::move(rules));
      state->schedule.SetTimeOff(*std::move(time_off));
    }

    read = work.bookings().ForEach([&](Booking&& booking) {
      const std::optional<State> status = workflow_.Find(booking.status);
      const std::optional<BookingHandle> handle = bookings_.Claim(booking.id);
      const bool sound = status && handle && workflow_.Occupies(*status) == booking.occupies &&
                         workflow_.IsHeld(*status) <= booking.expires_at.has_value();
      if (!sound) {
        if (failed.ok()) {
          failed =
              Error{ErrorCode::kCorrupt, "booking " + ToString(booking.id) + " is " +
                                             booking.status + ", which the workflow cannot read"};
        }
        return;
      }
      for (const Allocation& allocation : booking.allocations) {
        const internal::ResourceStatePtr state = resources_.Find(allocation.resource);
        if (state && booking.occupies) state->schedule.Add(allocation.occupied, *handle);
      }
      KeepHold(booking);
      bookings_.Publish(std::move(booking));
    });
    return read.ok() ? failed : read;
  });
}

}  // namespace clinic
