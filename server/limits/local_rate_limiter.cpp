#include "server/limits/local_rate_limiter.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "server/auth/random.hpp"

namespace clinic::limits {

/// Holds the locks of the buckets that some keys are in, and knows the keys' hashes.
class LocalRateLimiter::Locked {
 public:
  Locked(const LocalRateLimiter& limiter, std::span<const Demand> demands) {
    for (const Demand& demand : demands) keys_.push_back(limiter.Hash(demand.key));
    for (const std::uint64_t key : keys_) locks_.push_back(&limiter.locks_[key % kLocks]);
    // In one order, so that two requests with keys in common never wait for each other.
    std::ranges::sort(locks_);
    locks_.erase(std::unique(locks_.begin(), locks_.end()), locks_.end());
    for (std::mutex* lock : locks_) lock->lock();
  }
  ~Locked() {
    for (std::mutex* lock : locks_) lock->unlock();
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  std::uint64_t operator[](std::size_t i) const { return keys_[i]; }

 private:
  absl::InlinedVector<std::uint64_t, 4> keys_;
  absl::InlinedVector<std::mutex*, 4> locks_;
};

microseconds LocalRateLimiter::MachineClock() {
  return std::chrono::duration_cast<microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

LocalRateLimiter::LocalRateLimiter(std::size_t cells, Clock clock)
    : buckets_(std::max(std::bit_ceil(cells / std::tuple_size_v<Bucket>), kLocks)),
      clock_(std::move(clock)) {
  static_assert(std::tuple_size_v<decltype(hash_key_)> == crypto_shorthash_KEYBYTES);
  static_assert(sizeof(std::uint64_t) == crypto_shorthash_BYTES);
  auth::RandomBytes(hash_key_);
}

std::uint64_t LocalRateLimiter::Hash(std::string_view key) const {
  std::array<unsigned char, sizeof(std::uint64_t)> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                   hash_key_.data());
  return std::bit_cast<std::uint64_t>(hash);
}

microseconds LocalRateLimiter::OwedBy(std::uint64_t key, microseconds now) const {
  const Bucket& bucket = buckets_[BucketOf(key)];
  const auto cell = std::ranges::find(bucket, key, &Cell::key);
  return cell == bucket.end() ? microseconds{0} : std::max(cell->free_at - now, microseconds{0});
}

void LocalRateLimiter::Put(std::uint64_t key, microseconds free_at) {
  Bucket& bucket = buckets_[BucketOf(key)];
  auto cell = std::ranges::find(bucket, key, &Cell::key);
  if (cell == bucket.end()) cell = std::ranges::min_element(bucket, {}, &Cell::free_at);
  *cell = {.key = key, .free_at = free_at};
}

Verdict LocalRateLimiter::Take(std::span<const Demand> demands) {
  absl::InlinedVector<microseconds, 4> owed;
  const Locked keys(*this, demands);
  const microseconds now = clock_();
  bool allowed = true;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    const Quota& quota = demands[i].quota;
    owed.push_back(OwedBy(keys[i], now));
    allowed = allowed && owed[i] + quota.interval() <= quota.burst();
  }
  for (std::size_t i = 0; allowed && i < demands.size(); ++i) {
    owed[i] += demands[i].quota.interval();
    Put(keys[i], now + owed[i]);
  }
  return Judge(demands, owed, allowed);
}

std::vector<microseconds> LocalRateLimiter::Owed(std::span<const Demand> demands,
                                                 microseconds now) const {
  std::vector<microseconds> owed;
  const Locked keys(*this, demands);
  for (std::size_t i = 0; i < demands.size(); ++i) owed.push_back(OwedBy(keys[i], now));
  return owed;
}

void LocalRateLimiter::Raise(std::span<const Demand> demands, std::span<const microseconds> owed,
                             microseconds now) {
  const Locked keys(*this, demands);
  for (std::size_t i = 0; i < demands.size(); ++i) {
    if (owed[i] > OwedBy(keys[i], now)) Put(keys[i], now + owed[i]);
  }
}

}  // namespace clinic::limits
