// When resources are available, and when they are off.
#include "adapters/postgres/resources.hpp"

namespace clinic::postgres {
namespace {

Error UnknownResource(ResourceId id) {
  return {ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
}

bool Exists(Connection& connection, ResourceId id) {
  return !connection.Run("SELECT FROM resource WHERE id = $1", id).empty();
}

RecurrenceRule ReadRecurrenceRule(Row& row) {
  Result<RecurrenceRule> rule = RecurrenceRule::Parse(row.Text());
  if (!rule.ok()) throw CorruptRow("a recurrence rule cannot be read: " + rule.error().message);
  return *std::move(rule);
}

}  // namespace

Result<void> Resources::PutRule(ResourceId resource, const AvailabilityRule& rule) {
  return unit_.Write([&]() -> Result<void> {
    if (!Exists(unit_.connection, resource)) return UnknownResource(resource);
    std::optional<std::string> recurrence;
    if (rule.rule) recurrence = rule.rule->ToString();
    unit_.connection.Run(
        "INSERT INTO availability_rule VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "ON CONFLICT (resource, id) DO UPDATE SET starts_local = $3, ends_local = $4, "
        "recurrence_rule = $5, added = $6, removed = $7",
        resource, rule.id, rule.start, rule.end, recurrence, rule.rdates, rule.exdates);
    return {};
  });
}

Result<void> Resources::DeleteRule(ResourceId resource, RuleId id) {
  return unit_.Write([&]() -> Result<void> {
    const Rows deleted = unit_.connection.Run(
        "DELETE FROM availability_rule WHERE resource = $1 AND id = $2", resource, id);
    if (deleted.changed() > 0) return {};
    return Error{ErrorCode::kNotFound, "the resource has no rule " + ToString(id)};
  });
}

Result<std::vector<AvailabilityRule>> Resources::Rules(ResourceId resource) {
  return unit_.Ask([&]() -> Result<std::vector<AvailabilityRule>> {
    std::vector<AvailabilityRule> rules;
    for (Row row : unit_.connection.Run(
             std::string("SELECT id, starts_local, ends_local, recurrence_rule, added, removed "
                         "FROM availability_rule WHERE resource = $1 ORDER BY id") +
                 unit_.ToChange(),
             resource)) {
      AvailabilityRule& rule = rules.emplace_back();
      rule.id = row.Id<RuleId>();
      rule.start = row.Seconds<CivilTime>();
      rule.end = row.Seconds<CivilTime>();
      rule.rule = row.Optional(ReadRecurrenceRule);
      rule.rdates = row.CivilTimes();
      rule.exdates = row.CivilTimes();
    }
    return rules;
  });
}

Result<void> Resources::PutTimeOff(const TimeOff& time_off) {
  return unit_.Write([&]() -> Result<void> {
    if (!Exists(unit_.connection, time_off.resource)) return UnknownResource(time_off.resource);
    if (!IsProper(time_off.interval)) {
      return Error{ErrorCode::kBadInterval,
                   "time off ends after it starts, in the years 1 to 9999"};
    }
    unit_.connection.Run(
        "INSERT INTO time_off VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (resource, id) DO UPDATE SET starts_at = $3, ends_at = $4, reason = $5",
        time_off.resource, time_off.id, time_off.interval.start, time_off.interval.end,
        time_off.reason);
    return {};
  });
}

Result<void> Resources::DeleteTimeOff(ResourceId resource, TimeOffId id) {
  return unit_.Write([&]() -> Result<void> {
    const Rows deleted =
        unit_.connection.Run("DELETE FROM time_off WHERE resource = $1 AND id = $2", resource, id);
    if (deleted.changed() > 0) return {};
    return Error{ErrorCode::kNotFound, "the resource has no time off " + ToString(id)};
  });
}

Result<std::vector<TimeOff>> Resources::TimeOffOf(ResourceId resource) {
  return unit_.Ask([&]() -> Result<std::vector<TimeOff>> {
    std::vector<TimeOff> time_off;
    for (Row row : unit_.connection.Run("SELECT id, starts_at, ends_at, reason FROM time_off "
                                        "WHERE resource = $1 ORDER BY starts_at, id",
                                        resource)) {
      TimeOff& stretch = time_off.emplace_back();
      stretch.id = row.Id<TimeOffId>();
      stretch.resource = resource;
      stretch.interval = row.Times();
      stretch.reason = row.Text();
    }
    return time_off;
  });
}

}  // namespace clinic::postgres
