// The limits of all servers together, in Redis.
#pragma once

#include "adapters/redis/redis.hpp"
#include "server/limits/local_rate_limiter.hpp"

namespace clinic::limits {

/// Counts in Redis, and keeps in memory what it was told: so a flood is refused without asking, a
/// client who was over the limit stays over it while Redis is away, and a Redis that comes back
/// without its data learns from each server what that one knows. Redis is told digests of the keys:
/// whose they are is not its business. Safe to call from any thread.
class SharedRateLimiter final : public RateLimiter {
 public:
  /// Requires that Redis outlives it.
  explicit SharedRateLimiter(redis::Redis& redis) : redis_(redis) {}

  Verdict Take(std::span<const Demand> demands) override;

 private:
  redis::Redis& redis_;
  LocalRateLimiter local_;
};

}  // namespace clinic::limits
