// What was before: the versions of bookings that branches still see.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "clinic/booking.hpp"

namespace clinic::internal {

struct ResourceState;

/// Counts the branches that were ever made. A branch of epoch e sees the writes of epochs up to e,
/// and none of later ones.
using Epoch = std::uint64_t;

/// Values that were replaced, each with the epoch of the write that replaced it, by epoch. A branch
/// of epoch e sees the first that was replaced after e, or the present value where there is none.
template <typename T>
class Replaced {
 public:
  /// Keeps a value. Of several writes in one epoch only what was before the first is seen by
  /// anyone.
  void Keep(Epoch replaced_in, std::shared_ptr<const T> value) {
    if (versions_.empty() || versions_.back().first < replaced_in) {
      versions_.emplace_back(replaced_in, std::move(value));
    }
  }

  /// What a branch of that epoch sees; null where it sees the present. A kept null says that there
  /// was nothing.
  const std::shared_ptr<const T>* SeenIn(Epoch epoch) const {
    const auto seen = std::ranges::upper_bound(versions_, epoch, {},
                                               [](const auto& version) { return version.first; });
    return seen == versions_.end() ? nullptr : &seen->second;
  }

  /// Drops what no branch of `oldest` or later sees. True where nothing is left.
  bool Forget(Epoch oldest) {
    std::erase_if(versions_, [&](const auto& version) { return version.first <= oldest; });
    return versions_.empty();
  }

 private:
  std::vector<std::pair<Epoch, std::shared_ptr<const T>>> versions_;
};

/// The branches that live, and the bookings that they see otherwise than they are. Thread-safe.
///
/// A write that concerns several objects takes all of their locks, then reads the epoch, keeps what
/// it replaces, and writes. So a branch that begins meanwhile sees all of it or nothing: to look at
/// any of the objects it has to wait for the locks.
class Versions {
 public:
  /// Begins a branch; returns its epoch. O(1) beside the number of living branches.
  Epoch Open() {
    const std::lock_guard lock(mutex_);
    ++living_;
    const Epoch epoch = epoch_.fetch_add(1);
    branches_.insert(epoch);
    return epoch;
  }

  /// Ends a branch; returns the oldest epoch that anybody looks at from now on.
  Epoch Close(Epoch epoch) {
    const Epoch oldest = End(epoch);
    // A branch that begins from now on is no older, so nobody has to be kept from beginning one.
    for (Shard& shard : shards_) {
      const std::lock_guard shard_lock(shard.mutex);
      absl::erase_if(shard.replaced, [&](auto& entry) { return entry.second.Forget(oldest); });
    }
    return oldest;
  }

  /// The epoch of a write whose locks are held.
  Epoch Now() const { return epoch_.load(); }

  /// Whether somebody may look at what a write replaces. To be asked after Now.
  bool AreWatched() const { return living_.load() > 0; }

  /// Which resources keep schedules that branches see. Adding and dropping one require its lock.
  void NoteKept(ResourceState* state) {
    const std::lock_guard lock(mutex_);
    kept_.insert(state);
  }
  void DropKept(ResourceState* state) {
    const std::lock_guard lock(mutex_);
    kept_.erase(state);
  }
  std::vector<ResourceState*> Kept() {
    const std::lock_guard lock(mutex_);
    return {kept_.begin(), kept_.end()};
  }

  std::mutex& LockOf(BookingId id) { return ShardOf(id).mutex; }

  /// Keep what is replaced of a booking (null: there was none), and what a branch sees of it.
  /// Require its lock.
  void Keep(Epoch now, BookingId id, std::shared_ptr<const Booking> booking) {
    ShardOf(id).replaced[id].Keep(now, std::move(booking));
  }
  const std::shared_ptr<const Booking>* SeenIn(Epoch epoch, BookingId id) {
    const Shard& shard = ShardOf(id);
    const auto found = shard.replaced.find(id);
    return found == shard.replaced.end() ? nullptr : found->second.SeenIn(epoch);
  }

 private:
  Epoch End(Epoch epoch) {
    const std::lock_guard lock(mutex_);
    branches_.erase(epoch);
    --living_;
    return branches_.empty() ? epoch_.load() : *branches_.begin();
  }

  // A writer who holds a shard's lock takes `mutex_` as well, never the other way round.
  struct alignas(64) Shard {
    std::mutex mutex;
    absl::flat_hash_map<BookingId, Replaced<Booking>> replaced;
  };

  Shard& ShardOf(BookingId id) { return shards_[absl::HashOf(id) % shards_.size()]; }

  std::atomic<Epoch> epoch_ = 1;
  std::atomic<std::size_t> living_ = 0;
  std::mutex mutex_;
  std::set<Epoch> branches_;
  absl::flat_hash_set<ResourceState*> kept_;
  std::array<Shard, 64> shards_;
};

}  // namespace clinic::internal
