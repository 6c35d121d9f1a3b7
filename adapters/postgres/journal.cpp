#include "adapters/postgres/journal.hpp"

#include "adapters/postgres/statement.hpp"

namespace clinic::postgres {
namespace {

AuditEntry ReadEntry(Row row) {
  AuditEntry entry;
  entry.sequence = row.Number<std::int64_t>();
  entry.at = row.Time();
  entry.actor = row.Text();
  entry.action = row.Text();
  entry.subject = row.Text();
  entry.patient = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
  entry.source = row.Text();
  entry.request = row.Text();
  entry.detail = row.Text();
  return entry;
}

OutboxEvent ReadEvent(Row row) {
  OutboxEvent event;
  event.sequence = row.Number<std::int64_t>();
  event.type = row.Text();
  event.subject = row.Id<Uuid>();
  event.version = row.Number<std::uint32_t>();
  event.at = row.Time();
  return event;
}

IdempotencyRecord ReadRecord(Row row) {
  IdempotencyRecord record;
  record.actor = row.Text();
  record.key = row.Text();
  record.fingerprint = row.Text();
  record.status = row.Number<int>();
  record.location = row.Text();
  record.body = row.Text();
  record.at = row.Time();
  return record;
}

}  // namespace

Result<void> Audit::Append(const AuditEntry& entry) {
  return unit_.Add([&]() -> Result<void> {
    unit_.layers.rows().Add(entry);
    return {};
  });
}

Result<std::vector<AuditEntry>> Audit::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return unit_.AskSettled([&]() -> Result<std::vector<AuditEntry>> {
    std::vector<AuditEntry> entries;
    for (const Row& row :
         unit_.connection.Run("SELECT * FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
                              sequence, Limit(limit))) {
      entries.push_back(ReadEntry(row));
    }
    return entries;
  });
}

Result<std::vector<AuditEntry>> Audit::List(const AuditQuery& query) {
  return unit_.AskSettled([&]() -> Result<std::vector<AuditEntry>> {
    Statement list("SELECT * FROM audit WHERE true");
    if (query.actor) list.Add(" AND actor = ", *query.actor);
    if (query.action) list.Add(" AND action = ", *query.action);
    if (query.subject) list.Add(" AND subject = ", *query.subject);
    if (query.patient) list.Add(" AND patient = ", *query.patient);
    if (query.from) list.Add(" AND at >= ", *query.from);
    if (query.to) list.Add(" AND at < ", *query.to);
    if (query.before) list.Add(" AND sequence < ", *query.before);
    list.Add(" ORDER BY sequence DESC LIMIT ", Limit(query.limit));
    std::vector<AuditEntry> page;
    for (const Row& row : list.Run(unit_.connection)) page.push_back(ReadEntry(row));
    return page;
  });
}

Result<void> Outbox::Append(const OutboxEvent& event) {
  return unit_.Add([&]() -> Result<void> {
    unit_.layers.rows().Add(event);
    return {};
  });
}

Result<std::vector<OutboxEvent>> Outbox::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return unit_.AskSettled([&]() -> Result<std::vector<OutboxEvent>> {
    std::vector<OutboxEvent> events;
    for (const Row& row :
         unit_.connection.Run("SELECT sequence, type, subject, version, at FROM outbox "
                              "WHERE sequence > $1 ORDER BY sequence LIMIT $2",
                              sequence, Limit(limit))) {
      events.push_back(ReadEvent(row));
    }
    return events;
  });
}

Result<std::optional<OutboxEvent>> Outbox::Last() {
  return unit_.AskSettled([&]() -> Result<std::optional<OutboxEvent>> {
    const Rows rows = unit_.connection.Run(
        "SELECT sequence, type, subject, version, at FROM outbox ORDER BY sequence DESC LIMIT 1");
    return rows.empty() ? std::nullopt : std::optional(ReadEvent(rows[0]));
  });
}

Result<void> Idempotency::Insert(const IdempotencyRecord& record) {
  return unit_.Add([&]() -> Result<void> {
    if (unit_.writing == Writing::kHopefully) {
      unit_.layers.rows().Add(record);
      return {};
    }
    unit_.layers.BeforeWriting();
    const Rows inserted = unit_.connection.Run(
        "INSERT INTO idempotency VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        record.actor, record.key, record.fingerprint, record.status, record.location, record.body,
        record.at);
    if (inserted.changed() > 0) return {};
    return Error{ErrorCode::kAlreadyExists, "that idempotency key was used before"};
  });
}

Result<std::optional<IdempotencyRecord>> Idempotency::Find(std::string_view actor,
                                                           std::string_view key) {
  return unit_.AskSettled([&]() -> Result<std::optional<IdempotencyRecord>> {
    const Rows rows =
        unit_.connection.Run("SELECT * FROM idempotency WHERE actor = $1 AND key = $2", actor, key);
    if (rows.empty()) return std::optional<IdempotencyRecord>();
    return std::optional(ReadRecord(rows[0]));
  });
}

Result<void> Idempotency::ForEach(const std::function<void(IdempotencyRecord&&)>& visit) {
  return unit_.AskSettled([&]() -> Result<void> {
    for (const Row& row : unit_.connection.Run("SELECT * FROM idempotency")) visit(ReadRecord(row));
    return {};
  });
}

}  // namespace clinic::postgres
