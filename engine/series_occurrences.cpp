#include "engine/series_occurrences.hpp"

#include <algorithm>
#include <utility>

#include "clinic/recurrence.hpp"
#include "clinic/zone.hpp"

namespace clinic::internal {
namespace {

constexpr CivilTime kCivilStart{kEarliest.time_since_epoch()};
constexpr CivilTime kCivilEnd{kLatest.time_since_epoch()};

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

/// What can be said of a request without expanding it.
Result<void> Check(const Scheduler& scheduler, const SeriesRequest& request) {
  if (request.first.id) return Invalid("a series' bookings get their ids from the series");
  if (request.most < 1 || request.most > kMostOccurrences) {
    return Invalid("a series has at least one occurrence and at most " +
                   std::to_string(kMostOccurrences));
  }
  if (request.timezone) {
    if (const Result<Zone> zone = Zone::Load(*request.timezone); !zone.ok()) return zone.error();
  }
  if (const auto dates = Recurrence::Create(kCivilStart, {}, request.rdates, request.exdates);
      !dates.ok()) {
    return dates.error();
  }
  // What is wrong with the first one in itself is wrong with all of them.
  if (Result<void> first = scheduler.Check(request.first);
      !first.ok() && first.error().code <= ErrorCode::kBadInterval) {
    return first;
  }
  return {};
}

/// Requires that there are resources.
Result<Zone> ZoneOf(const Scheduler& scheduler, const SeriesRequest& request) {
  if (request.timezone) return Zone::Load(*request.timezone);
  std::optional<std::string> name;
  for (const ResourceId id : request.first.resources) {
    const Result<Resource> resource = scheduler.FindResource(id);
    if (!resource.ok()) return resource.error();
    const bool practitioner = resource->kind == ResourceKind::kPractitioner;
    if (!name || practitioner) name = resource->timezone;
    if (practitioner) break;
  }
  return Zone::Load(*name);
}

}  // namespace

Result<std::vector<BookRequest>> OccurrencesOf(const Scheduler& scheduler,
                                               const SeriesRequest& request) {
  if (Result<void> checked = Check(scheduler, request); !checked.ok()) {
    return std::move(checked).error();
  }
  const Result<Zone> zone = ZoneOf(scheduler, request);
  if (!zone.ok()) return zone.error();
  const Interval first = request.first.interval;
  const CivilTime start = zone->ToCivil(first.start);
  std::optional<RecurrenceRule> rule;
  if (request.rule) rule = request.rule->PlacedIn(*zone);
  const auto set = Recurrence::Create(start, rule, request.rdates, request.exdates);
  if (!set.ok()) return set.error();
  if (rule && !rule->parts().count && !rule->parts().until) {
    return Error{ErrorCode::kUnbounded, "a series needs an end: COUNT or UNTIL"};
  }
  const auto civil = set->OccurrencesBetween(kCivilStart, kCivilEnd, request.most);
  if (!civil.ok()) return civil.error();
  if (civil->empty()) return Invalid("the rule and the dates give no occurrence");

  std::vector<Instant> starts;
  for (const CivilTime time : *civil) {
    // In the hour that a clock repeats, the first one may lie in the second pass.
    starts.push_back(time == start ? first.start : zone->ToInstant(time));
  }
  // A time that is skipped moves past those that follow it.
  std::ranges::sort(starts);
  const auto repeated = std::ranges::unique(starts);
  starts.erase(repeated.begin(), repeated.end());
  std::vector<BookRequest> occurrences;
  for (const Instant instant : starts) {
    occurrences.push_back(request.first);
    occurrences.back().interval = {instant, instant + first.length()};
  }
  return occurrences;
}

}  // namespace clinic::internal
