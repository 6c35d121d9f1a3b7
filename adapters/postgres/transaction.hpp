// Transactions, and what became of one whose commit was not answered.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/pool.hpp"

namespace clinic::postgres {

/// By which a transaction is found again after its connection was lost. The row that it leaves is
/// the proof: the server's own numbers are given anew after a crash, or by a standby that took
/// over, where they were not on the disk.
struct CommitMark {
  std::string writer;        ///< the connection that it ran on
  std::int64_t commits = 0;  ///< counted on that connection
  std::string number;        ///< the server's own (xid8)
  int process = 0;           ///< of the server, that ran it
};

/// A transaction that can write; rolled back at its end unless it was committed.
class WriteTransaction {
 public:
  /// Throws Failure.
  explicit WriteTransaction(Connection& connection);
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction();

  const CommitMark& mark() const { return mark_; }

  /// Waits as long as it takes for disk and standby. Throws Failure: ConnectionLost where the
  /// transaction may have been committed or not.
  void Commit();

 private:
  Connection& connection_;
  CommitMark mark_;
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

/// Asks the server, or the one that took over, what became of a transaction; kUnknown where nobody
/// can be reached, or it is still under way, at the deadline.
Outcome FindOutcome(Pool& pool, const CommitMark& mark, Deadline deadline);

}  // namespace clinic::postgres
