// The stores that the contract is checked on: a new one is one line here.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <vector>

#include "adapters/memory/memory_store.hpp"
#include "adapters/postgres/postgres_store.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/postgres_server.hpp"

namespace clinic {

struct StoreUnderTest {
  const char* name;
  /// Opens an empty store; what it keeps on disk, it keeps in `folder`.
  Result<std::unique_ptr<Store>> (*open)(const std::filesystem::path& folder);
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* out) { *out << store.name; }

/// PostgreSQL where its server is installed.
inline std::vector<StoreUnderTest> AllStores() {
  std::vector<StoreUnderTest> stores = {
      {"Memory",
       [](const auto&) { return Result<std::unique_ptr<Store>>(std::make_unique<MemoryStore>()); }},
      {"Sqlite", [](const auto& folder) { return SqliteStore::Open(folder / "clinic.db"); }},
  };
  if (!PostgresServer::Programs().empty()) {
    stores.push_back({"Postgres", [](const auto&) {
                        return PostgresStore::Open(PostgresServer::Shared()->NewSchema());
                      }});
  }
  return stores;
}

inline const std::vector<StoreUnderTest> kStores = AllStores();

}  // namespace clinic
