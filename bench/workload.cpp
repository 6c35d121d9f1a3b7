#include "bench/workload.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace clinic::bench {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr double kBookedShare = 0.7;
constexpr std::size_t kQueries = 1 << 14;

std::vector<Interval> WorkingDays() {
  std::vector<Interval> working;
  for (Instant day = kYearStart; day < kYearEnd; day += days{1}) {
    const std::chrono::weekday weekday{std::chrono::floor<days>(day)};
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) continue;
    working.push_back({day + hours{9}, day + hours{17}});
  }
  return working;
}

Duration RandomLength(Random& random) {
  struct Choice {
    std::size_t weight;
    int minutes;
  };
  constexpr std::array<Choice, 6> kChoices{
      {{15, 10}, {30, 15}, {20, 20}, {25, 30}, {5, 45}, {5, 60}}};
  std::size_t dice = random.Below(100);
  for (const Choice& choice : kChoices) {
    if (dice < choice.weight) return std::chrono::minutes{choice.minutes};
    dice -= choice.weight;
  }
  return {};
}

Interval RandomWorkingTime(Random& random) {
  static const std::vector<Interval> working = WorkingDays();
  const Interval& day = working[random.Below(working.size())];
  const Duration length = RandomLength(random);
  const auto places = static_cast<std::size_t>((day.length() - length) / kGrid) + 1;
  const Instant start = day.start + kGrid * static_cast<std::int64_t>(random.Below(places));
  return {start, start + length};
}

Duration TimeToTake(double share) {
  Duration all{};
  for (const Interval& day : WorkingDays()) all += day.length();
  return Duration{static_cast<std::int64_t>(share * static_cast<double>(all.count()))};
}

std::vector<Query> RandomQueries(Random& random, const std::vector<Year>& years) {
  std::vector<Cells> cells(years.size());
  for (std::size_t i = 0; i < years.size(); ++i) {
    for (const Booking& booking : years[i]) cells[i].Mark(booking.interval, true);
  }
  std::array<std::size_t, 2> wanted{kQueries / 2, kQueries / 2};
  std::vector<Query> queries;
  while (queries.size() < kQueries) {
    const std::size_t practitioner = random.Below(years.size());
    const Interval interval = RandomWorkingTime(random);
    const bool free = cells[practitioner].IsFree(interval);
    if (wanted[free] == 0) continue;
    --wanted[free];
    queries.push_back({static_cast<std::uint32_t>(practitioner), interval, free});
  }
  // The rarer answer comes last otherwise.
  for (std::size_t i = queries.size(); i > 1; --i)
    std::swap(queries[i - 1], queries[random.Below(i)]);
  return queries;
}

}  // namespace

Cells::Cells() : taken_(static_cast<std::size_t>((kYearEnd - kYearStart) / kGrid)) {}

bool Cells::IsFree(const Interval& interval) const {
  for (Instant t = interval.start; t < interval.end && t < kYearEnd; t += kGrid) {
    if (taken_[static_cast<std::size_t>((t - kYearStart) / kGrid)]) return false;
  }
  return true;
}

void Cells::Mark(const Interval& interval, bool taken) {
  for (Instant t = interval.start; t < interval.end; t += kGrid) {
    taken_[static_cast<std::size_t>((t - kYearStart) / kGrid)] = taken;
  }
}

Instant Cells::NextGap(Instant from, Duration length) const {
  while (!IsFree({from, from + length})) from += kGrid;
  return from;
}

Year BookedYear(Random& random, double share) {
  const Duration goal = TimeToTake(share);
  Year year;
  Cells cells;
  for (Duration taken{}; taken < goal;) {
    const Interval interval = RandomWorkingTime(random);
    if (!cells.IsFree(interval)) continue;
    cells.Mark(interval, true);
    taken += interval.length();
    year.push_back({interval, static_cast<std::uint32_t>(year.size())});
  }
  return year;
}

Year PackedYear(Random& random, double share) {
  Year year;
  Duration taken{};
  for (const Interval& day : WorkingDays()) {
    for (Instant start = day.start; start < day.end;) {
      const Instant end = std::min(start + RandomLength(random), day.end);
      year.push_back({{start, end}, static_cast<std::uint32_t>(year.size())});
      start = end;
    }
    taken += day.length();
  }
  for (const Duration goal = TimeToTake(share); taken > goal;) {
    const std::size_t cancelled = random.Below(year.size());
    taken -= year[cancelled].interval.length();
    year.erase(year.begin() + static_cast<std::ptrdiff_t>(cancelled));
  }
  return year;
}

Year WithClosedTimes(Year year) {
  Instant closed = kYearStart;
  for (const Interval& day : WorkingDays()) {
    year.push_back({{closed, day.start}, 0});
    closed = day.end;
  }
  year.push_back({{closed, kYearEnd}, 0});
  return year;
}

Instant RandomInstant(Random& random) {
  const auto cells = static_cast<std::size_t>((kYearEnd - kYearStart) / kGrid);
  return kYearStart + kGrid * static_cast<std::int64_t>(random.Below(cells));
}

const Clinic& ClinicOf(std::size_t practitioners) {
  static std::map<std::size_t, Clinic> clinics;
  const auto [it, is_new] = clinics.try_emplace(practitioners);
  if (is_new) {
    Random random(practitioners);
    Clinic& clinic = it->second;
    for (std::size_t i = 0; i < practitioners; ++i) {
      clinic.years.push_back(BookedYear(random, kBookedShare));
    }
    clinic.queries = RandomQueries(random, clinic.years);
  }
  return it->second;
}

}  // namespace clinic::bench
