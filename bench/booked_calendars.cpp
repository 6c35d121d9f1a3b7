#include "bench/booked_calendars.hpp"

#include <array>
#include <utility>

namespace clinic::bench {
namespace {

constexpr std::size_t kQueries = 1 << 14;
constexpr std::size_t kQueriesForMany = 1 << 17;

std::vector<Query> RandomQueries(const Clinic& clinic) {
  Random random(11);
  const std::vector<Cells> cells(clinic.years.begin(), clinic.years.end());
  const std::size_t count = cells.size() == 1 ? kQueries : kQueriesForMany;
  std::array<std::size_t, 2> wanted{count / 2, count / 2};
  std::vector<Query> queries;
  while (queries.size() < count) {
    const std::size_t practitioner = random.Below(cells.size());
    const Interval interval = RandomWorkingTime(random);
    const bool free = cells[practitioner].IsFree(interval);
    if (wanted[free] == 0) continue;
    --wanted[free];
    queries.push_back(Query::Of(practitioner, interval, free));
  }
  // The rarer answer comes last otherwise.
  for (std::size_t i = queries.size(); i > 1; --i)
    std::swap(queries[i - 1], queries[random.Below(i)]);
  return queries;
}

}  // namespace

const std::vector<Query>& QueriesFor(const Clinic& clinic) {
  static Latest<std::vector<Query>> kept;
  return kept.Of(clinic.name, [&] { return RandomQueries(clinic); });
}

void RunBookedCalendars(Suite& suite) {
  for (const std::size_t practitioners : suite.Sizes({1, 100, 1'000, 10'000})) {
    AddIsFree(suite, practitioners);
    AddBookAndCancel(suite, practitioners);
    AddMemory(suite, practitioners);
    suite.RunAdded();
  }
}

}  // namespace clinic::bench
