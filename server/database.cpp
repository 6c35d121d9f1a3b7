#include "server/database.hpp"

#include <string_view>

#include "adapters/memory/memory_store.hpp"
#include "adapters/sqlite/sqlite_store.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kMemory = "memory:";

}  // namespace

std::optional<std::string> SqlitePath(const std::string& name) {
  if (!name.starts_with(kSqlite) || name.size() == kSqlite.size()) return std::nullopt;
  return name.substr(kSqlite.size());
}

Result<std::unique_ptr<Store>> OpenDatabase(const std::string& name, IfMissing if_missing) {
  if (name == kMemory) return std::unique_ptr<Store>(std::make_unique<MemoryStore>());
  const std::optional<std::string> path = SqlitePath(name);
  if (!path) {
    return Error{ErrorCode::kInvalidArgument,
                 "\"" + name + "\" is no database; it is sqlite:PATH or memory:"};
  }
  return SqliteStore::Open(*path, {.create_if_missing = if_missing == IfMissing::kCreate});
}

}  // namespace clinic::server
