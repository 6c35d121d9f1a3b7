#include "engine/resource_directory.hpp"

#include <absl/hash/hash.h>

#include <algorithm>
#include <utility>

#include "engine/specialty_index.hpp"

namespace clinic::internal {
namespace {

// How far ahead an index of a specialty knows the days at most, and after how long it gives way to
// one that knows later days, and keeps none that have passed.
constexpr Duration kLongestWindow = std::chrono::days{3'660};
constexpr Duration kRenewal = std::chrono::days{30};

constexpr auto kId = [](const ResourceStatePtr& state) { return state->id; };

}  // namespace

/// A hash table that one thread adds to while others read; half of its cells at most are in use.
class ResourceDirectory::Table {
 public:
  /// `size` is a power of two.
  explicit Table(std::size_t size) : cells_(size) {}

  bool HasRoomFor(std::size_t count) const { return count <= cells_.size() / 2; }

  ResourceStatePtr Find(ResourceId id) const {
    for (std::size_t i = absl::HashOf(id);; ++i) {
      const Cell& cell = cells_[i & Mask()];
      const ResourceStatePtr state = cell.state.load(std::memory_order_acquire);
      if (state == nullptr || cell.id == id) return state;
    }
  }

  void Prefetch(ResourceId id) const { __builtin_prefetch(&cells_[absl::HashOf(id) & Mask()]); }

  void Add(ResourceStatePtr state) {
    std::size_t i = absl::HashOf(state->id);
    while (cells_[i & Mask()].state.load(std::memory_order_relaxed) != nullptr) ++i;
    cells_[i & Mask()].id = state->id;
    cells_[i & Mask()].state.store(state, std::memory_order_release);
  }

  std::size_t size() const { return cells_.size(); }

 private:
  // The id stands here too, so that looking for one touches no state. It is read once the state is
  // there, and not written after.
  struct Cell {
    ResourceId id;
    std::atomic<ResourceStatePtr> state = nullptr;
  };

  std::size_t Mask() const { return cells_.size() - 1; }

  std::vector<Cell> cells_;
};

ResourceDirectory::ResourceDirectory() {
  constexpr std::size_t kSmallest = 64;
  tables_.push_back(std::make_unique<Table>(kSmallest));
  table_.store(tables_.back().get());
}

ResourceDirectory::~ResourceDirectory() = default;

ResourceStatePtr ResourceDirectory::Add(std::unique_ptr<ResourceState> state) {
  const std::vector<std::string> specialties = state->schedule.resource().specialties;
  const ResourceStatePtr added = state.get();
  {
    const std::lock_guard lock(adding_);
    if (Find(added->id) != nullptr) return nullptr;
    added->number = static_cast<std::uint32_t>(states_.size());
    states_.push_back(std::move(state));
    if (!tables_.back()->HasRoomFor(states_.size())) {
      auto larger = std::make_unique<Table>(tables_.back()->size() * 2);
      for (const std::unique_ptr<ResourceState>& each : states_) larger->Add(each.get());
      tables_.push_back(std::move(larger));
      table_.store(tables_.back().get(), std::memory_order_release);
    } else {
      tables_.back()->Add(added);
    }
  }
  Reindex(added->id, {}, specialties);
  return added;
}

ResourceStatePtr ResourceDirectory::Find(ResourceId id) const {
  return table_.load(std::memory_order_acquire)->Find(id);
}

void ResourceDirectory::Prefetch(ResourceId id) const {
  table_.load(std::memory_order_acquire)->Prefetch(id);
}

std::vector<ResourceStatePtr> ResourceDirectory::WithSpecialty(const std::string& specialty) const {
  const std::shared_lock lock(specialty_mutex_);
  const auto found = by_specialty_.find(specialty);
  return found == by_specialty_.end() ? std::vector<ResourceStatePtr>() : found->second.members;
}

std::shared_ptr<SpecialtyIndex> ResourceDirectory::IndexOf(const std::string& specialty,
                                                           Instant now, Instant until) {
  const auto is_of_use = [&](const std::shared_ptr<SpecialtyIndex>& index) {
    if (index == nullptr || now < index->window().start) return false;
    return until <= index->window().end || now < index->window().start + kRenewal;
  };
  {
    const std::shared_lock lock(specialty_mutex_);
    const auto found = by_specialty_.find(specialty);
    if (found == by_specialty_.end()) return nullptr;
    if (found->second.members.size() < SpecialtyIndex::kFewestMembers) return nullptr;
    if (is_of_use(found->second.index)) return found->second.index;
  }
  const std::unique_lock lock(specialty_mutex_);
  Specialty& found = by_specialty_[specialty];
  if (found.members.size() < SpecialtyIndex::kFewestMembers) return nullptr;
  if (!is_of_use(found.index)) {
    const Duration ahead = std::min<Duration>(until - now, kLongestWindow) + 2 * kRenewal;
    const Interval window{now,
                          now + std::min<Duration>(ahead, kLatest - std::chrono::days{2} - now)};
    if (window.length() <= Duration{0}) return nullptr;
    found.index = std::make_shared<SpecialtyIndex>(found.members, window);
  }
  return found.index;
}

void ResourceDirectory::Reindex(ResourceId id, const std::vector<std::string>& before,
                                const std::vector<std::string>& after) {
  if (before == after) return;
  const std::unique_lock lock(specialty_mutex_);
  for (const std::string& specialty : before) {
    Specialty& found = by_specialty_[specialty];
    std::erase_if(found.members, [&](const ResourceStatePtr& state) { return state->id == id; });
    found.index = nullptr;
  }
  for (const std::string& specialty : after) {
    Specialty& found = by_specialty_[specialty];
    std::vector<ResourceStatePtr>& states = found.members;
    found.index = nullptr;
    const auto place = std::ranges::lower_bound(states, id, {}, kId);
    if (place == states.end() || (*place)->id != id) states.insert(place, Find(id));
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
  for (const ResourceId id : ids) {
    const ResourceStatePtr state = Find(id);
    if (state == nullptr) {
      return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
    }
    states.push_back(state);
  }
  return states;
}

}  // namespace clinic::internal
