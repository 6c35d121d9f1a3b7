// One connection to the file, with the statements that were prepared on it.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::sqlite {

/// Used by one thread at a time.
class Connection {
 public:
  enum class Mode { kReadOnly, kReadWrite, kCreate };

  /// Throws SQLite::Exception where the file cannot be opened in that mode.
  Connection(const std::string& path, Mode mode, std::chrono::milliseconds busy_timeout);

  SQLite::Database& database() { return database_; }

  /// True inside a transaction. SQLite ends one by itself after some errors, such as a full disk.
  bool InTransaction() const;

  /// True where the file is no longer the one of its name: it was moved or deleted, and what is
  /// written to it now would be lost.
  bool HasMoved() const;

  /// Reads the file anew from here on: what was damaged may be mended.
  void ForgetPages();

  /// How many rows were changed on it so far, those included that were rolled back later. A
  /// statement that fails has changed none.
  std::int64_t Changes() const;

  /// A statement of that text, prepared before or now; for whoever takes it alone, until it is put
  /// back.
  std::unique_ptr<SQLite::Statement> Take(std::string_view sql);
  void PutBack(std::string_view sql, std::unique_ptr<SQLite::Statement> statement);

 private:
  SQLite::Database database_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>, std::less<>> idle_statements_;
};

/// A transaction that is rolled back at its end unless it was committed.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };

  Transaction(Connection& connection, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void Commit();

 private:
  Connection& connection_;
};

/// Connections that only read. Safe to call from any thread.
class ConnectionPool {
 public:
  ConnectionPool(std::string path, std::chrono::milliseconds busy_timeout)
      : path_(std::move(path)), busy_timeout_(busy_timeout) {}

  /// An idle connection, or a new one: nobody waits for another reader.
  std::unique_ptr<Connection> Take();
  void PutBack(std::unique_ptr<Connection> connection);

 private:
  const std::string path_;
  const std::chrono::milliseconds busy_timeout_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace clinic::sqlite
