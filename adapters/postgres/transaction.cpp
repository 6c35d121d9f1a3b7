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

// Nothing, where it still goes on. A session that waits for a commit that will not come any more is
// ended. The message makes this transaction itself wait for the standby: what is told of then is
// there too.
std::optional<Outcome> Ask(Connection& connection, const std::string& number, int process) {
  connection.RunScript("BEGIN");
  connection.Run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE pid = $1 AND backend_xid = $2::xid8::xid AND state = 'idle in transaction'",
      process, number);
  const Rows rows = connection.Run(
      "SELECT pg_xact_status($1::xid8), pg_logical_emit_message(true, 'clinic', 'outcome')",
      number);
  const std::optional<std::string_view> status = rows.At(0, 0);
  std::optional<Outcome> outcome;
  if (!status) outcome = Outcome::kUnknown;  // too long ago
  if (status == "committed") outcome = Outcome::kCommitted;
  if (status == "aborted") outcome = Outcome::kRolledBack;
  connection.RunScript(kCommit);
  return outcome;
}

}  // namespace

WriteTransaction::WriteTransaction(Connection& connection) : connection_(connection) {
  const Rows rows = connection_.RunScript("BEGIN; SELECT pg_current_xact_id()");
  number_ = rows[0].Text();
}

WriteTransaction::~WriteTransaction() {
  if (open_) RollBack(connection_);
}

void WriteTransaction::Commit() {
  open_ = false;
  connection_.RunScript(kCommit);
}

ReadTransaction::ReadTransaction(Connection& connection) : connection_(connection) {
  connection_.RunScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

ReadTransaction::~ReadTransaction() { RollBack(connection_); }

Outcome FindOutcome(Pool& pool, const std::string& number, int process, Deadline deadline) {
  std::chrono::milliseconds pause{2};
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      Pool::Lease lease = pool.Take(deadline);
      try {
        if (const auto outcome = Ask(lease.connection(), number, process)) return *outcome;
      } catch (const Failure& failure) {
        lease.Discard();
        // The server has never heard of it: a standby that the commit did not reach took over.
        if (failure.sqlstate() == "22023") return Outcome::kRolledBack;
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
