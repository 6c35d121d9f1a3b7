// A store in a PostgreSQL database: the one to use where several servers share their bookings.
//
// Any number of stores, in any number of processes, may be open on one database. The database
// itself refuses a double booking; how is in adapters/postgres/README.md. A Write that returned
// without error is on the server's disk, and on a synchronous standby's where there is one.
//
// A server that restarts, or that another one takes over from, is waited for within bounds: what
// was being written is run again. Where the connection is lost while a transaction commits, the
// server is asked what became of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "adapters/migration_status.hpp"
#include "clinic/result.hpp"
#include "clinic/store.hpp"

namespace clinic {

class GroupCommit;
struct StoreFigures;

namespace postgres {
class GroupWriter;
class Pool;
class SignIns;
}  // namespace postgres

struct PostgresOptions {
  /// How many groups of writers (adapters/group_commit.hpp) are under way at once. With two, one
  /// writes rows while the other waits for the disk.
  std::size_t writing_connections = 2;
  std::size_t reading_connections = 8;
  /// For each host of the connection string.
  std::chrono::seconds connect_timeout{3};
  /// How long a statement may take, but for one that is a commit too; a server that says nothing
  /// for twice as long is given up.
  std::chrono::milliseconds statement_timeout{10'000};
  /// How long a statement waits for what another transaction is writing.
  std::chrono::milliseconds lock_timeout{5'000};
  /// How long a caller waits for a connection, also while the server cannot be reached.
  std::chrono::milliseconds wait_for_connection{5'000};
  /// How often a unit of work is run again where other transactions came first.
  int most_reruns = 10;
  /// Where the store counts what it does; outlives it.
  StoreFigures* figures = nullptr;
};

/// Safe to call from any thread.
class PostgresStore final : public Store {
 public:
  /// Connects, and brings the schema up to date: all pending migrations or none; several stores
  /// that are opened at once take turns. `connection_string` as libpq reads it, a URI or keywords;
  /// where it names several hosts, the primary among them is found (target_session_attrs=primary,
  /// unless it says otherwise). Errors: kInvalidArgument where the database is of a newer version
  /// than this program knows, or not in UTF-8; kCorrupt where its migrations were others;
  /// kUnavailable where it cannot be reached in time, or refuses the connection.
  static Result<std::unique_ptr<Store>> Open(const std::string& connection_string,
                                             const PostgresOptions& options = {});

  /// The migrations that opening the database would apply, in order. Changes nothing. Errors: as
  /// Open.
  static Result<std::vector<MigrationStatus>> PendingMigrations(
      const std::string& connection_string, const PostgresOptions& options = {});

  ~PostgresStore() override;

  Result<void> Write(const Work& work) override;
  Result<void> Read(const Work& work) override;
  Result<SignIn> FindSignIn(SessionId id) override;
  Result<std::unique_ptr<ChangeSignal>> Watch() override;

 private:
  PostgresStore(const std::string& connection_string, const PostgresOptions& options);

  const std::string connection_string_;
  const PostgresOptions options_;
  std::unique_ptr<postgres::Pool> writers_;
  std::unique_ptr<postgres::Pool> readers_;
  std::unique_ptr<postgres::GroupWriter> writer_;
  std::unique_ptr<GroupCommit> line_;
  std::unique_ptr<postgres::SignIns> sign_ins_;
};

}  // namespace clinic
