#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {
namespace {

constexpr const char* kHistoryTable =
    "CREATE TABLE IF NOT EXISTS migration ("
    " version integer NOT NULL PRIMARY KEY,"
    " name text NOT NULL,"
    " checksum bigint NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

// Held until the transaction ends, in one schema: several clinics can share a database. What is
// changed of a large table takes its time, and is not given up half way: it would only begin again.
constexpr const char* kBeginTakingTurns =
    "BEGIN;"
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
    "SELECT pg_advisory_xact_lock(1668050286, hashtext(current_schema()))";  // "clin"

// FNV-1a, 64 bits: against accidents, not against attackers.
std::int64_t Checksum(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return static_cast<std::int64_t>(hash);
}

bool HasHistory(Connection& connection) {
  // By the rows that this statement sees: a name that was looked up before another server made the
  // table would not be looked up again.
  const Rows rows = connection.RunScript(
      "SELECT EXISTS (SELECT FROM pg_tables "
      "WHERE schemaname = current_schema() AND tablename = 'migration')");
  return rows[0].Flag();
}

Result<void> CheckEncoding(Connection& connection) {
  const Rows rows = connection.RunScript("SHOW server_encoding");
  const std::string encoding = rows[0].Text();
  if (encoding == "UTF8") return {};
  return Error{ErrorCode::kInvalidArgument,
               "the database is in " + encoding + "; it has to be in UTF8"};
}

Error Newer(std::size_t version, std::size_t known) {
  return {ErrorCode::kInvalidArgument, "the database has version " + std::to_string(version) +
                                           ", this program knows versions up to " +
                                           std::to_string(known) + ": use a newer program"};
}

Error NotMadeBy(const Migration& migration) {
  return {ErrorCode::kCorrupt, "the database was not made by the migration " +
                                   std::to_string(migration.version) + " (" + migration.name +
                                   ") of this program"};
}

void Apply(Connection& connection, const Migration& migration) {
  connection.RunPatiently(migration.sql);
  connection.Run("INSERT INTO migration (version, name, checksum) VALUES ($1, $2, $3)",
                 migration.version, migration.name, Checksum(migration.sql));
}

Result<void> ApplyAll(Connection& connection, std::span<const Migration> migrations) {
  for (const Migration& migration : migrations) {
    try {
      Apply(connection, migration);
    } catch (const Failure& failure) {
      if (failure.ends_connection()) throw;
      return Error{ErrorCode::kUnavailable, "migration " + std::to_string(migration.version) +
                                                " (" + migration.name +
                                                ") failed: " + failure.what()};
    }
  }
  return {};
}

}  // namespace

const std::vector<Migration>& AllMigrations() {
  static const std::vector<Migration> all = {CreateSchema(), AddCommitMarks(), AddSignInDetails(),
                                             CheckByStatement()};
  return all;
}

Result<std::vector<Migration>> Pending(Connection& connection,
                                       std::span<const Migration> migrations) {
  if (Result<void> encoded = CheckEncoding(connection); !encoded.ok()) {
    return std::move(encoded).error();
  }
  std::size_t applied = 0;
  if (HasHistory(connection)) {
    const Rows rows = connection.RunScript("SELECT checksum FROM migration ORDER BY version");
    applied = rows.size();
    if (applied > migrations.size()) return Newer(applied, migrations.size());
    for (std::size_t i = 0; i < applied; ++i) {
      if (rows[i].Number<std::int64_t>() != Checksum(migrations[i].sql)) {
        return NotMadeBy(migrations[i]);
      }
    }
  }
  return std::vector<Migration>(migrations.begin() + static_cast<std::ptrdiff_t>(applied),
                                migrations.end());
}

Result<void> Migrate(Connection& connection, std::span<const Migration> migrations) {
  // Most often there is nothing to do, and then nobody is waited for.
  if (const auto pending = Pending(connection, migrations); !pending.ok() || pending->empty()) {
    return pending.ok() ? Result<void>() : Result<void>(pending.error());
  }
  connection.RunPatiently(kBeginTakingTurns);
  const auto pending = Pending(connection, migrations);
  Result<void> applied = pending.ok() ? Result<void>() : Result<void>(pending.error());
  if (applied.ok()) {
    connection.RunScript(kHistoryTable);
    applied = ApplyAll(connection, *pending);
  }
  connection.RunScript(applied.ok() ? "COMMIT" : "ROLLBACK");
  return applied;
}

}  // namespace clinic::postgres
