#include "engine/placement.hpp"

#include <algorithm>
#include <utility>

namespace clinic::internal {
namespace {

constexpr std::int64_t kMostStarts = 288;  // a day of five minutes

// From `first` on, the earliest instant that lies a whole number of steps from `origin`.
Instant Aligned(Instant first, Instant origin, Duration step) {
  const Duration past = (first - origin) % step;
  if (past == Duration{0}) return first;
  return first - past + (past > Duration{0} ? step : Duration{0});
}

Fit FitOf(Schedule& schedule, const Interval& freed, const Interval& visit) {
  const Resource& resource = schedule.resource();
  const Duration usual = resource.buffer_before + resource.default_duration + resource.buffer_after;
  const auto [before, after] = schedule.FreeBeside(visit, usual);
  const auto unusable = [&](Duration rest) { return rest < usual ? rest : Duration{0}; };
  return {.unusable = unusable(before) + unusable(after),
          .over = freed.length() - Intersection(freed, visit).length()};
}

}  // namespace

std::vector<Placement> PlacementsIn(Schedule& schedule, const Interval& freed, Duration length,
                                    Instant from, Instant limit) {
  const bool always_open = schedule.resource().hours == Resource::Hours::kAlways;
  Duration step = schedule.resource().slot_step;
  Instant first = std::max(from, freed.start - length + Duration{1});
  if (first >= freed.end) return {};
  const std::int64_t at_once = 1 + (freed.end - first) / step / kMostStarts;
  // Each window of hours has a grid of its own, so the next start may be nearer than a step.
  step = always_open || at_once > 1 ? step * at_once : Duration{1};
  if (always_open) first = Aligned(first, freed.start, step);

  std::vector<Placement> placements;
  for (Instant start = first; start < freed.end; start += step) {
    if (!always_open) {
      const auto open = schedule.EarliestStart(start, length, std::min(limit, freed.end + length));
      if (!open.ok() || !*open) break;
      start = **open;
      if (start >= freed.end) break;
    }
    const Interval visit{start, start + length};
    if (visit.end > limit || !schedule.HasRoom(visit)) continue;
    placements.push_back({FitOf(schedule, freed, visit), visit});
  }
  std::ranges::sort(placements);
  return placements;
}

}  // namespace clinic::internal
