#include "server/limits/rate_limiter.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>

namespace clinic::limits {
namespace {

Verdict JudgeOne(const Quota& quota, microseconds owed, bool allowed) {
  const microseconds left = quota.burst() - owed;
  const microseconds missing = quota.interval() - left;
  Verdict verdict{.allowed = allowed || missing <= microseconds{0},
                  .limit = quota.count,
                  .remaining = std::max<std::int64_t>(left / quota.interval(), 0),
                  .reset = std::chrono::ceil<std::chrono::seconds>(owed)};
  if (!verdict.allowed) verdict.retry_after = std::chrono::ceil<std::chrono::seconds>(missing);
  return verdict;
}

}  // namespace

const Verdict& Tighter(const Verdict& a, const Verdict& b) {
  const auto room = [](const Verdict& verdict) {
    return std::tuple(verdict.allowed, -verdict.retry_after.count(), verdict.remaining);
  };
  return room(b) < room(a) ? b : a;
}

Verdict Judge(std::span<const Demand> demands, std::span<const microseconds> owed, bool allowed) {
  assert(!demands.empty() && demands.size() == owed.size());
  Verdict tightest = JudgeOne(demands[0].quota, owed[0], allowed);
  for (std::size_t i = 1; i < demands.size(); ++i) {
    tightest = Tighter(tightest, JudgeOne(demands[i].quota, owed[i], allowed));
  }
  return tightest;
}

}  // namespace clinic::limits
