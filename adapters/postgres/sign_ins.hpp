// Who asks: the sessions of all who come at the same time, in one statement.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/postgres/pool.hpp"
#include "adapters/waiter.hpp"
#include "clinic/directory.hpp"
#include "clinic/result.hpp"

namespace clinic::postgres {

/// Looks sessions up. Who finds fewer than two looking does so at once, and whoever comes meanwhile
/// is in the next statement: what each is told was read after they asked, and nobody waits for more
/// than a statement under way and their own, and for a connection to run it on.
class SignIns {
 public:
  SignIns(Pool& pool, const PostgresOptions& options) : pool_(pool), options_(options) {}

  /// As Store::FindSignIn. Safe to call from any thread.
  Result<SignIn> Find(SessionId id);

 private:
  struct Entry : Waiter {
    explicit Entry(SessionId asked) : id(asked) {}

    const SessionId id;
    std::optional<Result<SignIn>> answer{};
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;

  bool Join(const std::shared_ptr<Entry>& entry);
  void Lead(Entry& leader);
  Entries TakeWaiting();
  void HandOver();
  void Answer(Entry& leader, const Entries& others);
  std::vector<SignIn> LookUp(const std::vector<SessionId>& ids);

  // With a second one a statement that gets no answer does not stop everybody.
  static constexpr int kMostLeaders = 2;

  Pool& pool_;
  const PostgresOptions& options_;

  std::mutex mutex_;  // guards what follows
  int leaders_ = 0;
  Entries waiting_;
};

}  // namespace clinic::postgres
