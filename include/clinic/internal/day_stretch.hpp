// Which days of a calendar are worth a cache line each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clinic/internal/day_cells.hpp"

namespace clinic::internal {

struct DayStretch {
  Instant begin{};        // midnight
  std::size_t count = 0;  // in days; 0: none are
};

/// The days of the longest row of entries that has as many entries as days, or more, with some room
/// on both sides where entries are enough for that; none where the row has fewer than `fewest`.
/// `entries` have an `interval` and rise. O(n).
///
/// With f(i) the day of entry i less i, a row from i to j has enough entries exactly where f(j) <=
/// f(i). So only those can be the first of the longest row whose f is greater than all before.
template <typename Entry>
DayStretch DaysToLayOut(std::span<const Entry> entries, std::size_t fewest) {
  const auto day = [&](std::size_t i) { return (entries[i].interval.start - kEarliest) / kDay; };
  const auto f = [&](std::size_t i) { return day(i) - static_cast<std::int64_t>(i); };
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (candidates.empty() || f(i) > f(candidates.back())) candidates.push_back(i);
  }
  std::size_t first = 0;
  std::size_t size = 0;
  for (std::size_t j = entries.size(); j-- > 0;) {
    for (; !candidates.empty() && f(candidates.back()) >= f(j); candidates.pop_back()) {
      const std::size_t i = candidates.back();
      if (i <= j && j - i + 1 > size) {
        first = i;
        size = j - i + 1;
      }
    }
  }
  if (size < fewest) return {};
  const std::int64_t first_day = day(first);
  const std::int64_t last_day = day(first + size - 1);
  const std::int64_t days = last_day - first_day + 1;
  const std::int64_t spare = static_cast<std::int64_t>(size) - days;
  const std::int64_t margin = std::min(days / 16 + 1, spare / 2);
  const std::int64_t from = std::max<std::int64_t>(first_day - margin, 0);
  const std::int64_t to = std::min(last_day + 1 + margin, (kLatest - kEarliest) / kDay);
  return {kEarliest + kDay * from, static_cast<std::size_t>(to - from)};
}

}  // namespace clinic::internal
