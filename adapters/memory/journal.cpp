#include "adapters/memory/journal.hpp"

#include <algorithm>
#include <ranges>

namespace clinic::memory {
namespace {

// Sequences are positions, counted from 1.
template <typename Row>
Result<void> AppendTo(std::vector<Row>& rows, Row row, Unit& unit) {
  return unit.Write([&]() -> Result<void> {
    row.sequence = std::ssize(rows) + 1;
    rows.push_back(std::move(row));
    unit.undo.Add([&rows] { rows.pop_back(); });
    return {};
  });
}

template <typename Row>
std::vector<Row> After(const std::vector<Row>& rows, std::int64_t sequence, std::size_t limit) {
  const auto first = std::ranges::upper_bound(rows, sequence, {}, &Row::sequence);
  const auto left = static_cast<std::size_t>(rows.end() - first);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(limit, left))};
}

bool Matches(const AuditEntry& entry, const AuditQuery& query) {
  return (!query.actor || entry.actor == *query.actor) &&
         (!query.action || entry.action == *query.action) &&
         (!query.subject || entry.subject == *query.subject) &&
         (!query.patient || entry.patient == query.patient) &&
         (!query.from || entry.at >= *query.from) && (!query.to || entry.at < *query.to) &&
         (!query.before || entry.sequence < *query.before);
}

}  // namespace

Result<void> Audit::Append(const AuditEntry& entry) {
  return AppendTo(unit_.tables.audit, entry, unit_);
}

Result<std::vector<AuditEntry>> Audit::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return After(unit_.tables.audit, sequence, limit);
}

Result<std::vector<AuditEntry>> Audit::List(const AuditQuery& query) {
  std::vector<AuditEntry> page;
  for (const AuditEntry& entry : std::views::reverse(unit_.tables.audit)) {
    if (page.size() == query.limit) break;
    if (Matches(entry, query)) page.push_back(entry);
  }
  return page;
}

Result<void> Outbox::Append(const OutboxEvent& event) {
  return AppendTo(unit_.tables.outbox, event, unit_);
}

Result<std::vector<OutboxEvent>> Outbox::ReadAfter(std::int64_t sequence, std::size_t limit) {
  return After(unit_.tables.outbox, sequence, limit);
}

Result<std::optional<OutboxEvent>> Outbox::Last() {
  const std::vector<OutboxEvent>& events = unit_.tables.outbox;
  return events.empty() ? std::nullopt : std::optional(events.back());
}

Result<void> Idempotency::Insert(const IdempotencyRecord& record) {
  return unit_.Write([&]() -> Result<void> {
    const std::pair key(record.actor, record.key);
    if (unit_.tables.idempotency.Find(key) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "that idempotency key was used before"};
    }
    unit_.tables.idempotency.Put(key, record, unit_.undo);
    return {};
  });
}

Result<std::optional<IdempotencyRecord>> Idempotency::Find(std::string_view actor,
                                                           std::string_view key) {
  const IdempotencyRecord* record =
      unit_.tables.idempotency.Find({std::string(actor), std::string(key)});
  return record == nullptr ? std::nullopt : std::optional(*record);
}

Result<void> Idempotency::ForEach(const std::function<void(IdempotencyRecord&&)>& visit) {
  for (const auto& [key, record] : unit_.tables.idempotency) visit(IdempotencyRecord(record));
  return {};
}

}  // namespace clinic::memory
