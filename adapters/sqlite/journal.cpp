#include "adapters/sqlite/journal.hpp"

#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
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

std::string ListStatement(const AuditQuery& query) {
  std::string sql = "SELECT * FROM audit WHERE true";
  if (query.actor) sql += " AND actor = ?";
  if (query.action) sql += " AND action = ?";
  if (query.subject) sql += " AND subject = ?";
  if (query.patient) sql += " AND patient = ?";
  if (query.from) sql += " AND at >= ?";
  if (query.to) sql += " AND at < ?";
  if (query.before) sql += " AND sequence < ?";
  return sql + " ORDER BY sequence DESC LIMIT ?";
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
  return unit_.Write([&]() -> Result<void> {
    Query(unit_.connection,
          "INSERT INTO audit (at, actor, action, subject, patient, source, request, detail) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(entry.at, entry.actor, entry.action, entry.subject, entry.patient, entry.source,
              entry.request, entry.detail)
        .Run();
    return {};
  });
}

Result<std::vector<AuditEntry>> Audit::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return Guarded([&]() -> Result<std::vector<AuditEntry>> {
    Query query(unit_.connection,
                "SELECT * FROM audit WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
    query.Bind(sequence, Limit(limit));
    std::vector<AuditEntry> entries;
    while (query.Next()) entries.push_back(ReadEntry(query.row()));
    return entries;
  });
}

Result<std::vector<AuditEntry>> Audit::List(const AuditQuery& query) {
  return Guarded([&]() -> Result<std::vector<AuditEntry>> {
    const std::string sql = ListStatement(query);
    Query statement(unit_.connection, sql);
    if (query.actor) statement.Bind(*query.actor);
    if (query.action) statement.Bind(*query.action);
    if (query.subject) statement.Bind(*query.subject);
    if (query.patient) statement.Bind(*query.patient);
    if (query.from) statement.Bind(*query.from);
    if (query.to) statement.Bind(*query.to);
    if (query.before) statement.Bind(*query.before);
    statement.Bind(Limit(query.limit));
    std::vector<AuditEntry> page;
    while (statement.Next()) page.push_back(ReadEntry(statement.row()));
    return page;
  });
}

Result<void> Outbox::Append(const OutboxEvent& event) {
  return unit_.Write([&]() -> Result<void> {
    Query(unit_.connection, "INSERT INTO outbox (type, subject, version, at) VALUES (?, ?, ?, ?)")
        .Bind(event.type, event.subject, event.version, event.at)
        .Run();
    return {};
  });
}

Result<std::vector<OutboxEvent>> Outbox::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return Guarded([&]() -> Result<std::vector<OutboxEvent>> {
    Query query(unit_.connection,
                "SELECT sequence, type, subject, version, at FROM outbox "
                "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
    query.Bind(sequence, Limit(limit));
    std::vector<OutboxEvent> events;
    while (query.Next()) events.push_back(ReadEvent(query.row()));
    return events;
  });
}

Result<std::optional<OutboxEvent>> Outbox::Last() {
  return Guarded([&]() -> Result<std::optional<OutboxEvent>> {
    Query query(unit_.connection,
                "SELECT sequence, type, subject, version, at FROM outbox "
                "ORDER BY sequence DESC LIMIT 1");
    return query.Next() ? std::optional(ReadEvent(query.row())) : std::nullopt;
  });
}

Result<void> Idempotency::Insert(const IdempotencyRecord& record) {
  return unit_.Write([&]() -> Result<void> {
    try {
      Query(unit_.connection, "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)")
          .Bind(record.actor, record.key, record.fingerprint, record.status, record.location,
                record.body, record.at)
          .Run();
      return {};
    } catch (const SQLite::Exception& exception) {
      if (!IsDuplicate(exception)) throw;
      return Error{ErrorCode::kAlreadyExists, "that idempotency key was used before"};
    }
  });
}

Result<std::optional<IdempotencyRecord>> Idempotency::Find(std::string_view actor,
                                                           std::string_view key) {
  return Guarded([&]() -> Result<std::optional<IdempotencyRecord>> {
    Query query(unit_.connection, "SELECT * FROM idempotency WHERE actor = ?1 AND key = ?2");
    if (!query.Bind(actor, key).Next()) return std::optional<IdempotencyRecord>();
    return std::optional(ReadRecord(query.row()));
  });
}

Result<void> Idempotency::ForEach(const std::function<void(IdempotencyRecord&&)>& visit) {
  return VisitRows(unit_.connection, "SELECT * FROM idempotency", ReadRecord, visit);
}

}  // namespace clinic::sqlite
