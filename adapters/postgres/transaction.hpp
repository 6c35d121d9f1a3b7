// Transactions, and what became of one whose commit was not answered.
#pragma once

#include <string>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/pool.hpp"

namespace clinic::postgres {

/// A transaction that can write; rolled back at its end unless it was committed.
class WriteTransaction {
 public:
  /// Throws Failure.
  explicit WriteTransaction(Connection& connection);
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction();

  /// By which the server knows it (xid8), also after it, or its standby, took over.
  const std::string& number() const { return number_; }

  /// Waits as long as it takes for disk and standby. Throws Failure: ConnectionLost where the
  /// transaction may have been committed or not.
  void Commit();

 private:
  Connection& connection_;
  std::string number_;
  bool open_ = true;
};

/// A transaction that sees one state of the database.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection);
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction();

 private:
  Connection& connection_;
};

enum class Outcome { kCommitted, kRolledBack, kUnknown };

/// Asks the server what became of the transaction of that number, which `process` of the server
/// ran; kUnknown where it cannot be reached, or is still at it, at the deadline.
Outcome FindOutcome(Pool& pool, const std::string& number, int process, Deadline deadline);

}  // namespace clinic::postgres
