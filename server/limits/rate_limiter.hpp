// Who asks too often: the port, and the verdict that it gives.
//
// Each key has a cell, and a cell holds what is owed: time. One request adds the quota's interval
// to it, the passing of time takes it away again, and a request that would bring it above the
// quota's burst is refused and adds nothing. So a limit is never a fixed window that lets twice as
// much through where two windows meet, and who was refused waits for exactly one interval.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "server/limits/quota.hpp"

namespace clinic::limits {

using std::chrono::microseconds;

/// One request of one key, under that key's quota.
struct Demand {
  std::string key{};
  Quota quota{};
};

/// What a client is told (draft-ietf-httpapi-ratelimit-headers-05): of the quota that allows least.
struct Verdict {
  bool allowed = true;
  std::int64_t limit = 0;               ///< the quota's count
  std::int64_t remaining = 0;           ///< how many more may be asked for at once
  std::chrono::seconds reset{0};        ///< until nothing is owed, rounded up
  std::chrono::seconds retry_after{0};  ///< where it is not allowed: until one is, rounded up

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// The verdict on demands of which so much is owed: after this request where it is allowed, without
/// it where it is not. Requires at least one demand, and as many debts.
Verdict Judge(std::span<const Demand> demands, std::span<const microseconds> owed, bool allowed);

/// Of two verdicts the one that a client has to heed.
const Verdict& Tighter(const Verdict& a, const Verdict& b);

/// Safe to call from any thread.
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;

  /// Takes one from each of the keys at once, or from none where one of them has nothing left.
  /// Requires at least one demand, and no key twice. Never fails: a limit that cannot be looked up
  /// is no reason to turn anybody away.
  virtual Verdict Take(std::span<const Demand> demands) = 0;
};

}  // namespace clinic::limits
