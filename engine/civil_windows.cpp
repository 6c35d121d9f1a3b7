#include "engine/civil_windows.hpp"

#include <algorithm>

namespace clinic::internal {

Result<void> Validate(std::span<const CivilWindow> windows) {
  for (const CivilWindow& window : windows) {
    const bool inside = Duration{0} <= window.from && window.from < window.until &&
                        window.until <= std::chrono::days{1};
    if (!inside || !std::ranges::all_of(window.weekdays, &std::chrono::weekday::ok)) {
      return Error{ErrorCode::kInvalidArgument, "a window of the week lies inside a day"};
    }
  }
  return {};
}

std::optional<Instant> EarliestInside(std::span<const CivilWindow> windows, const Zone& zone,
                                      Instant from, Duration length, Instant until) {
  // Where the clocks are set back a day may last longer than it should.
  CivilDay day = std::chrono::floor<std::chrono::days>(zone.ToCivil(from)) - std::chrono::days{1};
  for (; from <= until - length; day += std::chrono::days{1}) {
    if (zone.ToInstant(day) > until - length) break;
    const std::chrono::weekday weekday(day);
    std::optional<Instant> earliest;
    for (const CivilWindow& window : windows) {
      const bool is_on = window.weekdays.empty() ||
                         std::ranges::find(window.weekdays, weekday) != window.weekdays.end();
      if (!is_on) continue;
      const Instant start = std::max(from, zone.ToInstant(day + window.from));
      if (start > zone.ToInstant(day + window.until) - length) continue;
      earliest = std::min(earliest.value_or(start), start);
    }
    if (earliest) return *earliest <= until - length ? earliest : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace clinic::internal
