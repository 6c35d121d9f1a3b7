#include "server/loading/hours.hpp"

#include <map>
#include <utility>

#include "server/loading/identity.hpp"

namespace clinic::loading {
namespace {

using calendar_file::WorkingWindow;
using std::chrono::days;
using std::chrono::weekday;

CivilDay DayOf(CivilTime time) { return std::chrono::floor<days>(time); }

// The weekly rule that gives exactly `starts`, which are ordered, distinct and at one time of day;
// none where there is no such rule.
std::optional<RecurrenceRule> WeeklyRule(const std::vector<CivilTime>& starts) {
  const CivilDay first = DayOf(starts.front());
  const CivilDay last = DayOf(starts.back());
  std::array<bool, 7> worked{};
  for (const CivilTime start : starts) worked[weekday(DayOf(start)).c_encoding()] = true;

  RecurrenceParts parts{.frequency = Frequency::kWeekly, .until = RecurrenceEnd(starts.back())};
  std::size_t given = 0;  // how many days the rule has
  for (int after = 0; after < 7 && first + days(after) <= last; ++after) {
    const CivilDay day = first + days(after);
    if (!worked[weekday(day).c_encoding()]) continue;
    given += static_cast<std::size_t>((last - day) / days(7)) + 1;
    parts.by_day.push_back({.day = weekday(day)});
  }
  if (given != starts.size()) return std::nullopt;
  return RecurrenceRule::Make(std::move(parts)).value();
}

}  // namespace

std::vector<AvailabilityRule> RulesFor(ResourceId practitioner,
                                       std::span<const WorkingWindow> windows) {
  using TimesOfDay = std::pair<Duration, Duration>;  // the start, and the length
  std::map<TimesOfDay, std::vector<CivilTime>> starts;
  for (const WorkingWindow& window : windows) {
    const Duration time_of_day = window.start - CivilTime(DayOf(window.start));
    starts[{time_of_day, window.end - window.start}].push_back(window.start);
  }
  std::vector<AvailabilityRule> rules;
  for (auto& [times, dates] : starts) {
    AvailabilityRule rule{.start = dates.front(), .end = dates.front() + times.second};
    if (dates.size() > 1) rule.rule = WeeklyRule(dates);
    if (!rule.rule) rule.rdates.assign(dates.begin() + 1, dates.end());
    rule.id = HoursId(practitioner, rule);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace clinic::loading
