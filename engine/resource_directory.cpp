#include "engine/resource_directory.hpp"

#include <algorithm>
#include <utility>

namespace clinic::internal {
namespace {

constexpr auto kId = [](const ResourceStatePtr& state) { return state->id; };

}  // namespace

bool ResourceDirectory::Add(ResourceStatePtr state) {
  const std::vector<std::string> specialties = state->schedule.resource().specialties;
  const ResourceId id = state->id;
  {
    const std::unique_lock lock(mutex_);
    if (!states_.try_emplace(id, std::move(state)).second) return false;
  }
  Reindex(id, {}, specialties);
  return true;
}

ResourceStatePtr ResourceDirectory::Find(ResourceId id) const {
  const std::shared_lock lock(mutex_);
  const auto found = states_.find(id);
  return found == states_.end() ? nullptr : found->second;
}

std::vector<ResourceStatePtr> ResourceDirectory::WithSpecialty(const std::string& specialty) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_specialty_.find(specialty);
  return found == by_specialty_.end() ? std::vector<ResourceStatePtr>() : found->second;
}

void ResourceDirectory::Reindex(ResourceId id, const std::vector<std::string>& before,
                                const std::vector<std::string>& after) {
  const std::unique_lock lock(mutex_);
  for (const std::string& specialty : before) {
    std::erase_if(by_specialty_[specialty],
                  [&](const ResourceStatePtr& state) { return state->id == id; });
  }
  for (const std::string& specialty : after) {
    std::vector<ResourceStatePtr>& states = by_specialty_[specialty];
    const auto place = std::ranges::lower_bound(states, id, {}, kId);
    if (place == states.end() || (*place)->id != id) states.insert(place, states_.at(id));
  }
}

Result<std::vector<ResourceStatePtr>> ResourceDirectory::FindAll(std::vector<ResourceId> ids,
                                                                 std::size_t most) const {
  if (ids.empty())
    return Error{ErrorCode::kInvalidArgument, "a booking needs at least one resource"};
  if (ids.size() > most) {
    return Error{ErrorCode::kInvalidArgument, "a booking takes at most 64 resources"};
  }
  std::ranges::sort(ids);
  if (const auto twice = std::ranges::adjacent_find(ids); twice != ids.end()) {
    return Error{ErrorCode::kInvalidArgument, "resource " + ToString(*twice) + " is given twice"};
  }
  std::vector<ResourceStatePtr> states;
  states.reserve(ids.size());
  const std::shared_lock lock(mutex_);
  for (const ResourceId id : ids) {
    const auto found = states_.find(id);
    if (found == states_.end()) {
      return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
    }
    states.push_back(found->second);
  }
  return states;
}

}  // namespace clinic::internal
