// What is asked of calendars that are booked to 70 %: one file a scenario, all on the same
// calendars.
#pragma once

#include <cstddef>
#include <vector>

#include "bench/suite.hpp"
#include "bench/workload.hpp"

namespace clinic::bench {

/// One question: is this time free in this practitioner's calendar?
struct Query {
  std::uint32_t practitioner = 0;
  std::uint32_t id = 0;  // of the booking that it would become: its own in the calendar
  Interval interval;
  bool free = false;  // the answer

  static Query Of(std::size_t practitioner, const Interval& interval, bool free) {
    const auto id = static_cast<std::uint32_t>(kCellsOfYear + CellOf(interval.start));
    return {static_cast<std::uint32_t>(practitioner), id, interval, free};
  }
};

/// Random working times in the clinic's calendars; half of them are free. So many that, with many
/// practitioners, an answer is rarely still in the cache when its question comes again.
const std::vector<Query>& QueriesFor(const Clinic& clinic);

void AddIsFree(Suite& suite, std::size_t practitioners);
void AddBookAndCancel(Suite& suite, std::size_t practitioners);
void AddMemory(Suite& suite, std::size_t practitioners);

}  // namespace clinic::bench
