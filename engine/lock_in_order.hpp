// Locks of many things, and several of them at once without waiting for each other in a circle.
#pragma once

#include <absl/hash/hash.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

namespace clinic::internal {

/// A lock for each id; some ids share one.
template <typename AnyId>
class LocksById {
 public:
  std::mutex& Of(AnyId id) { return locks_[absl::HashOf(id) % locks_.size()].mutex; }

 private:
  struct alignas(64) OnItsOwnLine {
    std::mutex mutex;
  };
  std::array<OnItsOwnLine, 256> locks_;
};

/// Takes the locks in the order of their addresses, each once.
inline std::vector<std::unique_lock<std::mutex>> LockInOrder(std::vector<std::mutex*> locks) {
  std::ranges::sort(locks);
  const auto repeated = std::ranges::unique(locks);
  locks.erase(repeated.begin(), repeated.end());
  std::vector<std::unique_lock<std::mutex>> held;
  held.reserve(locks.size());
  for (std::mutex* lock : locks) held.emplace_back(*lock);
  return held;
}

}  // namespace clinic::internal
