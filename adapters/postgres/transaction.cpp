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

// Gives the connection a name, and prepares the statement that marks its commits. Its statements
// have no timeout of their own any more: one of them may be a commit.
void BecomeWriter(Connection& connection) {
  const Rows rows = connection.RunScript(
      "SET statement_timeout = 0; SELECT gen_random_uuid(), extract(epoch FROM backend_start) "
      "FROM pg_stat_activity WHERE pid = pg_backend_pid()");
  Row row = rows[0];
  const std::string writer = row.Text();
  connection.RunScript("PREPARE mark_commit (bigint) AS INSERT INTO commit_mark VALUES ('" +
                       writer +
                       "', $1) ON CONFLICT (writer) DO UPDATE SET commits = $1, at = now()");
  connection.BecomeWriter(writer, row.Text());
}

enum class Session { kGone, kIdle, kAtWork };

// Who waits for the standby has written the mark, and counts as gone. All others are ended, and may
// be gone only when this is asked again: until then what they do may still be committed.
Session End(Connection& connection, const CommitMark& mark) {
  const Rows ended = connection.Run(
      "SELECT state = 'active', pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 "
      "AND extract(epoch FROM backend_start)::text = $2 "
      "AND wait_event IS DISTINCT FROM 'SyncRep'",
      mark.process, mark.process_began);
  if (ended.empty()) return Session::kGone;
  return ended.At(0, 0) == "t" ? Session::kAtWork : Session::kIdle;
}

// Whose transaction still has the row is waited for. To write it makes this transaction itself wait
// for the standby: what is told of then is there too.
bool IsCommitted(Connection& connection, const CommitMark& mark) {
  connection.RunScript("BEGIN");
  const Rows rows = connection.Run(
      "INSERT INTO commit_mark VALUES ($1::uuid, 0) ON CONFLICT (writer) "
      "DO UPDATE SET commits = commit_mark.commits RETURNING commits",
      mark.writer);
  const auto commits = rows[0].Number<std::int64_t>();
  connection.RunScript(kCommit);
  return commits >= mark.commits;
}

}  // namespace

WriteTransaction::WriteTransaction(Connection& connection,
                                   std::chrono::milliseconds statement_timeout)
    : connection_(connection) {
  connection_.Listen();
  if (connection_.writer().empty()) BecomeWriter(connection_);
  connection_.RunBeforeNext("BEGIN; SET LOCAL statement_timeout = " +
                            std::to_string(statement_timeout.count()));
  mark_ = {connection_.writer(), connection_.CountCommit(), connection_.process(),
           connection_.process_began()};
}

WriteTransaction::~WriteTransaction() {
  if (open_ && !connection_.ForgetBeforeNext()) RollBack(connection_);
}

void WriteTransaction::Commit() {
  open_ = false;
  try {
    connection_.RunScript("EXECUTE mark_commit(" + std::to_string(mark_.commits) + "); " + kCommit);
  } catch (const Failure& failure) {
    if (!failure.ends_connection()) RollBack(connection_);
    throw;
  }
}

void WriteTransaction::WriteAndCommit(PendingRows& rows) {
  open_ = false;
  connection_.ForgetBeforeNext();
  rows.WriteAndCommit(connection_, ParseUuid(mark_.writer).value_or(Uuid{}), mark_.commits);
}

ReadTransaction::ReadTransaction(Connection& connection) : connection_(connection) {
  connection_.RunScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

ReadTransaction::~ReadTransaction() { RollBack(connection_); }

Outcome FindOutcome(Pool& pool, const CommitMark& mark, Deadline deadline) {
  std::chrono::milliseconds pause{2};
  bool was_at_work = false;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      Pool::Lease lease = pool.Take(deadline);
      try {
        const Session session = End(lease.connection(), mark);
        if (session == Session::kGone) {
          if (IsCommitted(lease.connection(), mark)) return Outcome::kCommitted;
          return was_at_work ? Outcome::kEnded : Outcome::kRolledBack;
        }
        was_at_work |= session == Session::kAtWork;
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
