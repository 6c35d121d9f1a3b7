#include "adapters/sqlite/waitlist.hpp"

#include "adapters/not_found.hpp"

#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

Error UnknownResource() {
  return {ErrorCode::kUnknownResource, "the waitlist names a resource that was never added"};
}

void BindColumns(Query& query, const WaitlistEntry& entry) {
  query.Bind(entry.id, entry.patient, entry.resource, entry.specialty, entry.range.start,
             entry.range.end, entry.duration, entry.priority, entry.reason, entry.since,
             entry.offer, entry.version);
}

WaitlistEntry ReadEntry(Row row) {
  WaitlistEntry entry;
  entry.id = row.Id<WaitlistId>();
  entry.patient = row.Id<ResourceId>();
  entry.resource = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
  entry.specialty = row.Optional([](Row& r) { return r.Text(); });
  entry.range = row.Times();
  entry.duration = row.Seconds<Duration>();
  entry.priority = row.Number<std::int32_t>();
  entry.reason = row.Text();
  entry.since = row.Time();
  entry.offer = row.Optional([](Row& r) { return r.Id<BookingId>(); });
  entry.version = row.Number<std::uint32_t>();
  return entry;
}

}  // namespace

Result<void> Waitlist::Insert(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    try {
      Query query(unit_.connection,
                  "INSERT INTO waitlist VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      BindColumns(query, entry);
      query.Run();
    } catch (const SQLite::Exception& exception) {
      if (IsMissingReference(exception)) return UnknownResource();
      if (!IsDuplicate(exception)) throw;
      return Error{ErrorCode::kAlreadyExists, "somebody waits as " + ToString(entry.id)};
    }
    InsertDeclined(entry);
    return {};
  });
}

Result<void> Waitlist::Update(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    try {
      Query query(unit_.connection,
                  "UPDATE waitlist SET patient = ?2, resource = ?3, specialty = ?4, "
                  "starts_at = ?5, ends_at = ?6, duration_seconds = ?7, priority = ?8, "
                  "reason = ?9, since = ?10, offer = ?11, version = ?12 "
                  "WHERE id = ?1 AND version = ?12 - 1");
      BindColumns(query, entry);
      if (query.Run() == 0) return Refusal(entry.id);
    } catch (const SQLite::Exception& exception) {
      if (!IsMissingReference(exception)) throw;
      return UnknownResource();
    }
    Query(unit_.connection, "DELETE FROM waitlist_declined WHERE entry = ?1").Bind(entry.id).Run();
    InsertDeclined(entry);
    return {};
  });
}

Result<void> Waitlist::Delete(WaitlistId id, std::uint32_t version) {
  return unit_.Write([&]() -> Result<void> {
    Query query(unit_.connection, "DELETE FROM waitlist WHERE id = ?1 AND version = ?2");
    return query.Bind(id, version).Run() == 0 ? Refusal(id) : Result<void>();
  });
}

Error Waitlist::Refusal(WaitlistId id) {
  Query query(unit_.connection, "SELECT version FROM waitlist WHERE id = ?1");
  if (!query.Bind(id).Next()) return NoEntry(id);
  return {ErrorCode::kStaleVersion, "the entry was changed since: it has version " +
                                        std::to_string(query.row().Number<std::uint32_t>())};
}

Result<WaitlistEntry> Waitlist::Get(WaitlistId id) {
  return Guarded([&]() -> Result<WaitlistEntry> {
    Query query(unit_.connection,
                "SELECT id, patient, resource, specialty, starts_at, ends_at, duration_seconds, "
                "priority, reason, since, offer, version FROM waitlist WHERE id = ?1");
    if (!query.Bind(id).Next()) return NoEntry(id);
    WaitlistEntry entry = ReadEntry(query.row());
    entry.declined = DeclinedOf(id);
    return entry;
  });
}

Result<void> Waitlist::ForEach(const std::function<void(WaitlistEntry&&)>& visit) {
  return Guarded([&]() -> Result<void> {
    Query entries(unit_.connection,
                  "SELECT id, patient, resource, specialty, starts_at, ends_at, duration_seconds, "
                  "priority, reason, since, offer, version FROM waitlist");
    while (entries.Next()) {
      WaitlistEntry entry = ReadEntry(entries.row());
      entry.declined = DeclinedOf(entry.id);
      visit(std::move(entry));
    }
    return {};
  });
}

std::vector<DeclinedVisit> Waitlist::DeclinedOf(WaitlistId id) {
  Query query(unit_.connection,
              "SELECT resource, starts_at, ends_at FROM waitlist_declined "
              "WHERE entry = ?1 ORDER BY position");
  query.Bind(id);
  std::vector<DeclinedVisit> declined;
  while (query.Next()) {
    Row row = query.row();
    const auto resource = row.Id<ResourceId>();
    declined.push_back({resource, row.Times()});
  }
  return declined;
}

void Waitlist::InsertDeclined(const WaitlistEntry& entry) {
  if (entry.declined.empty()) return;
  Query query(unit_.connection, "INSERT INTO waitlist_declined VALUES (?, ?, ?, ?, ?)");
  std::int64_t position = 0;
  for (const DeclinedVisit& visit : entry.declined) {
    query.Bind(entry.id, position++, visit.resource, visit.interval.start, visit.interval.end)
        .Run();
  }
}

}  // namespace clinic::sqlite
