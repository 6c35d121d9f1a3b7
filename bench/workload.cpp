#include "bench/workload.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace clinic::bench {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr double kBookedShare = 0.7;
constexpr double kPackedShare = 0.98;

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

Interval RandomTimeOn(Random& random, std::size_t working_days) {
  const Interval& day = WorkingDays()[random.Below(working_days)];
  const Duration length = RandomLength(random);
  const auto places = static_cast<std::size_t>((day.length() - length) / kGrid) + 1;
  const Instant start = day.start + kGrid * static_cast<std::int64_t>(random.Below(places));
  return {start, start + length};
}

Duration TimeToTake(double share, std::size_t working_days) {
  Duration all{};
  for (std::size_t i = 0; i < working_days; ++i) all += WorkingDays()[i].length();
  return Duration{static_cast<std::int64_t>(share * static_cast<double>(all.count()))};
}

Year MakeYear(Random& random, Filling filling) {
  switch (filling) {
    case Filling::kBooked:
      return BookedYear(random, kBookedShare);
    case Filling::kBookedAndClosed:
      return WithClosedTimes(BookedYear(random, kBookedShare));
    case Filling::kPackedAndClosed:
      return WithClosedTimes(PackedYear(random, kPackedShare));
    case Filling::kFullAndClosed:
      break;
  }
  return WithClosedTimes(PackedYear(random, 1.0));
}

}  // namespace

bool Cells::IsFree(const Interval& interval) const {
  for (Instant t = interval.start; t < interval.end && t < kYearEnd; t += kGrid) {
    if (taken_[CellOf(t)]) return false;
  }
  return true;
}

void Cells::Mark(const Interval& interval, bool taken) {
  for (Instant t = interval.start; t < interval.end; t += kGrid) taken_[CellOf(t)] = taken;
}

Instant Cells::NextGap(Instant from, Duration length) const {
  while (!IsFree({from, from + length})) from += kGrid;
  return from;
}

std::size_t Clinic::bookings() const {
  std::size_t bookings = 0;
  for (const Year& year : years) bookings += year.size();
  return bookings;
}

const Clinic& ClinicOf(Filling filling, std::size_t practitioners) {
  static Latest<Clinic> kept;
  const std::string name =
      std::to_string(static_cast<int>(filling)) + "/" + std::to_string(practitioners);
  return kept.Of(name, [&] {
    Random random(practitioners);
    Clinic clinic{name, {}};
    for (std::size_t i = 0; i < practitioners; ++i) {
      clinic.years.push_back(MakeYear(random, filling));
      clinic.years.back().shrink_to_fit();
    }
    return clinic;
  });
}

Year BookedYear(Random& random, double share, std::size_t weeks) {
  const std::size_t working_days = std::min(weeks * 5, WorkingDays().size());
  const Duration goal = TimeToTake(share, working_days);
  Year year;
  Cells cells;
  for (Duration taken{}; taken < goal;) {
    const Interval interval = RandomTimeOn(random, working_days);
    if (!cells.IsFree(interval)) continue;
    cells.Mark(interval, true);
    taken += interval.length();
    year.push_back(Booking::Of(interval));
  }
  return year;
}

Year PackedYear(Random& random, double share) {
  Year year;
  Duration taken{};
  for (const Interval& day : WorkingDays()) {
    for (Instant start = day.start; start < day.end;) {
      const Instant end = std::min(start + RandomLength(random), day.end);
      year.push_back(Booking::Of({start, end}));
      start = end;
    }
    taken += day.length();
  }
  for (const Duration goal = TimeToTake(share, WorkingDays().size()); taken > goal;) {
    const std::size_t cancelled = random.Below(year.size());
    taken -= year[cancelled].interval().length();
    year.erase(year.begin() + static_cast<std::ptrdiff_t>(cancelled));
  }
  return year;
}

Year WithClosedTimes(Year year) {
  Instant closed = kYearStart;
  for (const Interval& day : WorkingDays()) {
    year.push_back(Booking::Of({closed, day.start}));
    closed = day.end;
  }
  year.push_back(Booking::Of({closed, kYearEnd}));
  return year;
}

Interval RandomWorkingTime(Random& random) { return RandomTimeOn(random, WorkingDays().size()); }

Instant RandomInstant(Random& random) { return StartOf(random.Below(kCellsOfYear)); }

const std::vector<Interval>& WorkingDays() {
  static const std::vector<Interval> all = [] {
    std::vector<Interval> working;
    for (Instant day = kYearStart; day < kYearEnd; day += days{1}) {
      const std::chrono::weekday weekday{std::chrono::floor<days>(day)};
      if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) continue;
      working.push_back({day + hours{9}, day + hours{17}});
    }
    return working;
  }();
  return all;
}

}  // namespace clinic::bench
