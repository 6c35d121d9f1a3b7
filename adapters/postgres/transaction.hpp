// Transactions, and what became of one whose commit was not answered.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/pending_rows.hpp"
#include "adapters/postgres/pool.hpp"

namespace clinic::postgres {

/// By which a transaction is found again after its connection was lost. The row that it leaves is
/// the proof; the process, as long as it lives, may still leave it.
struct CommitMark {
  std::string writer;         ///< the connection that it ran on
  std::int64_t commits = 0;   ///< counted on that connection
  int process = 0;            ///< of the server, that ran it
  std::string process_began;  ///< when
};

/// A transaction that can write; rolled back at its end unless it was committed. It begins with the
/// first statement that is run on the connection.
class WriteTransaction {
 public:
  /// `statement_timeout` is for its statements, but not for the commit. Throws Failure:
  /// ConnectionLost where the server has gone since it was asked last.
  WriteTransaction(Connection& connection, std::chrono::milliseconds statement_timeout);
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction();

  const CommitMark& mark() const { return mark_; }

  bool has_begun() const { return !connection_.is_before_next(); }

  /// Waits as long as it takes for disk and standby. Throws Failure: ConnectionLost where the
  /// transaction may have been committed or not.
  void Commit();

  /// The same, with all that it writes, in one way to the server and back. Requires that it has not
  /// begun.
  void WriteAndCommit(PendingRows& rows);

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

enum class Outcome {
  kCommitted,
  kRolledBack,
  kEnded,  ///< rolled back, as the server was still at work on it and had to be stopped
  kUnknown,
};

/// Asks the server, or the one that took over, what became of a transaction whose connection was
/// lost, and ends it where it is still under way; kUnknown where nobody can be reached, or it goes
/// on, at the deadline.
Outcome FindOutcome(Pool& pool, const CommitMark& mark, Deadline deadline);

}  // namespace clinic::postgres
