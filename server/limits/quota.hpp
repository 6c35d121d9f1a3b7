// How much somebody may ask for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "clinic/result.hpp"

namespace clinic::limits {

/// So many in so much time, as the generic cell rate algorithm means it (GCRA, ITU-T I.371 annex A;
/// a leaky bucket that needs one number): all of them at once if one likes, and each is given back
/// after `interval`.
struct Quota {
  std::int64_t count = 1;                                     ///< from 1 to kMostInAPeriod
  std::chrono::microseconds period{std::chrono::seconds{1}};  ///< at least one second

  /// What one costs, rounded down to a whole microsecond.
  std::chrono::microseconds interval() const { return period / count; }

  /// What may be owed at most: all of them at once.
  std::chrono::microseconds burst() const { return interval() * count; }

  /// The same for `times` as many.
  Quota Times(std::int64_t times) const;

  friend bool operator==(const Quota&, const Quota&) = default;
};

constexpr std::int64_t kMostInAPeriod = 1'000'000;

/// Reads "600/minute", "20/second" or "1000/hour"; nothing for "off". Error: kInvalidArgument, with
/// what it may be.
Result<std::optional<Quota>> ParseQuota(std::string_view text);

}  // namespace clinic::limits
