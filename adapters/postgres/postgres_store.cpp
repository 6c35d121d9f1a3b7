#include "adapters/postgres/postgres_store.hpp"

#include "adapters/postgres/change_signal.hpp"
#include "adapters/postgres/connection_string.hpp"
#include "adapters/postgres/group_writer.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/pool.hpp"
#include "adapters/postgres/sign_ins.hpp"
#include "adapters/postgres/transaction.hpp"
#include "adapters/postgres/unit_of_work.hpp"

namespace clinic {
namespace postgres {
namespace {

Result<void> ReadIn(Connection& connection, const Store::Work& work) {
  return PostgresUnitOfWork(connection, Access::kRead, Writing::kCarefully).RunReading(work);
}

}  // namespace
}  // namespace postgres

using postgres::Deadline;
using postgres::Failure;
using postgres::Pool;

PostgresStore::PostgresStore(const std::string& connection_string, const PostgresOptions& options)
    : connection_string_(connection_string),
      options_(options),
      writers_(std::make_unique<Pool>(connection_string, options.writing_connections, options,
                                      options.figures ? &options.figures->writers : nullptr)),
      readers_(std::make_unique<Pool>(connection_string, options.reading_connections, options,
                                      options.figures ? &options.figures->readers : nullptr)),
      writer_(std::make_unique<postgres::GroupWriter>(*writers_, options_)),
      line_(std::make_unique<GroupCommit>(
          GroupCommit::Limits{.lanes = options.writing_connections},
          [this](GroupCommit::Group& group) { writer_->Run(group); },
          options.figures ? &options.figures->groups : nullptr)),
      sign_ins_(std::make_unique<postgres::SignIns>(*readers_, options_)) {}

PostgresStore::~PostgresStore() = default;

Result<std::unique_ptr<Store>> PostgresStore::Open(const std::string& connection_string,
                                                   const PostgresOptions& options) {
  return postgres::Guarded([&]() -> Result<std::unique_ptr<Store>> {
    std::unique_ptr<PostgresStore> store(new PostgresStore(connection_string, options));
    {
      Pool::Lease lease =
          store->writers_->Take(std::chrono::steady_clock::now() + options.wait_for_connection);
      Result<void> migrated = postgres::Migrate(lease.connection(), postgres::AllMigrations());
      if (!migrated.ok()) return std::move(migrated).error();
    }
    return std::unique_ptr<Store>(std::move(store));
  });
}

Result<void> PostgresStore::Write(const Work& work) { return line_->Write(work); }

Result<void> PostgresStore::Read(const Work& work) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.wait_for_connection;
  return postgres::Guarded([&]() -> Result<void> {
    while (true) {
      Pool::Lease lease = readers_->Take(deadline);
      std::optional<postgres::ReadTransaction> transaction;
      try {
        transaction.emplace(lease.connection());
      } catch (const Failure& failure) {
        // Broken since it was used last; nothing was read yet, so another one does as well.
        if (!failure.ends_connection()) throw;
        lease.Discard();
        continue;
      }
      try {
        return postgres::ReadIn(lease.connection(), work);
      } catch (const Failure& failure) {
        transaction.reset();
        if (failure.ends_connection()) lease.Discard();
        throw;
      }
    }
  });
}

Result<SignIn> PostgresStore::FindSignIn(SessionId id) { return sign_ins_->Find(id); }

Result<std::unique_ptr<ChangeSignal>> PostgresStore::Watch() {
  return postgres::WatchEvents(postgres::WithDefaults(connection_string_, options_));
}

Result<std::vector<MigrationStatus>> PostgresStore::PendingMigrations(
    const std::string& connection_string, const PostgresOptions& options) {
  return postgres::Guarded([&]() -> Result<std::vector<MigrationStatus>> {
    Pool pool(connection_string, 1, options);
    Pool::Lease lease = pool.Take(std::chrono::steady_clock::now() + options.wait_for_connection);
    const auto pending = postgres::Pending(lease.connection(), postgres::AllMigrations());
    if (!pending.ok()) return pending.error();
    std::vector<MigrationStatus> statuses;
    for (const postgres::Migration& migration : *pending) {
      statuses.push_back({migration.version, migration.name});
    }
    return statuses;
  });
}

}  // namespace clinic
