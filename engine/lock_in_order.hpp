// Several locks at once, without waiting for each other in a circle.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

namespace clinic::internal {

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
