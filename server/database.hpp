// Which store a database's name stands for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/migration_status.hpp"
#include "clinic/store.hpp"

namespace clinic {
struct StoreFigures;
}

namespace clinic::server {

/// Whether a file that is not there is made.
enum class IfMissing { kCreate, kRefuse };

/// Opens "sqlite:PATH", a URI of libpq's ("postgresql://HOST/NAME") or "memory:". Errors:
/// kInvalidArgument for any other name; those of the store.
/// `figures`, where they are given, are where the store counts what it does, and outlive it.
Result<std::unique_ptr<Store>> OpenDatabase(const std::string& name, IfMissing if_missing,
                                            StoreFigures* figures = nullptr);

/// The path in "sqlite:PATH"; nothing for any other name.
std::optional<std::string> SqlitePath(const std::string& name);

/// The migrations that opening the database would apply, in order; none for "memory:". Changes
/// nothing. Errors: as OpenDatabase.
Result<std::vector<MigrationStatus>> PendingMigrationsOf(const std::string& name);

/// The name as it may be shown: a path as it is, a URI without its password.
std::string ShownName(const std::string& name);

/// Whether the name is a URI of libpq's.
bool IsPostgres(const std::string& name);

/// What a database is called where nobody says otherwise.
inline constexpr const char* kDefaultDatabase = "sqlite:clinic.db";

}  // namespace clinic::server
