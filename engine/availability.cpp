#include "clinic/availability.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace clinic {
namespace {

// How far beyond a range windows are looked at, so that it is seen of every window that reaches
// into the range whether it is longer than kLongestWindow. Two days more than that: clocks are set
// by up to one.
constexpr Duration kMargin = kLongestWindow + std::chrono::days{2};

bool IsCivilTime(CivilTime time) { return IsRepresentable(Instant(time.time_since_epoch())); }

Result<void> CheckFirstWindow(const AvailabilityRule& rule) {
  if (!IsCivilTime(rule.start) || !IsCivilTime(rule.end)) {
    return Error{ErrorCode::kInvalidArgument, "availability lies in the years 1 to 9999"};
  }
  if (rule.end <= rule.start) {
    return Error{ErrorCode::kBadInterval, "availability ends after it starts"};
  }
  if (rule.end - rule.start > kLongestWindow) {
    return Error{ErrorCode::kTooLong, "one window of availability lasts seven days at most"};
  }
  return {};
}

Result<Recurrence> StartsOf(const AvailabilityRule& rule, const Zone& zone) {
  std::optional<RecurrenceRule> placed;
  if (rule.rule) placed = rule.rule->PlacedIn(zone);
  Result<Recurrence> starts =
      Recurrence::Create(rule.start, std::move(placed), rule.rdates, rule.exdates);
  if (!starts) return starts;
  if (const Result<void> checked = CheckFirstWindow(rule); !checked) return checked.error();
  return starts;
}

// Adds the windows of `rule` within kMargin of `range` to `windows`, and perhaps some more.
Result<void> AppendWindows(const AvailabilityRule& rule, const Zone& zone, const Interval& range,
                           const ExpansionLimits& limits, std::vector<Interval>& windows) {
  const Result<Recurrence> starts = StartsOf(rule, zone);
  if (!starts) return starts.error();
  const Duration length = rule.end - rule.start;
  constexpr Duration kLargestShift = std::chrono::days{2};  // of a zone's clocks, and more
  OccurrenceCursor cursor(*starts, zone.ToCivil(range.end + kMargin) + kLargestShift);
  cursor.Seek(zone.ToCivil(range.start - kMargin) - length - kLargestShift);

  std::array<CivilTime, 64> batch;
  std::size_t count = 0;
  for (std::size_t taken = batch.size(); taken == batch.size();) {
    const Result<std::size_t> more = cursor.NextBatch(batch);
    if (!more) return more.error();
    taken = *more;
    count += taken;
    if (count > limits.max_windows) {
      return Error{ErrorCode::kUnbounded, "an availability rule gives more than " +
                                              std::to_string(limits.max_windows) +
                                              " windows around the range"};
    }
    for (const CivilTime start : std::span(batch).first(taken)) {
      const Interval window{zone.ToInstant(start), zone.ToInstant(start + length)};
      if (IsProper(window)) windows.push_back(window);
    }
  }
  return {};
}

// Joins windows that overlap or touch, in place.
void Unite(std::vector<Interval>& windows) {
  std::sort(windows.begin(), windows.end());
  std::size_t united = 0;
  for (const Interval& window : windows) {
    if (united > 0 && window.start <= windows[united - 1].end) {
      windows[united - 1].end = std::max(windows[united - 1].end, window.end);
    } else {
      windows[united++] = window;
    }
  }
  windows.resize(united);
}

// The first local midnight after `instant`. Requires that `instant` is what Zone::ToInstant gives
// for some civil time: where a clock is set back over midnight, the second pass has none after it
// that day.
Instant NextMidnight(Instant instant, const Zone& zone) {
  const CivilDay day = std::chrono::floor<std::chrono::days>(zone.ToCivil(instant));
  return zone.ToInstant(CivilTime(day + std::chrono::days{1}));
}

// Calls `take` with the window, or with its pieces between local midnights where it is too long.
template <typename Take>
void CutWhereTooLong(Interval window, const Zone& zone, const Take& take) {
  if (zone.ToCivil(window.end) - zone.ToCivil(window.start) > kLongestWindow) {
    for (Instant midnight = NextMidnight(window.start, zone); midnight < window.end;
         midnight = NextMidnight(midnight, zone)) {
      take({window.start, midnight});
      window.start = midnight;
    }
  }
  take(window);
}

}  // namespace

Result<void> Validate(const AvailabilityRule& rule, const Zone& zone) {
  const Result<Recurrence> starts = StartsOf(rule, zone);
  if (!starts) return starts.error();
  OccurrenceCursor cursor(*starts);
  if (const auto first = cursor.Next(); !first) return first.error();
  return {};
}

Result<std::vector<Interval>> ExpandWindows(std::span<const AvailabilityRule> rules,
                                            const Zone& zone, const Interval& range,
                                            const ExpansionLimits& limits) {
  if (!IsProper(range)) {
    return Error{ErrorCode::kBadInterval, "the range of an expansion is empty or out of bounds"};
  }
  std::vector<Interval> windows;
  for (const AvailabilityRule& rule : rules) {
    if (const auto appended = AppendWindows(rule, zone, range, limits, windows); !appended) {
      return appended.error();
    }
  }
  Unite(windows);
  std::vector<Interval> overlapping;
  for (const Interval& window : windows) {
    if (!Overlaps(window, range)) continue;
    CutWhereTooLong(window, zone, [&](const Interval& piece) {
      if (Overlaps(piece, range)) overlapping.push_back(piece);
    });
  }
  return overlapping;
}

}  // namespace clinic
