// What is blocked in a schedule: in cells of five minutes, for those who keep a summary of many,
// and next to a visit.
#include <algorithm>

#include "clinic/schedule.hpp"

namespace clinic {
namespace {

using internal::DayCells;
using internal::kCell;
using internal::kCellsADay;

/// Joins stretches that come by start and may touch, and sets the cells that they cover as a whole.
class Covering {
 public:
  explicit Covering(Instant midnight) : midnight_(midnight), stretch_{midnight, midnight} {}

  void Add(const Interval& interval) {
    if (interval.start > stretch_.end) {
      Set();
      stretch_ = interval;
    } else {
      stretch_.end = std::max(stretch_.end, interval.end);
    }
  }

  DayCells Finish() {
    Set();
    return cells_;
  }

 private:
  void Set() {
    const Duration from = std::max(stretch_.start - midnight_, Duration{0});
    const Duration to = std::min<Duration>(stretch_.end - midnight_, internal::kDay);
    cells_.Set(static_cast<int>((from + kCell - Duration{1}) / kCell),
               static_cast<int>(to / kCell));
  }

  Instant midnight_;
  Interval stretch_;
  DayCells cells_;
};

}  // namespace

template <typename F>
void Schedule::ForEachBlocked(const Interval& range, F f) const {
  if (resource_.hours == Resource::Hours::kAlways) {
    for (const Interval& full : calendar_.Saturated(range)) f(full);
  } else {
    blocked_.ForEachOverlapping(range,
                                [&](const auto& entry) { f(Intersection(entry.interval, range)); });
  }
}

bool Schedule::LeavesGap(const Interval& visit, Duration useful) const {
  const auto is_gap = [&](Duration gap) { return Duration{0} < gap && gap < useful; };
  const Interval occupied = Occupied(visit);
  Duration before = useful;
  ForEachBlocked({occupied.start - useful, occupied.start},
                 [&](const Interval& blocked) { before = occupied.start - blocked.end; });
  if (is_gap(before)) return true;
  Duration after = useful;
  ForEachBlocked({occupied.end, occupied.end + useful}, [&](const Interval& blocked) {
    after = std::min(after, blocked.start - occupied.end);
  });
  return is_gap(after);
}

DayCells Schedule::BlockedCells(std::chrono::sys_days day, int from, int to) const {
  const Instant midnight = day;
  const Interval range{midnight + kCell * from, midnight + kCell * to};
  Covering covering(midnight);
  ForEachBlocked(range, [&](const Interval& blocked) { covering.Add(blocked); });
  return covering.Finish();
}

Schedule::StartGrid Schedule::StartGridOf(std::chrono::sys_days day) const {
  const Duration step = resource_.slot_step;
  if (resource_.hours == Resource::Hours::kAlways || step % kCell != Duration{0}) return {};
  const Interval range{day, Instant{day} + internal::kDay};
  std::optional<Duration> phase;
  for (auto window = std::ranges::upper_bound(windows_, range.start, {}, &Interval::end);
       window != windows_.end() && window->start < range.end; ++window) {
    const Duration into_step = (window->start - kEarliest) % step;
    if (into_step % kCell != Duration{0} || (phase && *phase != into_step)) return {};
    phase = into_step;
  }
  if (!phase) return {};
  // kEarliest is a midnight; what counts is the distance to it.
  return {static_cast<std::uint16_t>(step / kCell), static_cast<std::uint16_t>(*phase / kCell)};
}

}  // namespace clinic
