#include "adapters/postgres/transaction.hpp"

#include <thread>

namespace clinic::postgres {
namespace {

void RollBack(Connection& connection) {
  try {
    connection.RunScript("ROLLBACK");
  } catch (const Failure&) {
    connection.Spoil();
  }
}

// A statement that is cut short while the standby is waited for would count as committed, and might
// be lost with this server.
constexpr const char* kCommit = "SET LOCAL statement_timeout = 0; COMMIT";

// Gives the connection a name, and prepares the statement that marks its commits.
void PrepareMarks(Connection& connection) {
  const Rows rows = connection.RunScript("SELECT gen_random_uuid()");
  const std::string writer = rows[0].Text();
  connection.RunScript("PREPARE mark_commit (bigint) AS INSERT INTO commit_mark VALUES ('" +
                       writer +
                       "', $1) ON CONFLICT (writer) DO UPDATE SET commits = $1, at = now()");
  connection.set_writer(writer);
}

// A session that waits for a commit that will not come any more is ended. Where the transaction is
// still under way, the row is waited for. To write it makes this transaction itself wait for the
// standby: what is told of then is there too.
Outcome Ask(Connection& connection, const CommitMark& mark) {
  connection.RunScript("BEGIN");
  connection.Run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE pid = $1 AND backend_xid = $2::xid8::xid AND state = 'idle in transaction'",
      mark.process, mark.number);
  const Rows rows = connection.Run(
      "INSERT INTO commit_mark VALUES ($1::uuid, 0) ON CONFLICT (writer) "
      "DO UPDATE SET commits = commit_mark.commits RETURNING commits",
      mark.writer);
  const auto commits = rows[0].Number<std::int64_t>();
  connection.RunScript(kCommit);
  return commits >= mark.commits ? Outcome::kCommitted : Outcome::kRolledBack;
}

}  // namespace

WriteTransaction::WriteTransaction(Connection& connection) : connection_(connection) {
  if (connection_.writer().empty()) PrepareMarks(connection_);
  const Rows rows = connection_.RunScript("BEGIN; SELECT pg_current_xact_id()");
  mark_ = {connection_.writer(), connection_.CountCommit(), rows[0].Text(), connection_.process()};
}

WriteTransaction::~WriteTransaction() {
  if (open_) RollBack(connection_);
}

void WriteTransaction::Commit() {
  open_ = false;
  connection_.RunScript("EXECUTE mark_commit(" + std::to_string(mark_.commits) + "); " + kCommit);
}

ReadTransaction::ReadTransaction(Connection& connection) : connection_(connection) {
  connection_.RunScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

ReadTransaction::~ReadTransaction() { RollBack(connection_); }

Outcome FindOutcome(Pool& pool, const CommitMark& mark, Deadline deadline) {
  std::chrono::milliseconds pause{2};
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      Pool::Lease lease = pool.Take(deadline);
      try {
        return Ask(lease.connection(), mark);
      } catch (const Failure&) {
        lease.Discard();
      }
    } catch (const Failure&) {
      return Outcome::kUnknown;  // no connection by the deadline
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{200});
  }
  return Outcome::kUnknown;
}

}  // namespace clinic::postgres
