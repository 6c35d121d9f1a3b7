#include "server/database.hpp"

#include <string_view>

#include "adapters/memory/memory_store.hpp"
#include "adapters/postgres/postgres_store.hpp"
#include "adapters/sqlite/sqlite_store.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kMemory = "memory:";
constexpr std::string_view kPostgres = "postgresql://";
constexpr std::string_view kPostgresToo = "postgres://";  // libpq takes both

/// Without what stands behind the scheme: there may be a password in it.
Error NoDatabase(const std::string& name) {
  const std::size_t scheme = name.find("://");
  const std::string shown = scheme == std::string::npos ? name : name.substr(0, scheme + 3) + "…";
  return {ErrorCode::kInvalidArgument, "\"" + shown +
                                           "\" is no database; it is sqlite:PATH, "
                                           "postgresql://HOST/NAME or memory:"};
}

}  // namespace

std::optional<std::string> SqlitePath(const std::string& name) {
  if (!name.starts_with(kSqlite) || name.size() == kSqlite.size()) return std::nullopt;
  return name.substr(kSqlite.size());
}

Result<std::vector<MigrationStatus>> PendingMigrationsOf(const std::string& name) {
  if (IsPostgres(name)) return PostgresStore::PendingMigrations(name);
  if (const auto path = SqlitePath(name)) return PendingMigrations(*path);
  if (name == kMemory) return std::vector<MigrationStatus>();
  return NoDatabase(name);
}

std::string ShownName(const std::string& name) {
  if (const auto path = SqlitePath(name)) return *path;
  if (!IsPostgres(name)) return name;
  // postgresql://user:password@hosts/database?options, of which the options may hold one too.
  std::string shown = name.substr(0, name.find('?'));
  const std::size_t at = shown.rfind('@');
  const std::size_t colon = shown.find(':', shown.find("://") + 3);
  if (at != std::string::npos && colon < at) shown.erase(colon, at - colon);
  return shown;
}

bool IsPostgres(const std::string& name) {
  return name.starts_with(kPostgres) || name.starts_with(kPostgresToo);
}

Result<std::unique_ptr<Store>> OpenDatabase(const std::string& name, IfMissing if_missing,
                                            StoreFigures* figures) {
  if (name == kMemory) return std::unique_ptr<Store>(std::make_unique<MemoryStore>());
  if (IsPostgres(name)) return PostgresStore::Open(name, {.figures = figures});
  const std::optional<std::string> path = SqlitePath(name);
  if (!path) return NoDatabase(name);
  return SqliteStore::Open(
      *path, {.create_if_missing = if_missing == IfMissing::kCreate, .figures = figures});
}

}  // namespace clinic::server
