// The stores that the contract is checked on: a new one is one line here.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <ostream>

#include "adapters/memory/memory_store.hpp"
#include "adapters/sqlite/sqlite_store.hpp"

namespace clinic {

struct StoreUnderTest {
  const char* name;
  /// Opens an empty store; what it keeps on disk, it keeps in `folder`.
  Result<std::unique_ptr<Store>> (*open)(const std::filesystem::path& folder);
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* out) { *out << store.name; }

inline constexpr auto kStores = std::to_array<StoreUnderTest>({
    {"Memory",
     [](const auto&) { return Result<std::unique_ptr<Store>>(std::make_unique<MemoryStore>()); }},
    {"Sqlite", [](const auto& folder) { return SqliteStore::Open(folder / "clinic.db"); }},
});

}  // namespace clinic
