#include "adapters/sqlite/migrations.hpp"

#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

// "clin", at byte 68 of the file: how file(1) and we tell it from other databases.
constexpr std::int64_t kApplicationId = 0x636C696E;

constexpr std::string_view kHistoryTable =
    "CREATE TABLE IF NOT EXISTS migration ("
    " version INTEGER NOT NULL PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " checksum INTEGER NOT NULL,"
    " applied_at INTEGER NOT NULL"
    ") STRICT";

std::int64_t NumberOf(Connection& connection, std::string_view sql) {
  Query query(connection, sql);
  query.Next();
  return query.row().Number<std::int64_t>();
}

// FNV-1a, 64 bits: against accidents, not against attackers.
std::int64_t Checksum(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return static_cast<std::int64_t>(hash);
}

Result<void> CheckOwner(Connection& connection) {
  const std::int64_t owner = NumberOf(connection, "PRAGMA application_id");
  if (owner == kApplicationId) return {};
  if (owner == 0 && NumberOf(connection, "SELECT count(*) FROM sqlite_schema") == 0) return {};
  return Error{ErrorCode::kInvalidArgument, "the file is another program's database"};
}

Result<void> CheckHistory(Connection& connection, std::span<const Migration> applied) {
  if (applied.empty()) return {};
  if (!connection.database().tableExists("migration")) {
    return Error{ErrorCode::kCorrupt, "the database does not say how it was made"};
  }
  Query query(connection, "SELECT checksum FROM migration WHERE version = ?1");
  for (const Migration& migration : applied) {
    query.Bind(migration.version);
    if (!query.Next() || query.row().Number<std::int64_t>() != Checksum(migration.sql)) {
      return Error{ErrorCode::kCorrupt, "the database was not made by the migration " +
                                            std::to_string(migration.version) + " (" +
                                            migration.name + ") of this program"};
    }
    query.Rewind();
  }
  return {};
}

void Apply(Connection& connection, const Migration& migration) {
  connection.database().exec(migration.sql);
  Query(connection, "INSERT INTO migration VALUES (?1, ?2, ?3, unixepoch())")
      .Bind(migration.version, migration.name, Checksum(migration.sql))
      .Run();
  connection.database().exec("PRAGMA user_version = " + std::to_string(migration.version));
}

}  // namespace

const std::vector<Migration>& AllMigrations() {
  static const std::vector<Migration> all = {CreateSchema(), AddWaitlist(), RememberPools(),
                                             FeedAllChanges(), AddSignInDetails()};
  return all;
}

Result<std::vector<Migration>> Pending(Connection& connection,
                                       std::span<const Migration> migrations) {
  if (Result<void> owned = CheckOwner(connection); !owned.ok()) return std::move(owned).error();
  const std::int64_t version = NumberOf(connection, "PRAGMA user_version");
  if (version < 0 || version > std::ssize(migrations)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the database has version " + std::to_string(version) +
                     ", this program knows versions up to " + std::to_string(migrations.size()) +
                     ": use a newer program"};
  }
  const auto applied = static_cast<std::size_t>(version);
  Result<void> checked = CheckHistory(connection, migrations.first(applied));
  if (!checked.ok()) return std::move(checked).error();
  return std::vector<Migration>(migrations.begin() + version, migrations.end());
}

Result<void> Migrate(Connection& connection, std::span<const Migration> migrations) {
  // Most often there is nothing to do, and then nobody else's writing is waited for.
  if (const auto pending = Pending(connection, migrations); !pending.ok() || pending->empty()) {
    return pending.ok() ? Result<void>() : Result<void>(pending.error());
  }
  Transaction transaction(connection, Transaction::Kind::kWrite);
  const auto pending = Pending(connection, migrations);
  if (!pending.ok()) return pending.error();
  Query(connection, kHistoryTable).Run();
  for (const Migration& migration : *pending) {
    try {
      Apply(connection, migration);
    } catch (const SQLite::Exception& exception) {
      return Error{ErrorCode::kUnavailable, "migration " + std::to_string(migration.version) +
                                                " (" + migration.name +
                                                ") failed: " + exception.what()};
    }
  }
  connection.database().exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  transaction.Commit();
  return {};
}

}  // namespace clinic::sqlite
