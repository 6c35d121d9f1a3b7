// How a group of writers is run in one transaction: see adapters/group_commit.hpp.
#pragma once

#include <vector>

#include "adapters/group_commit.hpp"
#include "adapters/postgres/pool.hpp"
#include "adapters/postgres/transaction.hpp"
#include "adapters/postgres/unit.hpp"

namespace clinic::postgres {

class PostgresUnitOfWork;

/// Runs groups: hopefully at first, so that most take one way to the server and back; again, and
/// carefully, where a row was refused; again as it was, within a bound, where another transaction
/// came first or the connection broke. Each work that is refused is undone alone.
class GroupWriter {
 public:
  GroupWriter(Pool& pool, const PostgresOptions& options) : pool_(pool), options_(options) {}

  /// Safe to call from any thread, each with a group of its own.
  void Run(GroupCommit::Group& group) const;

 private:
  using Entries = std::vector<GroupCommit::Entry*>;

  /// One transaction. Leaves in `entries` those of which nothing has come yet, if it is to be run
  /// again with them. Throws Failure.
  void RunOnce(GroupCommit::Group& group, Entries& entries, Writing writing,
               Deadline deadline) const;
  void Commit(Pool::Lease& lease, WriteTransaction& transaction, PostgresUnitOfWork& unit) const;

  Pool& pool_;
  const PostgresOptions& options_;
};

}  // namespace clinic::postgres
