// The schema's history.
//
// The table `migration` says which were applied, when, and what exactly. A migration that was
// applied somewhere is never edited: another one is added behind.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "clinic/result.hpp"

namespace clinic::postgres {

struct Migration {
  int version;
  std::string name;
  std::string sql;
};

/// Each in a file of its own.
Migration CreateSchema();
Migration AddCommitMarks();
Migration AddSignInDetails();
Migration CheckByStatement();

/// A part of the first one.
extern const char* const kWriteRows;

/// Every migration, oldest first; versions count from 1.
const std::vector<Migration>& AllMigrations();

/// Those of `migrations` that the database lacks. Errors: kInvalidArgument where it is newer than
/// the last of them, or is not in UTF-8; kCorrupt where what was applied is not what they say.
Result<std::vector<Migration>> Pending(Connection& connection,
                                       std::span<const Migration> migrations);

/// Applies those that are pending, in one transaction: where one fails, the database is left as it
/// was. Servers that start at once take turns. Errors: those of Pending; kUnavailable where a
/// migration fails.
Result<void> Migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace clinic::postgres
