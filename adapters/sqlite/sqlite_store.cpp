#include "adapters/sqlite/sqlite_store.hpp"

#include <filesystem>

#include "adapters/group_commit.hpp"
#include "adapters/sqlite/bookings.hpp"
#include "adapters/sqlite/change_signal.hpp"
#include "adapters/sqlite/directory.hpp"
#include "adapters/sqlite/journal.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/resources.hpp"
#include "adapters/sqlite/sign_ins.hpp"
#include "adapters/sqlite/unit.hpp"
#include "adapters/sqlite/waitlist.hpp"

namespace clinic {
namespace sqlite {
namespace {

class SqliteUnitOfWork final : public UnitOfWork {
 public:
  SqliteUnitOfWork(Connection& connection, Access access)
      : unit_{.connection = connection, .access = access} {}

  BookingStore& bookings() override { return bookings_; }
  ResourceStore& resources() override { return resources_; }
  WaitlistStore& waitlist() override { return waitlist_; }
  DirectoryStore& directory() override { return directory_; }
  AuditStore& audit() override { return audit_; }
  OutboxStore& outbox() override { return outbox_; }
  IdempotencyStore& idempotency() override { return idempotency_; }

  Result<void> Attempt(const std::function<Result<void>()>& part) override {
    const auto run = [this](std::string_view sql) {
      return Guarded([&]() -> Result<void> {
        Query(unit_.connection, sql).Run();
        return {};
      });
    };
    // Outside a transaction a savepoint would begin one of its own.
    if (Result<void> under_way = unit_.Write([]() -> Result<void> { return {}; });
        !under_way.ok()) {
      return under_way;
    }
    if (Result<void> begun = run("SAVEPOINT part"); !begun.ok()) return unit_.refusals.Note(begun);
    Result<void> result = unit_.refusals.Confine(part, [&] { return run("ROLLBACK TO part"); });
    // Where SQLite gave up the whole transaction, there is no savepoint left, and this says so.
    if (Result<void> ended = run("RELEASE part"); !ended.ok()) return unit_.refusals.Note(ended);
    return result;
  }

  Result<void> Run(const Store::Work& work) { return unit_.refusals.Outcome(work(*this)); }

 private:
  Unit unit_;
  Bookings bookings_{unit_};
  Resources resources_{unit_};
  Waitlist waitlist_{unit_};
  Directory directory_{unit_};
  Audit audit_{unit_};
  Outbox outbox_{unit_};
  Idempotency idempotency_{unit_};
};

Result<void> RunStatement(Connection& connection, std::string_view sql) {
  return Guarded([&]() -> Result<void> {
    Query(connection, sql).Run();
    return {};
  });
}

bool IsCorrupt(const Result<void>& result) {
  return !result.ok() && result.error().code == ErrorCode::kCorrupt;
}

// What the works of a group have in common, on the connection that writes.
class WriteTransaction final : public SharedTransaction {
 public:
  explicit WriteTransaction(Connection& connection) : connection_(connection) {}
  ~WriteTransaction() override {
    RollBack();
    if (met_damage_) connection_.ForgetPages();
  }

  Result<void> Begin() override { return RunStatement(connection_, "BEGIN IMMEDIATE"); }
  bool IsUnderWay() const override { return connection_.InTransaction(); }

  Result<void> Run(const Store::Work& work) override {
    changes_before_ = connection_.Changes();
    Result<void> result =
        Guarded([&] { return SqliteUnitOfWork(connection_, Access::kWrite).Run(work); });
    met_damage_ |= IsCorrupt(result);
    return result;
  }
  bool HasWritten() const override { return connection_.Changes() != changes_before_; }

  Result<void> Mark() override { return RunStatement(connection_, "SAVEPOINT work"); }
  Result<void> UndoToMark() override {
    Result<void> undone = RunStatement(connection_, "ROLLBACK TO work");
    return undone.ok() ? Unmark() : undone;
  }
  Result<void> Unmark() override { return RunStatement(connection_, "RELEASE work"); }

  Result<void> Commit() override {
    Result<void> committed =
        connection_.HasMoved()
            ? Error{ErrorCode::kUnavailable, "the database file was moved away or deleted"}
            : RunStatement(connection_, "COMMIT");
    if (!committed.ok()) RollBack();
    return committed;
  }

  // Rolling back can fail only where there is nothing left to roll back.
  void RollBack() override {
    if (connection_.InTransaction()) connection_.database().tryExec("ROLLBACK");
  }

 private:
  Connection& connection_;
  std::int64_t changes_before_ = 0;
  bool met_damage_ = false;
};

// A reader's connection, for as long as a unit of work lasts.
class Lease {
 public:
  explicit Lease(ConnectionPool& pool) : pool_(pool), connection_(pool.Take()) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool_.PutBack(std::move(connection_)); }

  Connection& connection() { return *connection_; }

 private:
  ConnectionPool& pool_;
  std::unique_ptr<Connection> connection_;
};

// A file that cannot be looked at counts as being there: opening it says what is wrong.
bool FileExists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) || error;
}

// SQLite would read settings out of it, such as one by which a commit is seen before it is synced.
bool IsUri(const std::string& path) { return path.starts_with("file:"); }

Error NoPath() {
  return {ErrorCode::kInvalidArgument, "a path is wanted, not a URI: ./file:… where it is a name"};
}

Error Missing() { return {ErrorCode::kUnavailable, "there is no such database file"}; }

void UseWriteAheadLog(Connection& connection) {
  connection.database().exec("PRAGMA journal_mode = WAL");
}

}  // namespace
}  // namespace sqlite

SqliteStore::SqliteStore(std::unique_ptr<sqlite::Connection> writer,
                         std::unique_ptr<sqlite::ConnectionPool> readers, StoreFigures* figures)
    : writer_(std::move(writer)),
      readers_(std::move(readers)),
      sign_ins_(std::make_unique<sqlite::SignIns>(*readers_)),
      writers_(std::make_unique<GroupCommit>(
          GroupCommit::Limits{},
          [this](GroupCommit::Group& group) {
            sqlite::WriteTransaction transaction(*writer_);
            RunTogether(group, transaction);
          },
          figures ? &figures->groups : nullptr)) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<Store>> SqliteStore::Open(const std::string& path,
                                                 const SqliteOptions& options) {
  using sqlite::Connection;
  Result<std::unique_ptr<Store>> opened = sqlite::Guarded([&]() -> Result<std::unique_ptr<Store>> {
    if (sqlite::IsUri(path)) return sqlite::NoPath();
    if (!options.create_if_missing && !sqlite::FileExists(path)) return sqlite::Missing();
    const auto mode =
        options.create_if_missing ? Connection::Mode::kCreate : Connection::Mode::kReadWrite;
    auto writer = std::make_unique<Connection>(path, mode, options.busy_timeout);
    // Checked before anything is changed in what may be another program's file.
    const auto pending = sqlite::Pending(*writer, sqlite::AllMigrations());
    if (!pending.ok()) return pending.error();
    sqlite::UseWriteAheadLog(*writer);
    Result<void> migrated = sqlite::Migrate(*writer, sqlite::AllMigrations());
    if (!migrated.ok()) return std::move(migrated).error();
    auto readers = std::make_unique<sqlite::ConnectionPool>(path, options.busy_timeout);
    return std::unique_ptr<Store>(
        new SqliteStore(std::move(writer), std::move(readers), options.figures));
  });
  if (opened.ok()) return opened;
  Error error = std::move(opened).error();
  error.message = path + ": " + error.message;
  return error;
}

Result<void> SqliteStore::Write(const Work& work) { return writers_->Write(work); }

Result<void> SqliteStore::Read(const Work& work) {
  return sqlite::Guarded([&]() -> Result<void> {
    sqlite::Lease lease(*readers_);
    const Result<void> result = sqlite::Guarded([&]() -> Result<void> {
      sqlite::Transaction transaction(lease.connection(), sqlite::Transaction::Kind::kRead);
      return sqlite::SqliteUnitOfWork(lease.connection(), sqlite::Access::kRead).Run(work);
    });
    if (sqlite::IsCorrupt(result)) lease.connection().ForgetPages();
    return result;
  });
}

Result<SignIn> SqliteStore::FindSignIn(SessionId id) { return sign_ins_->Find(id); }

std::optional<SignIn> SqliteStore::FindKeptSignIn(SessionId id) { return sign_ins_->FindKept(id); }

Result<std::unique_ptr<ChangeSignal>> SqliteStore::Watch() {
  return sqlite::Guarded([&]() -> Result<std::unique_ptr<ChangeSignal>> {
    return std::unique_ptr<ChangeSignal>(
        std::make_unique<sqlite::FileChangeSignal>(readers_->Take()));
  });
}

Result<std::vector<MigrationStatus>> PendingMigrations(const std::string& path) {
  using sqlite::Connection;
  return sqlite::Guarded([&]() -> Result<std::vector<MigrationStatus>> {
    Result<std::vector<sqlite::Migration>> pending = sqlite::AllMigrations();
    if (sqlite::FileExists(path)) {
      Connection connection(path, Connection::Mode::kReadOnly, SqliteOptions().busy_timeout);
      pending = sqlite::Pending(connection, sqlite::AllMigrations());
    }
    if (!pending.ok()) return std::move(pending).error();
    std::vector<MigrationStatus> statuses;
    for (const sqlite::Migration& migration : *pending) {
      statuses.push_back({migration.version, migration.name});
    }
    return statuses;
  });
}

}  // namespace clinic
