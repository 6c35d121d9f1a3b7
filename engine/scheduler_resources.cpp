// Resources, when they are available, and when they are off. A change is written down first and
// then takes effect, so that nothing is ever offered that a crash could take back.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ResourceState;
using internal::ResourceStatePtr;

namespace {

// Of a resource without hours, with how many a search for others besides it stays short.
constexpr std::size_t kFewBookings = 32;

Error IsThere(ResourceId id) {
  return {ErrorCode::kAlreadyExists, "there is a resource " + ToString(id) + " already"};
}

/// Whether a rule is among those that there are, and as somebody knows it.
Result<void> CheckUnchanged(const std::vector<AvailabilityRule>& rules,
                            const AvailabilityRule& known) {
  const auto found = std::ranges::find(rules, known.id, &AvailabilityRule::id);
  if (found == rules.end()) {
    return Error{ErrorCode::kNotFound, "there is no rule " + ToString(known.id)};
  }
  if (*found == known) return {};
  return Error{ErrorCode::kStaleVersion, "the rule was changed since"};
}

}  // namespace

Result<ResourceStatePtr> Scheduler::Impl::StateOf(ResourceId id) const {
  ResourceStatePtr state = FindState(id);
  if (!state) return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
  return state;
}

Result<Resource> Scheduler::Impl::AddResource(Resource resource, const Command& command,
                                              const Alongside<Resource>& alongside) {
  Result<Schedule> schedule = Prepare(std::move(resource));
  if (!schedule.ok()) return std::move(schedule).error();
  Result<void> written = Commit(
      [&](UnitOfWork& work) { return RecordNew(work, schedule->resource(), command, alongside); });
  if (!written.ok()) return std::move(written).error();
  return TakeUp(*std::move(schedule));
}

std::vector<Result<Resource>> Scheduler::Impl::AddResources(std::span<const Resource> resources,
                                                            const Command& command,
                                                            const Alongside<Resource>& alongside) {
  std::vector<Result<Schedule>> prepared;
  prepared.reserve(resources.size());
  for (const Resource& resource : resources) prepared.push_back(Prepare(resource));

  std::vector<Result<void>> written(resources.size());
  const Result<void> all = Commit([&](UnitOfWork& work) -> Result<void> {
    for (std::size_t i = 0; i < resources.size(); ++i) {
      if (!prepared[i].ok()) continue;
      written[i] = work.Attempt(
          [&] { return RecordNew(work, prepared[i]->resource(), command, alongside); });
      if (!written[i].ok() && written[i].error().code == ErrorCode::kUnavailable) return written[i];
    }
    return {};
  });

  std::vector<Result<Resource>> results;
  results.reserve(resources.size());
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (!prepared[i].ok()) {
      results.emplace_back(std::move(prepared[i]).error());
    } else if (!all.ok() || !written[i].ok()) {
      results.emplace_back(all.ok() ? written[i].error() : all.error());
    } else {
      results.push_back(TakeUp(*std::move(prepared[i])));
    }
  }
  return results;
}

Result<Schedule> Scheduler::Impl::Prepare(Resource resource) {
  if (resource.id.is_nil()) resource.id = ids_.New<ResourceId>();
  resource.version = 1;
  resource.created_at = resource.updated_at = Now();
  Result<Schedule> schedule = Schedule::Make(std::move(resource));
  if (schedule.ok() && FindState(schedule->resource().id)) {
    return IsThere(schedule->resource().id);
  }
  return schedule;
}

Result<void> Scheduler::Impl::RecordNew(UnitOfWork& work, const Resource& resource,
                                        const Command& command,
                                        const Alongside<Resource>& alongside) const {
  Result<void> done = work.resources().Insert(resource);
  if (done.ok() && alongside) done = alongside(work, resource);
  return done.ok() ? Announce(work, resource, "resource.add", command) : done;
}

Result<Resource> Scheduler::Impl::TakeUp(Schedule schedule) {
  Resource resource = schedule.resource();
  auto state = std::make_unique<ResourceState>(std::move(schedule));
  state->added = versions_.Now();
  // Where there is a store it has said that the resource is ours; then it may have been taken up
  // from the feed already.
  const bool added = resources_.Add(std::move(state)) != nullptr;
  return added || store_ != nullptr ? Result<Resource>(std::move(resource)) : IsThere(resource.id);
}

Result<Resource> Scheduler::Impl::UpdateResource(Resource resource, const Command& command,
                                                 const Alongside<Resource>& alongside) {
  const Result<ResourceStatePtr> found = StateOf(resource.id);
  if (!found.ok()) return found.error();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  const Resource before = FindResource(resource.id).value();
  if (command.expected_version && *command.expected_version != before.version) {
    return Error{ErrorCode::kStaleVersion, "the resource was changed since: it has version " +
                                               std::to_string(before.version)};
  }
  resource.version = before.version + 1;
  resource.created_at = before.created_at;
  resource.updated_at = Now();
  if (Result<Schedule> valid = Schedule::Make(resource); !valid.ok()) return valid.error();
  if (resource.capacity != before.capacity || resource.kind != before.kind) {
    return Error{ErrorCode::kInvalidArgument,
                 "the kind and the capacity of a resource cannot change"};
  }

  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> done = work.resources().Update(resource);
    if (done.ok() && alongside) done = alongside(work, resource);
    return done.ok() ? Announce(work, resource, "resource.update", command) : done;
  });
  if (!written.ok()) return std::move(written).error();
  {
    const std::lock_guard lock(state.mutex);
    KeepVersions({*found}, versions_.Now());
    if (Result<void> updated = state.schedule.Update(resource); !updated.ok())
      return updated.error();
  }
  resources_.Reindex(resource.id, before.specialties, resource.specialties);
  return resource;
}

Result<Resource> Scheduler::Impl::FindResource(ResourceId id) const {
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  const std::lock_guard lock((*state)->mutex);
  return (*state)->schedule.resource();
}

bool Scheduler::Impl::HasAtHand(std::span<const ResourceId> resources,
                                const Interval& range) const {
  return std::ranges::all_of(resources, [&](ResourceId id) {
    const ResourceStatePtr state = FindState(id);
    if (state == nullptr) return false;
    const std::unique_lock lock(state->mutex, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    const Schedule& schedule = state->schedule;
    if (schedule.resource().hours == Resource::Hours::kByRules) {
      return schedule.covered().Contains(range);
    }
    return schedule.calendar().size() <= kFewBookings;
  });
}

std::vector<Resource> Scheduler::Impl::ResourcesWithSpecialty(const std::string& specialty) const {
  std::vector<Resource> found;
  for (const ResourceStatePtr& state : StatesWithSpecialty(specialty)) {
    const std::lock_guard lock(state->mutex);
    const Resource& resource = state->schedule.resource();
    // A branch looks them up as they are found in its origin by now.
    if (std::ranges::find(resource.specialties, specialty) == resource.specialties.end()) continue;
    found.push_back(resource);
  }
  return found;
}

Result<AvailabilityRule> Scheduler::Impl::PutAvailability(
    ResourceId id, AvailabilityRule rule, const AvailabilityRule* before, const Command& command,
    const Alongside<AvailabilityRule>& alongside) {
  const Result<ResourceStatePtr> found = StateOf(id);
  if (!found.ok()) return found.error();
  if (rule.id.is_nil()) rule.id = ids_.New<RuleId>();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  std::vector<AvailabilityRule> rules;
  Resource resource;
  {
    const std::lock_guard lock(state.mutex);
    resource = state.schedule.resource();
    if (state.schedule.resource().hours == Resource::Hours::kAlways) {
      return Error{ErrorCode::kInvalidArgument,
                   "the resource is always available, it takes no rules"};
    }
    if (Result<void> valid = state.schedule.CheckRules({rule}); !valid.ok()) {
      return std::move(valid).error();
    }
    rules = state.schedule.rules();
  }
  if (before != nullptr) {
    if (Result<void> same = CheckUnchanged(rules, *before); !same.ok()) return same.error();
  }
  std::erase_if(rules, [&](const AvailabilityRule& other) { return other.id == rule.id; });
  rules.push_back(rule);

  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> done;
    if (before != nullptr) {
      const Result<std::vector<AvailabilityRule>> stored = work.resources().Rules(id);
      done = stored.ok() ? CheckUnchanged(*stored, *before) : Result<void>(stored.error());
    }
    if (done.ok()) done = work.resources().PutRule(id, rule);
    if (done.ok() && alongside) done = alongside(work, rule);
    return done.ok() ? Announce(work, resource, "availability.put", command) : done;
  });
  if (!written.ok()) return std::move(written).error();
  const std::lock_guard lock(state.mutex);
  KeepVersions({*found}, versions_.Now());
  state.schedule.SetRules(std::move(rules));
  return rule;
}

Result<void> Scheduler::Impl::DeleteAvailability(ResourceId id, RuleId rule,
                                                 const Command& command) {
  const Result<ResourceStatePtr> found = StateOf(id);
  if (!found.ok()) return found.error();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  const Resource resource = FindResource(id).value();
  std::vector<AvailabilityRule> rules = AvailabilityOf(id).value();
  if (std::erase_if(rules, [&](const AvailabilityRule& other) { return other.id == rule; }) == 0) {
    return Error{ErrorCode::kNotFound, "there is no rule " + ToString(rule)};
  }
  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> done = work.resources().DeleteRule(id, rule);
    return done.ok() ? Announce(work, resource, "availability.delete", command) : done;
  });
  if (!written.ok()) return written;
  const std::lock_guard lock(state.mutex);
  KeepVersions({*found}, versions_.Now());
  state.schedule.SetRules(std::move(rules));
  return {};
}

Result<TimeOff> Scheduler::Impl::PutTimeOff(TimeOff time_off, const Command& command,
                                            const Alongside<TimeOff>& alongside) {
  const Result<ResourceStatePtr> found = StateOf(time_off.resource);
  if (!found.ok()) return found.error();
  if (!IsProper(time_off.interval)) {
    return Error{ErrorCode::kBadInterval, "the end must come after the start"};
  }
  if (time_off.id.is_nil()) time_off.id = ids_.New<TimeOffId>();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  const Resource resource = FindResource(time_off.resource).value();
  std::vector<TimeOff> all = TimeOffOf(time_off.resource).value();
  std::erase_if(all, [&](const TimeOff& other) { return other.id == time_off.id; });
  all.push_back(time_off);

  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> done = work.resources().PutTimeOff(time_off);
    if (done.ok() && alongside) done = alongside(work, time_off);
    return done.ok() ? Announce(work, resource, "time-off.put", command) : done;
  });
  if (!written.ok()) return std::move(written).error();
  const std::lock_guard lock(state.mutex);
  KeepVersions({*found}, versions_.Now());
  state.schedule.SetTimeOff(std::move(all));
  return time_off;
}

Result<void> Scheduler::Impl::DeleteTimeOff(ResourceId id, TimeOffId time_off,
                                            const Command& command) {
  const Result<ResourceStatePtr> found = StateOf(id);
  if (!found.ok()) return found.error();
  ResourceState& state = **found;
  const std::lock_guard changing(state.changing);
  const Resource resource = FindResource(id).value();
  std::vector<TimeOff> all = TimeOffOf(id).value();
  if (std::erase_if(all, [&](const TimeOff& other) { return other.id == time_off; }) == 0) {
    return Error{ErrorCode::kNotFound, "there is no time off " + ToString(time_off)};
  }
  Result<void> written = Commit([&](UnitOfWork& work) {
    Result<void> done = work.resources().DeleteTimeOff(id, time_off);
    return done.ok() ? Announce(work, resource, "time-off.delete", command) : done;
  });
  if (!written.ok()) return written;
  const std::lock_guard lock(state.mutex);
  KeepVersions({*found}, versions_.Now());
  state.schedule.SetTimeOff(std::move(all));
  return {};
}

Result<std::vector<AvailabilityRule>> Scheduler::Impl::AvailabilityOf(ResourceId id) const {
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  const std::lock_guard lock((*state)->mutex);
  return (*state)->schedule.rules();
}

Result<std::vector<TimeOff>> Scheduler::Impl::TimeOffOf(ResourceId id) const {
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  const std::lock_guard lock((*state)->mutex);
  return (*state)->schedule.time_off();
}

Result<std::vector<Interval>> Scheduler::Impl::WindowsOf(ResourceId id,
                                                         const Interval& range) const {
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  if (!IsProper(range)) {
    return Error{ErrorCode::kBadInterval, "the end of the range must come after its start"};
  }
  const std::lock_guard lock((*state)->mutex);
  return (*state)->schedule.WindowsWithin(range);
}

Result<std::vector<Booking>> Scheduler::Impl::OutsideAvailability(ResourceId id) {
  const Result<ResourceStatePtr> state = StateOf(id);
  if (!state.ok()) return state.error();
  FreeDueHolds();
  std::vector<Booking> outside;
  const std::lock_guard lock((*state)->mutex);
  Schedule& schedule = (*state)->schedule;
  for (const Calendar::Entry& entry : schedule.calendar().Overlapping({Now(), Horizon(Now())})) {
    const std::shared_ptr<const Booking> booking = FindBooking(IdOf(entry.handle));
    const auto is_it = [&](const Booking& other) { return other.id == booking->id; };
    if (!booking || std::ranges::any_of(outside, is_it)) continue;
    const Result<Schedule::Opening> opening = schedule.OpeningFor(booking->interval);
    if (!opening.ok()) return opening.error();
    if (*opening == Schedule::Opening::kClosed) outside.push_back(*booking);
  }
  return outside;
}

}  // namespace clinic
