// The schema's history.
//
// `PRAGMA user_version` says which migration was applied last; the table `migration` says when, and
// what exactly. A migration that was applied somewhere is never edited: another one is added
// behind.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "clinic/result.hpp"

namespace clinic::sqlite {

struct Migration {
  int version;
  std::string name;
  std::string sql;
};

/// Each in a file of its own.
Migration CreateSchema();
Migration AddWaitlist();
Migration RememberPools();
Migration FeedAllChanges();
Migration AddSignInDetails();

/// Every migration, oldest first; versions count from 1.
const std::vector<Migration>& AllMigrations();

/// Those of `migrations` that the database lacks. Errors: kInvalidArgument where it is another
/// program's, or newer than the last of them; kCorrupt where what was applied is not what they say.
Result<std::vector<Migration>> Pending(Connection& connection,
                                       std::span<const Migration> migrations);

/// Applies those that are pending, in one transaction: where one fails, the database is left as it
/// was. Errors: those of Pending; kUnavailable where a migration fails.
Result<void> Migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace clinic::sqlite
