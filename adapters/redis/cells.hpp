// Cells of the generic cell rate algorithm, kept in Redis: what is owed, one number a key.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "adapters/redis/redis.hpp"
#include "clinic/result.hpp"

namespace clinic::redis {

/// A key, and one request of it.
struct Cell {
  std::string key{};
  std::chrono::microseconds interval{};  ///< what the request adds to what is owed
  std::chrono::microseconds burst{};     ///< how much may be owed
  /// What the caller knows to be owed at least: so a server that lost its data learns it again.
  std::chrono::microseconds owed{};
};

struct Taken {
  bool allowed = false;
  std::vector<std::chrono::microseconds>
      owed{};  ///< by each: now, this request included if allowed
};

/// Adds a request to each of the cells, or to none where one of them would owe too much: one
/// script, by the server's own clock. Requires at least one cell, and no key twice. Error:
/// kUnavailable.
Result<Taken> TakeFrom(Redis& redis, std::span<const Cell> cells);

}  // namespace clinic::redis
