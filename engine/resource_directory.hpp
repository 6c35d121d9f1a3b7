// Every resource of a scheduler, with its schedule and the lock that guards it.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "clinic/schedule.hpp"
#include "engine/versions.hpp"

namespace clinic::internal {

/// How many resources a booking takes at most.
inline constexpr std::size_t kMostResourcesOfABooking = 64;

/// A resource as the scheduler keeps it. Each begins a cache line of its own, so that two threads
/// at work on two resources do not slow each other down.
struct alignas(64) ResourceState {
  explicit ResourceState(Schedule made)
      : id(made.resource().id), kind(made.resource().kind), schedule(std::move(made)) {}

  const ResourceId id;
  const ResourceKind kind;
  std::uint32_t number = 0;  ///< counts up from 0, in the order in which a directory took them up
  std::mutex mutex;          ///< guards `schedule`; never held while a store is at work
  Schedule schedule;
  std::mutex
      changing;  ///< held while the resource, its rules or its time off change, store included

  Epoch added = 0;              ///< the epoch in which it was added
  Epoch written = 0;            ///< guarded by `mutex`: the epoch of the last write
  Replaced<Schedule> replaced;  ///< guarded by `mutex`: what branches still see
};

/// A resource of a directory, which keeps it for as long as it lives itself.
using ResourceStatePtr = ResourceState*;

/// Locks the schedules of several resources, always in the order of their ids, so that no two
/// callers wait for each other in a circle.
class ScheduleLock {
 public:
  /// Requires that `states` are ordered by id and distinct.
  explicit ScheduleLock(std::span<const ResourceStatePtr> states) {
    locks_.reserve(states.size());
    for (const ResourceStatePtr& state : states) locks_.emplace_back(state->mutex);
  }

 private:
  std::vector<std::unique_lock<std::mutex>> locks_;
};

class SpecialtyIndex;

/// Thread-safe. Resources are added and never taken away, so that finding one by its id takes no
/// lock and writes nothing.
class ResourceDirectory {
 public:
  ResourceDirectory();
  ~ResourceDirectory();

  /// Takes up a resource; null where its id is taken.
  ResourceStatePtr Add(std::unique_ptr<ResourceState> state);

  /// Null where there is none. O(1), wait-free.
  ResourceStatePtr Find(ResourceId id) const;

  /// Says that Find(id) comes soon, so that memory can be on its way by then.
  void Prefetch(ResourceId id) const;

  /// Those that have a specialty, ordered by id.
  std::vector<ResourceStatePtr> WithSpecialty(const std::string& specialty) const;

  /// Who of a specialty can be asked when (specialty_index.hpp), made now where there is none. It
  /// knows the days from `now` on at least, as far as `until` if that is not too far away. Null
  /// where there are so few that they are asked one by one.
  std::shared_ptr<SpecialtyIndex> IndexOf(const std::string& specialty, Instant now, Instant until);

  /// Finds a resource by other specialties than before.
  void Reindex(ResourceId id, const std::vector<std::string>& before,
               const std::vector<std::string>& after);

  /// The states of `ids`, ordered by id. Errors: kInvalidArgument where there are none or one comes
  /// twice, or there are more than `most`; kUnknownResource.
  Result<std::vector<ResourceStatePtr>> FindAll(std::vector<ResourceId> ids,
                                                std::size_t most = kMostResourcesOfABooking) const;

 private:
  class Table;
  struct Specialty {
    std::vector<ResourceStatePtr> members;  // ordered by id
    std::shared_ptr<SpecialtyIndex> index;  // of these; null until somebody asks for it
  };

  std::mutex adding_;
  std::vector<std::unique_ptr<ResourceState>> states_;
  // The last one is in use. A reader may still be looking into those before it, which are half as
  // large each, so they stay.
  std::vector<std::unique_ptr<Table>> tables_;
  std::atomic<const Table*> table_;

  mutable std::shared_mutex specialty_mutex_;
  absl::flat_hash_map<std::string, Specialty> by_specialty_;
};

}  // namespace clinic::internal
