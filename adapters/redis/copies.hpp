// Copies of what a database holds, kept in Redis for seconds, and called back where it changed.
//
// Redis is not asked to keep a promise: it may forget, lose its last second, or start with what it
// had a minute ago. So that no copy outlives a recall,
//
//   1. a copy is kept no longer than kKept, and a time that has passed stays passed, by the
//   server's
//      own clock;
//   2. only who looked and saw nothing may put a copy there, in the same life of the server, on the
//      same connection, and within kLatest of having looked, which was before the database was
//      read;
//   3. a recall leaves a mark in the place of the copy, over which no copy is put, for longer than
//      one can be late;
//   4. a place belongs to one life of the server: what an earlier one left, by snapshot or replica,
//      nobody looks for.
//
// Where the server cannot be told of a recall, all copies from before are gone kGone later.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/redis.hpp"
#include "clinic/result.hpp"

namespace clinic::redis {

/// Safe to call from any thread.
class Copies {
 public:
  static constexpr std::chrono::milliseconds kKept{3'000};
  static constexpr std::chrono::milliseconds kLatest{500};
  static constexpr std::chrono::milliseconds kGone{4'000};  // both, and some for coarse clocks

  /// `kind` begins all keys. Requires that Redis outlives it.
  Copies(Redis& redis, std::string kind) : redis_(redis), kind_(std::move(kind)) {}

  /// The right to put a copy where there was none.
  struct Vacancy {
    Redis::Lease lease;
    std::string key;
    std::string seen;  ///< when, by the server's clock
  };

  /// What Look saw: a copy, or perhaps the right to put one there.
  struct Sight {
    std::optional<std::string> copy{};
    std::optional<Vacancy> vacancy{};
  };

  /// Sees nothing where Redis is away. Come before the database is read.
  Sight Look(std::string_view name);

  /// Puts what the database says there, unless that is too late.
  void Keep(Vacancy vacancy, std::string_view copy);

  /// No Look that begins after this sees a copy of one of them that was read before it. Error:
  /// kUnavailable, and then that holds kGone after this was called.
  Result<void> Recall(std::span<const std::string> names);

 private:
  std::string KeyOf(const Connection& connection, std::string_view name) const;

  Redis& redis_;
  const std::string kind_;
};

}  // namespace clinic::redis
