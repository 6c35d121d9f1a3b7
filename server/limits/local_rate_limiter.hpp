// The limits of one server, in its memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "server/limits/rate_limiter.hpp"

namespace clinic::limits {

/// A table of cells of a size that never changes. A cell in which nothing is owed any more is room
/// for another key. Where all the cells that a key could have are in use, the one that owes least
/// is given up: whoever comes from many addresses to have something forgotten makes the table
/// forget those first who asked least. Safe to call from any thread; a request locks only what its
/// keys share with others by chance.
class LocalRateLimiter final : public RateLimiter {
 public:
  /// Time since some moment; never goes back.
  using Clock = std::function<microseconds()>;
  static microseconds MachineClock();

  /// 16 bytes a cell.
  explicit LocalRateLimiter(std::size_t cells = std::size_t{1} << 17, Clock clock = MachineClock);

  /// O(1) a key.
  Verdict Take(std::span<const Demand> demands) override;

  microseconds Now() const { return clock_(); }

  /// What is owed for each of the keys at `now`.
  std::vector<microseconds> Owed(std::span<const Demand> demands, microseconds now) const;

  /// Takes note that at least so much was owed at `now`.
  void Raise(std::span<const Demand> demands, std::span<const microseconds> owed, microseconds now);

 private:
  struct Cell {
    std::uint64_t key = 0;
    microseconds free_at{0};  // when nothing is owed any more: GCRA's theoretical arrival time
  };
  using Bucket = std::array<Cell, 8>;
  static constexpr std::size_t kLocks = 64;

  class Locked;  // the buckets of some keys

  std::uint64_t Hash(std::string_view key) const;
  std::size_t BucketOf(std::uint64_t key) const { return key & (buckets_.size() - 1); }
  microseconds OwedBy(std::uint64_t key, microseconds now) const;
  void Put(std::uint64_t key, microseconds free_at);

  std::array<unsigned char, 16> hash_key_{};  // secret, so that nobody can choose who shares a cell
  std::vector<Bucket> buckets_;               // a power of two of them
  const Clock clock_;
  mutable std::array<std::mutex, kLocks> locks_;
};

}  // namespace clinic::limits
