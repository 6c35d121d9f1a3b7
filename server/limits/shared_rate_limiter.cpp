#include "server/limits/shared_rate_limiter.hpp"

#include <utility>

#include "adapters/redis/cells.hpp"
#include "server/auth/random.hpp"

namespace clinic::limits {

Verdict SharedRateLimiter::Take(std::span<const Demand> demands) {
  // From before Redis is asked: what is noted is at most what is owed there, never more, or the
  // time on the way would be charged with every request.
  const microseconds now = local_.Now();
  const std::vector<microseconds> known = local_.Owed(demands, now);
  std::vector<redis::Cell> cells;
  bool allowed = true;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    const Quota& quota = demands[i].quota;
    allowed = allowed && known[i] + quota.interval() <= quota.burst();
    cells.push_back({.key = auth::Sha256Hex(demands[i].key).substr(0, 32),
                     .interval = quota.interval(),
                     .burst = quota.burst(),
                     .owed = known[i]});
  }
  if (!allowed) return Judge(demands, known, false);
  const Result<redis::Taken> taken = redis::TakeFrom(redis_, cells);
  if (!taken.ok()) return local_.Take(demands);
  local_.Raise(demands, taken->owed, now);
  return Judge(demands, taken->owed, taken->allowed);
}

}  // namespace clinic::limits
