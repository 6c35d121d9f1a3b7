// A store in an SQLite file: the one to use where one machine is enough.
//
// The file is in WAL mode and every commit is synced (synchronous=FULL): a Write that returned
// without error survives a crash and a power cut. Readers see the last committed state and wait for
// nobody. How the promise is kept in the file itself is in adapters/sqlite/README.md.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/migration_status.hpp"
#include "clinic/result.hpp"
#include "clinic/store.hpp"

namespace clinic {

class GroupCommit;
struct StoreFigures;

namespace sqlite {
class Connection;
class ConnectionPool;
class SignIns;
}  // namespace sqlite

struct SqliteOptions {
  bool create_if_missing = true;
  /// How long to wait for another program that writes to the file.
  std::chrono::milliseconds busy_timeout{5000};
  /// Where the store counts what it does; outlives it.
  StoreFigures* figures = nullptr;
};

/// The migrations that opening the file would apply, in order; all of them where there is no file.
/// Changes nothing. Errors: as SqliteStore::Open.
Result<std::vector<MigrationStatus>> PendingMigrations(const std::string& path);

/// Safe to call from any thread. Writers take turns, and those who come at the same time share a
/// transaction and a sync (adapters/group_commit.hpp); a unit of work must not open another one to
/// write.
class SqliteStore final : public Store {
 public:
  /// Opens the file, and brings its schema up to date: each migration entirely or not at all.
  /// Errors: kInvalidArgument where the path is a URI, or the file another program's database, or
  /// of a newer version than this program knows; kCorrupt where it is no database, or a damaged
  /// one; kUnavailable where it is missing and is not to be created, cannot be written, or is busy
  /// for longer than the timeout.
  static Result<std::unique_ptr<Store>> Open(const std::string& path,
                                             const SqliteOptions& options = {});

  ~SqliteStore() override;

  Result<void> Write(const Work& work) override;
  Result<void> Read(const Work& work) override;
  Result<SignIn> FindSignIn(SessionId id) override;
  std::optional<SignIn> FindKeptSignIn(SessionId id) override;
  Result<std::unique_ptr<ChangeSignal>> Watch() override;

 private:
  SqliteStore(std::unique_ptr<sqlite::Connection> writer,
              std::unique_ptr<sqlite::ConnectionPool> readers, StoreFigures* figures);

  std::unique_ptr<sqlite::Connection> writer_;
  std::unique_ptr<sqlite::ConnectionPool> readers_;
  std::unique_ptr<sqlite::SignIns> sign_ins_;
  std::unique_ptr<GroupCommit> writers_;
};

}  // namespace clinic
