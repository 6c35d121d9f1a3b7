#include "adapters/sqlite/connection.hpp"

#include <sqlite3.h>

#include <utility>

#include "adapters/sqlite/log_vfs.hpp"
#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

int OpenFlags(Connection::Mode mode) {
  switch (mode) {
    case Connection::Mode::kReadOnly:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    case Connection::Mode::kReadWrite:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    case Connection::Mode::kCreate:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
}

}  // namespace

Connection::Connection(const std::string& path, Mode mode, std::chrono::milliseconds busy_timeout)
    : database_(path, OpenFlags(mode), static_cast<int>(busy_timeout.count()),
                mode == Mode::kReadOnly ? "" : LogVfs()) {
  sqlite3_extended_result_codes(database_.getHandle(), 1);
  // What an Attempt would have to undo stays in memory; the schema may come from anywhere, and is
  // not trusted; damage is found where it is read.
  database_.exec(
      "PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;");
  if (mode == Mode::kReadOnly) {
    // There are as many of these as ever read at once, and the system has the file in memory.
    database_.exec("PRAGMA query_only = ON; PRAGMA cache_size = -8192");
    return;
  }
  // Of a file that is made now: what is written for a row is its page, and rows are short.
  if (mode == Mode::kCreate) database_.exec("PRAGMA page_size = 2048");
  // The first two are what the log's VFS stands on. The log is copied into the file every 16,384
  // pages, so that a page is not copied again and again; 64 MiB of pages are cached.
  database_.exec(
      "PRAGMA synchronous = FULL;"
      "PRAGMA cache_spill = OFF;"
      "PRAGMA wal_autocheckpoint = 16384;"
      "PRAGMA cache_size = -65536;");
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(database_.getHandle()) == 0;
}

bool Connection::HasMoved() const {
  int moved = 0;
  sqlite3_file_control(database_.getHandle(), nullptr, SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

void Connection::ForgetPages() { sqlite3_db_release_memory(database_.getHandle()); }

std::int64_t Connection::Changes() const { return sqlite3_total_changes64(database_.getHandle()); }

std::unique_ptr<SQLite::Statement> Connection::Take(std::string_view sql) {
  if (const auto found = idle_statements_.find(sql);
      found != idle_statements_.end() && found->second != nullptr) {
    return std::move(found->second);
  }
  return std::make_unique<SQLite::Statement>(database_, std::string(sql));
}

void Connection::PutBack(std::string_view sql, std::unique_ptr<SQLite::Statement> statement) {
  if (const auto found = idle_statements_.find(sql); found != idle_statements_.end()) {
    found->second = std::move(statement);
  } else {
    idle_statements_.emplace(sql, std::move(statement));
  }
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  Query(connection_, kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED").Run();
}

// Rolling back can fail only where there is nothing left to roll back.
Transaction::~Transaction() {
  if (connection_.InTransaction()) connection_.database().tryExec("ROLLBACK");
}

void Transaction::Commit() { Query(connection_, "COMMIT").Run(); }

std::unique_ptr<Connection> ConnectionPool::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return std::make_unique<Connection>(path_, Connection::Mode::kReadOnly, busy_timeout_);
}

void ConnectionPool::PutBack(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace clinic::sqlite
