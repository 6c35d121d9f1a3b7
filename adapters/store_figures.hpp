// What a store counts of itself, for metrics: handed to it where somebody wants to know.
//
// Everything here may be read by any thread while the store counts. The figures are each right by
// themselves; together they are of no one moment.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace clinic {

/// How many works shared a commit: those with up to 1, 2, 4, … works, by powers of two.
class GroupSizes {
 public:
  static constexpr std::size_t kBuckets = 9;  ///< the last one: all that are larger

  void Count(std::size_t works) {
    const std::size_t power = works <= 1 ? 0 : std::bit_width(works - 1);
    buckets_[std::min(power, kBuckets - 1)].fetch_add(1, std::memory_order_relaxed);
    works_.fetch_add(works, std::memory_order_relaxed);
  }

  /// Groups of more than 2^(bucket-1), and up to 2^bucket works.
  std::uint64_t groups(std::size_t bucket) const {
    return buckets_[bucket].load(std::memory_order_relaxed);
  }
  std::uint64_t works() const { return works_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> works_ = 0;
};

/// A pool of connections.
struct PoolFigures {
  std::atomic<std::size_t> most = 0;   ///< how many there may be; 0 where there is no such pool
  std::atomic<std::size_t> open = 0;   ///< those being made included
  std::atomic<std::size_t> idle = 0;   ///< lent to nobody
  std::atomic<std::uint64_t> waits{};  ///< how often somebody found none idle, and had to wait
};

struct StoreFigures {
  GroupSizes groups;
  PoolFigures writers;
  PoolFigures readers;
};

}  // namespace clinic
