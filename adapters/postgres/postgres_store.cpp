#include "adapters/postgres/postgres_store.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "adapters/postgres/change_signal.hpp"
#include "adapters/postgres/connection_string.hpp"
#include "adapters/postgres/migrations.hpp"
#include "adapters/postgres/pool.hpp"
#include "adapters/postgres/transaction.hpp"
#include "adapters/postgres/unit_of_work.hpp"

namespace clinic {
namespace postgres {
namespace {

Error OutcomeUnknown(const Failure& lost) {
  return {ErrorCode::kUnavailable,
          std::string("the connection was lost while the change was committed, and the database "
                      "cannot be asked what became of it; asked again with the same "
                      "Idempotency-Key, it is done once (") +
              lost.what() + ")"};
}

// Before work is run again: the others who were in its way are given a moment, each another one.
void Pause(int reruns) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> microseconds(0, 500 << std::min(reruns, 6));
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
}

Result<void> ReadIn(Connection& connection, const Store::Work& work) {
  return PostgresUnitOfWork(connection, Access::kRead, Writing::kCarefully).RunAlone(work);
}

// One run of the work. Throws Failure where it may be run again, or not.
Result<void> WriteOnce(Pool& pool, Pool::Lease& lease, const Store::Work& work, Writing writing,
                       Deadline deadline) {
  const int process = lease.connection().process();
  WriteTransaction transaction(lease.connection());
  PostgresUnitOfWork unit(lease.connection(), Access::kWrite, writing);
  if (Result<void> result = unit.RunAlone(work); !result.ok()) return result;
  unit.Finish();
  try {
    transaction.Commit();
    return {};
  } catch (const Failure& failure) {
    if (!failure.ends_connection()) throw;
    switch (FindOutcome(pool, transaction.number(), process, deadline)) {
      case Outcome::kCommitted:
        lease.Discard();
        return {};
      case Outcome::kRolledBack:
        throw;
      case Outcome::kUnknown:
        break;
    }
    lease.Discard();
    return OutcomeUnknown(failure);
  }
}

}  // namespace
}  // namespace postgres

using postgres::Deadline;
using postgres::Failure;
using postgres::Pool;

PostgresStore::PostgresStore(const std::string& connection_string, const PostgresOptions& options)
    : connection_string_(connection_string),
      options_(options),
      writers_(std::make_unique<Pool>(connection_string, options.writing_connections, options)),
      readers_(std::make_unique<Pool>(connection_string, options.reading_connections, options)) {}

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

Result<void> PostgresStore::Write(const Work& work) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.wait_for_connection;
  return postgres::Guarded([&]() -> Result<void> {
    postgres::Writing writing = postgres::Writing::kHopefully;
    for (int reruns = 0;; ++reruns) {
      Pool::Lease lease = writers_->Take(deadline);
      try {
        return postgres::WriteOnce(*writers_, lease, work, writing, deadline);
      } catch (const Failure& failure) {
        if (failure.ends_connection()) lease.Discard();
        if (!failure.may_be_rerun() || reruns == options_.most_reruns) throw;
        if (failure.is_broken_rule()) writing = postgres::Writing::kCarefully;
      }
      postgres::Pause(reruns);
    }
  });
}

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
