// Resources that others have added or changed.
#include <algorithm>
#include <utility>

#include "engine/scheduler_follower.hpp"

namespace clinic {

using internal::ResourceState;
using internal::ResourceStatePtr;

namespace {

/// Whether two lists hold the same things, in whatever order.
template <typename T>
bool AreTheSame(std::vector<T> a, std::vector<T> b) {
  std::ranges::sort(a, {}, &T::id);
  std::ranges::sort(b, {}, &T::id);
  return a == b;
}

}  // namespace

absl::btree_set<ResourceId> Scheduler::Impl::Follower::ResourcesOf(const News& news) const {
  absl::btree_set<ResourceId> ids;
  const auto add_unknown = [&](ResourceId id) {
    if (impl_.resources_.Find(id) == nullptr) ids.insert(id);
  };
  for (const OutboxEvent& event : news.events) {
    if (event.type.starts_with("resource.")) ids.insert(ResourceId(event.subject));
  }
  for (const Booking& booking : news.bookings) {
    for (const Allocation& taken : booking.allocations) add_unknown(taken.resource);
  }
  for (const auto& [id, entry] : news.entries) {
    if (!entry) continue;
    add_unknown(entry->patient);
    if (entry->resource) add_unknown(*entry->resource);
  }
  return ids;
}

// A change of a resource is under way from before the store is asked until it has taken effect, and
// `changing` is held for so long. What is read while it is held is what holds here from then on.
Result<void> Scheduler::Impl::Follower::TakeUp(absl::btree_set<ResourceId> resources) {
  while (!resources.empty()) {
    std::vector<std::mutex*> changing;
    absl::btree_set<ResourceId> known;
    for (const ResourceId id : resources) {
      const ResourceStatePtr state = impl_.resources_.Find(id);
      if (state == nullptr) continue;
      changing.push_back(&state->changing);
      known.insert(id);
    }
    const auto locks = internal::LockInOrder(std::move(changing));
    Result<std::vector<ResourceNews>> news = std::vector<ResourceNews>();
    Result<void> read = impl_.store_->Read([&](UnitOfWork& work) -> Result<void> {
      news = ReadResources(work, resources);
      return news.ok() ? Result<void>() : news.error();
    });
    if (!read.ok()) return read;
    resources.clear();
    for (ResourceNews& one : *news) {
      const ResourceId id = one.resource.id;
      if (known.contains(id)) {
        Result<void> changed = ChangeResource(*impl_.resources_.Find(id), std::move(one));
        if (!changed.ok()) return changed;
        continue;
      }
      const Result<bool> added = AddResource(std::move(one));
      if (!added.ok()) return added.error();
      if (!*added) resources.insert(id);
    }
  }
  return {};
}

Result<std::vector<Scheduler::Impl::Follower::ResourceNews>>
Scheduler::Impl::Follower::ReadResources(UnitOfWork& work, const absl::btree_set<ResourceId>& ids) {
  std::vector<ResourceNews> news;
  for (const ResourceId id : ids) {
    Result<Resource> resource = work.resources().Get(id);
    if (!resource.ok() && resource.error().code == ErrorCode::kNotFound) continue;
    if (!resource.ok()) return std::move(resource).error();
    Result<std::vector<AvailabilityRule>> rules = work.resources().Rules(id);
    if (!rules.ok()) return std::move(rules).error();
    Result<std::vector<TimeOff>> time_off = work.resources().TimeOffOf(id);
    if (!time_off.ok()) return std::move(time_off).error();
    news.push_back({*std::move(resource), *std::move(rules), *std::move(time_off)});
  }
  return news;
}

Result<bool> Scheduler::Impl::Follower::AddResource(ResourceNews news) {
  Result<Schedule> schedule = Schedule::Make(std::move(news.resource));
  if (!schedule.ok()) return Error{ErrorCode::kCorrupt, schedule.error().message};
  schedule->SetRules(std::move(news.rules));
  schedule->SetTimeOff(std::move(news.time_off));
  auto state = std::make_unique<ResourceState>(*std::move(schedule));
  state->added = impl_.versions_.Now();
  if (impl_.resources_.Add(std::move(state)) == nullptr) return false;
  taken_up_.fetch_add(1);
  return true;
}

Result<void> Scheduler::Impl::Follower::ChangeResource(ResourceState& state, ResourceNews news) {
  Schedule& schedule = state.schedule;
  std::vector<std::string> before;
  {
    const std::lock_guard lock(state.mutex);
    const bool same_resource = schedule.resource() == news.resource;
    const bool same_rules = AreTheSame(schedule.rules(), news.rules);
    const bool same_time_off = AreTheSame(schedule.time_off(), news.time_off);
    if (same_resource && same_rules && same_time_off) return {};
    before = schedule.resource().specialties;
    impl_.KeepVersions({&state}, impl_.versions_.Now());
    if (!same_resource) {
      Result<void> updated = schedule.Update(news.resource);
      if (!updated.ok()) return Error{ErrorCode::kCorrupt, updated.error().message};
    }
    if (!same_rules) schedule.SetRules(std::move(news.rules));
    if (!same_time_off) schedule.SetTimeOff(std::move(news.time_off));
  }
  impl_.resources_.Reindex(state.id, before, news.resource.specialties);
  taken_up_.fetch_add(1);
  return {};
}

}  // namespace clinic
