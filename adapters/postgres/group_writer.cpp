#include "adapters/postgres/group_writer.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "adapters/postgres/unit_of_work.hpp"

namespace clinic::postgres {
namespace {

using Entry = GroupCommit::Entry;

// The commit may have been done or not, and nobody can be asked.
class OutcomeUnknown final : public Failure {
 public:
  explicit OutcomeUnknown(const Failure& lost)
      : Failure("08007", std::string("the connection was lost while the change was committed, and "
                                     "the database cannot be asked what became of it; asked again "
                                     "with the same Idempotency-Key, it is done once: ") +
                             lost.what()) {}
};

// What the server worked at for so long was ended, and is not asked of it once more.
class TookTooLong final : public Failure {
 public:
  explicit TookTooLong(const Failure& lost) : Failure("57014", lost.what()) {}
};

// Before works are run again: the others who were in their way are given a moment, each another
// one.
void Pause(int reruns) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> microseconds(0, 500 << std::min(reruns, 6));
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
}

bool IsSettled(const Entry* entry) { return entry->outcome || entry->thrown; }

void RunWork(PostgresUnitOfWork& unit, Entry& entry, bool is_first) {
  try {
    Result<void> result = is_first ? unit.RunFirst(entry.work) : unit.RunPart(entry.work);
    if (!result.ok()) entry.outcome = std::move(result);
  } catch (const Failure&) {
    throw;
  } catch (...) {
    entry.thrown = std::current_exception();
  }
}

}  // namespace

void GroupWriter::Run(GroupCommit::Group& group) const {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.wait_for_connection;
  Entries entries = {group.Next()};
  Writing writing = Writing::kHopefully;
  for (int reruns = 0; !entries.empty(); ++reruns) {
    try {
      RunOnce(group, entries, writing, deadline);
      continue;
    } catch (const Failure& failure) {
      const bool again =
          failure.may_be_rerun() || (failure.is_broken_rule() && writing == Writing::kHopefully);
      if (!again || reruns == options_.most_reruns) {
        for (Entry* entry : entries) {
          entry->thrown = nullptr;
          entry->outcome = ToError(failure);
        }
        return;
      }
      if (failure.is_broken_rule()) writing = Writing::kCarefully;
    }
    for (Entry* entry : entries) {
      entry->outcome.reset();
      entry->thrown = nullptr;
    }
    Pause(reruns);
  }
}

void GroupWriter::RunOnce(GroupCommit::Group& group, Entries& entries, Writing writing,
                          Deadline deadline) const {
  Pool::Lease lease = pool_.Take(deadline);
  try {
    WriteTransaction transaction(lease.connection(), options_.statement_timeout);
    PostgresUnitOfWork unit(lease.connection(), Access::kWrite, writing);
    for (std::size_t i = 0;; ++i) {
      if (i == entries.size()) {
        Entry* const next = group.Next();
        if (next == nullptr) break;
        entries.push_back(next);
      }
      RunWork(unit, *entries[i], i == 0);
      if (unit.must_be_rolled_back()) {
        entries.erase(entries.begin());
        if (entries.empty()) {
          if (Entry* const next = group.Next()) entries.push_back(next);
        }
        return;
      }
    }
    if (!std::ranges::all_of(entries, IsSettled)) Commit(lease, transaction, unit);
  } catch (const Failure& failure) {
    if (failure.ends_connection() && lease.is_held()) lease.Discard();
    throw;
  }
  for (Entry* entry : entries) {
    if (!IsSettled(entry)) entry->outcome = Result<void>();
  }
  entries.clear();
}

void GroupWriter::Commit(Pool::Lease& lease, WriteTransaction& transaction,
                         PostgresUnitOfWork& unit) const {
  const bool is_one_way = !transaction.has_begun() && !unit.pending().empty();
  if (!is_one_way) unit.Finish();
  const auto begun = std::chrono::steady_clock::now();
  try {
    if (is_one_way) {
      transaction.WriteAndCommit(unit.pending());
    } else {
      transaction.Commit();
    }
  } catch (const Failure& failure) {
    if (!failure.may_be_done()) throw;
    const bool took_too_long =
        std::chrono::steady_clock::now() - begun > options_.statement_timeout;
    const CommitMark mark = transaction.mark();
    lease.Discard();
    const Deadline known_by = std::chrono::steady_clock::now() + options_.wait_for_connection;
    switch (FindOutcome(pool_, mark, known_by)) {
      case Outcome::kCommitted:
        return;
      case Outcome::kEnded:
        if (took_too_long) throw TookTooLong(failure);
        throw;
      case Outcome::kRolledBack:
        throw;
      case Outcome::kUnknown:
        throw OutcomeUnknown(failure);
    }
  }
}

}  // namespace clinic::postgres
