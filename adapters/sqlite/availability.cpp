// When resources are available, and when they are off.
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/resources.hpp"

namespace clinic::sqlite {
namespace {

Error UnknownResource(ResourceId id) {
  return {ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
}

bool Exists(Connection& connection, ResourceId id) {
  return Query(connection, "SELECT 1 FROM resource WHERE id = ?1").Bind(id).Next();
}

// With its dates. Returns how many rules there were of that id: one, or none.
int DeleteRuleRows(Connection& connection, ResourceId resource, RuleId id) {
  return Query(connection, "DELETE FROM availability_rule WHERE resource = ?1 AND id = ?2")
      .Bind(resource, id)
      .Run();
}

void InsertDates(Connection& connection, ResourceId resource, RuleId rule, const char* kind,
                 const std::vector<CivilTime>& dates) {
  Query query(connection, "INSERT INTO availability_date VALUES (?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < dates.size(); ++i) {
    query.Bind(resource, rule, kind, i, dates[i]).Run();
  }
}

std::vector<CivilTime> ReadDates(Connection& connection, ResourceId resource, RuleId rule,
                                 const char* kind) {
  Query query(connection,
              "SELECT starts_local FROM availability_date "
              "WHERE resource = ?1 AND rule = ?2 AND kind = ?3 ORDER BY position");
  query.Bind(resource, rule, kind);
  std::vector<CivilTime> dates;
  while (query.Next()) dates.push_back(query.row().Seconds<CivilTime>());
  return dates;
}

RecurrenceRule ReadRecurrenceRule(Row& row) {
  Result<RecurrenceRule> rule = RecurrenceRule::Parse(row.Text());
  if (!rule.ok()) throw CorruptRow("a recurrence rule cannot be read: " + rule.error().message);
  return *std::move(rule);
}

}  // namespace

Result<void> Resources::PutRule(ResourceId resource, const AvailabilityRule& rule) {
  return unit_.Write([&]() -> Result<void> {
    DeleteRuleRows(unit_.connection, resource, rule.id);
    std::optional<std::string> recurrence;
    if (rule.rule) recurrence = rule.rule->ToString();
    try {
      Query(unit_.connection, "INSERT INTO availability_rule VALUES (?, ?, ?, ?, ?)")
          .Bind(resource, rule.id, rule.start, rule.end, recurrence)
          .Run();
    } catch (const SQLite::Exception& exception) {
      if (IsMissingReference(exception)) return UnknownResource(resource);
      throw;
    }
    InsertDates(unit_.connection, resource, rule.id, "added", rule.rdates);
    InsertDates(unit_.connection, resource, rule.id, "removed", rule.exdates);
    return {};
  });
}

Result<void> Resources::DeleteRule(ResourceId resource, RuleId id) {
  return unit_.Write([&]() -> Result<void> {
    if (DeleteRuleRows(unit_.connection, resource, id) > 0) return {};
    return Error{ErrorCode::kNotFound, "the resource has no rule " + ToString(id)};
  });
}

Result<std::vector<AvailabilityRule>> Resources::Rules(ResourceId resource) {
  return Guarded([&]() -> Result<std::vector<AvailabilityRule>> {
    Query query(unit_.connection,
                "SELECT id, starts_local, ends_local, recurrence_rule FROM availability_rule "
                "WHERE resource = ?1 ORDER BY id");
    query.Bind(resource);
    std::vector<AvailabilityRule> rules;
    while (query.Next()) {
      Row row = query.row();
      AvailabilityRule& rule = rules.emplace_back();
      rule.id = row.Id<RuleId>();
      rule.start = row.Seconds<CivilTime>();
      rule.end = row.Seconds<CivilTime>();
      rule.rule = row.Optional(ReadRecurrenceRule);
      rule.rdates = ReadDates(unit_.connection, resource, rule.id, "added");
      rule.exdates = ReadDates(unit_.connection, resource, rule.id, "removed");
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
    Query(unit_.connection, "INSERT OR REPLACE INTO time_off VALUES (?, ?, ?, ?, ?)")
        .Bind(time_off.resource, time_off.id, time_off.interval.start, time_off.interval.end,
              time_off.reason)
        .Run();
    return {};
  });
}

Result<void> Resources::DeleteTimeOff(ResourceId resource, TimeOffId id) {
  return unit_.Write([&]() -> Result<void> {
    const int deleted =
        Query(unit_.connection, "DELETE FROM time_off WHERE resource = ?1 AND id = ?2")
            .Bind(resource, id)
            .Run();
    if (deleted > 0) return {};
    return Error{ErrorCode::kNotFound, "the resource has no time off " + ToString(id)};
  });
}

Result<std::vector<TimeOff>> Resources::TimeOffOf(ResourceId resource) {
  return Guarded([&]() -> Result<std::vector<TimeOff>> {
    Query query(unit_.connection,
                "SELECT id, starts_at, ends_at, reason FROM time_off "
                "WHERE resource = ?1 ORDER BY starts_at, id");
    query.Bind(resource);
    std::vector<TimeOff> time_off;
    while (query.Next()) {
      Row row = query.row();
      TimeOff& stretch = time_off.emplace_back();
      stretch.id = row.Id<TimeOffId>();
      stretch.resource = resource;
      stretch.interval = row.Times();
      stretch.reason = row.Text();
    }
    return time_off;
  });
}

}  // namespace clinic::sqlite
