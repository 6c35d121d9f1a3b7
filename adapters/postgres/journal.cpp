#include "adapters/postgres/journal.hpp"

#include "adapters/postgres/outbox.hpp"

namespace clinic::postgres {

Result<void> Audit::Append(const AuditEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    unit_.connection.Run(
        "INSERT INTO audit (at, actor, action, subject, patient, source, request, detail) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.at, entry.actor, entry.action, entry.subject, entry.patient, entry.source,
        entry.request, entry.detail);
    return {};
  });
}

Result<std::vector<AuditEntry>> Audit::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return unit_.Ask([&]() -> Result<std::vector<AuditEntry>> {
    std::vector<AuditEntry> entries;
    for (Row row : unit_.connection.Run(
             "SELECT sequence, at, actor, action, subject, patient, source, request, detail "
             "FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
             sequence, Limit(limit))) {
      AuditEntry& entry = entries.emplace_back();
      entry.sequence = row.Number<std::int64_t>();
      entry.at = row.Time();
      entry.actor = row.Text();
      entry.action = row.Text();
      entry.subject = row.Text();
      entry.patient = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
      entry.source = row.Text();
      entry.request = row.Text();
      entry.detail = row.Text();
    }
    return entries;
  });
}

Result<void> Outbox::Append(const OutboxEvent& event) {
  return unit_.Write([&]() -> Result<void> {
    unit_.events.push_back(event);
    return {};
  });
}

Result<std::vector<OutboxEvent>> Outbox::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return unit_.Ask([&]() -> Result<std::vector<OutboxEvent>> {
    WriteEvents(unit_);
    std::vector<OutboxEvent> events;
    for (Row row : unit_.connection.Run("SELECT sequence, type, booking, version, at FROM outbox "
                                        "WHERE sequence > $1 ORDER BY sequence LIMIT $2",
                                        sequence, Limit(limit))) {
      OutboxEvent& event = events.emplace_back();
      event.sequence = row.Number<std::int64_t>();
      event.type = row.Text();
      event.booking = row.Id<BookingId>();
      event.version = row.Number<std::uint32_t>();
      event.at = row.Time();
    }
    return events;
  });
}

Result<void> Idempotency::Insert(const IdempotencyRecord& record) {
  return unit_.Write([&]() -> Result<void> {
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
  return unit_.Ask([&]() -> Result<std::optional<IdempotencyRecord>> {
    const Rows rows = unit_.connection.Run(
        "SELECT fingerprint, status, location, body, at FROM idempotency "
        "WHERE actor = $1 AND key = $2",
        actor, key);
    if (rows.empty()) return std::optional<IdempotencyRecord>();
    Row row = rows[0];
    IdempotencyRecord record;
    record.actor = actor;
    record.key = key;
    record.fingerprint = row.Text();
    record.status = row.Number<int>();
    record.location = row.Text();
    record.body = row.Text();
    record.at = row.Time();
    return std::optional(std::move(record));
  });
}

}  // namespace clinic::postgres
