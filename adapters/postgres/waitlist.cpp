#include "adapters/postgres/waitlist.hpp"

#include "adapters/not_found.hpp"

#include <map>

namespace clinic::postgres {
namespace {

constexpr const char* kSelect =
    "SELECT id, patient, resource, specialty, starts_at, ends_at, duration_seconds, priority, "
    "reason, since, offer, version FROM waitlist";

Error UnknownResource() {
  return {ErrorCode::kUnknownResource, "the waitlist names a resource that was never added"};
}

bool Exists(Connection& connection, ResourceId id) {
  return !connection.Run("SELECT FROM resource WHERE id = $1", id).empty();
}

bool ResourcesExist(Connection& connection, const WaitlistEntry& entry) {
  return Exists(connection, entry.patient) &&
         (!entry.resource || Exists(connection, *entry.resource));
}

Rows RunWithColumns(Connection& connection, const std::string& sql, const WaitlistEntry& entry) {
  return connection.Run(sql, entry.id, entry.patient, entry.resource, entry.specialty,
                        entry.range.start, entry.range.end, entry.duration, entry.priority,
                        entry.reason, entry.since, entry.offer, entry.version);
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

DeclinedVisit ReadDeclined(Row& row) {
  const auto resource = row.Id<ResourceId>();
  return {resource, row.Times()};
}

// The entry stays locked.
Result<void> CheckVersion(Connection& connection, WaitlistId id, std::uint32_t expected) {
  const Rows rows = connection.Run("SELECT version FROM waitlist WHERE id = $1 FOR UPDATE", id);
  if (rows.empty()) return NoEntry(id);
  const auto stored = rows[0].Number<std::uint32_t>();
  if (stored == expected) return {};
  return Error{ErrorCode::kStaleVersion,
               "the entry was changed since: it has version " + std::to_string(stored)};
}

}  // namespace

Result<void> Waitlist::Insert(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    if (!ResourcesExist(unit_.connection, entry)) return UnknownResource();
    const Rows inserted = RunWithColumns(
        unit_.connection,
        "INSERT INTO waitlist VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT DO NOTHING",
        entry);
    if (inserted.changed() == 0) {
      return Error{ErrorCode::kAlreadyExists, "somebody waits as " + ToString(entry.id)};
    }
    InsertDeclined(entry);
    return {};
  });
}

Result<void> Waitlist::Update(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    const Result<void> current = CheckVersion(unit_.connection, entry.id, entry.version - 1);
    if (!current.ok()) return current;
    if (!ResourcesExist(unit_.connection, entry)) return UnknownResource();
    RunWithColumns(unit_.connection,
                   "UPDATE waitlist SET patient = $2, resource = $3, specialty = $4, "
                   "starts_at = $5, ends_at = $6, duration_seconds = $7, priority = $8, "
                   "reason = $9, since = $10, offer = $11, version = $12 WHERE id = $1",
                   entry);
    unit_.connection.Run("DELETE FROM waitlist_declined WHERE entry = $1", entry.id);
    InsertDeclined(entry);
    return {};
  });
}

Result<void> Waitlist::Delete(WaitlistId id, std::uint32_t version) {
  return unit_.Write([&]() -> Result<void> {
    const Result<void> current = CheckVersion(unit_.connection, id, version);
    if (!current.ok()) return current;
    unit_.connection.Run("DELETE FROM waitlist WHERE id = $1", id);
    return {};
  });
}

Result<WaitlistEntry> Waitlist::Get(WaitlistId id) {
  return unit_.Ask([&]() -> Result<WaitlistEntry> {
    const Rows rows =
        unit_.connection.Run(kSelect + std::string(" WHERE id = $1") + unit_.ToChange(), id);
    if (rows.empty()) return NoEntry(id);
    WaitlistEntry entry = ReadEntry(rows[0]);
    for (Row row : unit_.connection.Run("SELECT resource, starts_at, ends_at "
                                        "FROM waitlist_declined WHERE entry = $1 ORDER BY position",
                                        id)) {
      entry.declined.push_back(ReadDeclined(row));
    }
    return entry;
  });
}

Result<void> Waitlist::ForEach(const std::function<void(WaitlistEntry&&)>& visit) {
  return unit_.Ask([&]() -> Result<void> {
    const Rows entries = unit_.connection.Run(kSelect);
    std::map<WaitlistId, std::vector<DeclinedVisit>> declined;
    for (Row row : unit_.connection.Run("SELECT entry, resource, starts_at, ends_at "
                                        "FROM waitlist_declined ORDER BY entry, position")) {
      std::vector<DeclinedVisit>& of_entry = declined[row.Id<WaitlistId>()];
      of_entry.push_back(ReadDeclined(row));
    }
    for (const Row& row : entries) {
      WaitlistEntry entry = ReadEntry(row);
      if (const auto found = declined.find(entry.id); found != declined.end()) {
        entry.declined = std::move(found->second);
      }
      visit(std::move(entry));
    }
    return {};
  });
}

void Waitlist::InsertDeclined(const WaitlistEntry& entry) {
  if (entry.declined.empty()) return;
  std::vector<ResourceId> resources;
  std::vector<Instant> starts;
  std::vector<Instant> ends;
  for (const DeclinedVisit& visit : entry.declined) {
    resources.push_back(visit.resource);
    starts.push_back(visit.interval.start);
    ends.push_back(visit.interval.end);
  }
  unit_.connection.Run(
      "INSERT INTO waitlist_declined SELECT $1, position, resource, starts_at, ends_at "
      "FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY "
      "AS visit (resource, starts_at, ends_at, position)",
      entry.id, resources, starts, ends);
}

}  // namespace clinic::postgres
