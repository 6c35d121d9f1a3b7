// Which holds run out when.
#pragma once

#include <absl/container/btree_set.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "clinic/id.hpp"
#include "clinic/time.hpp"

namespace clinic::internal {

/// Thread-safe. A hold leaves the queue once: whoever takes it out is the one who may end it, be it
/// because it ran out or because it was confirmed.
class HoldQueue {
 public:
  /// Adds a hold, and calls `publish` in the same step: nobody takes out what is not published, or
  /// sees it published before it can be taken out. `publish` must not call the queue.
  template <typename F>
  void Add(Instant expires_at, BookingId id, F&& publish) {
    const std::lock_guard lock(mutex_);
    std::forward<F>(publish)();
    holds_.emplace(expires_at, id);
    next_.store(holds_.begin()->first, std::memory_order_release);
  }

  /// Takes a hold out; false where someone else did before.
  bool Take(Instant expires_at, BookingId id) {
    const std::lock_guard lock(mutex_);
    const bool taken = holds_.erase({expires_at, id}) == 1;
    next_.store(holds_.empty() ? kLatest : holds_.begin()->first, std::memory_order_release);
    return taken;
  }

  /// Takes out one hold that has run out by `now`, the earliest. Costs next to nothing where there
  /// is none.
  std::optional<BookingId> TakeDue(Instant now) {
    if (now < next_.load(std::memory_order_acquire)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (holds_.empty() || now < holds_.begin()->first) return std::nullopt;
    const BookingId id = holds_.begin()->second;
    holds_.erase(holds_.begin());
    next_.store(holds_.empty() ? kLatest : holds_.begin()->first, std::memory_order_release);
    return id;
  }

 private:
  std::mutex mutex_;
  absl::btree_set<std::pair<Instant, BookingId>> holds_;
  std::atomic<Instant> next_ = kLatest;
};

}  // namespace clinic::internal
