// One unit of work under way: its connection, and what it may do there.
#pragma once

#include <utility>

#include "adapters/refusals.hpp"
#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/errors.hpp"

namespace clinic::sqlite {

enum class Access { kRead, kWrite };

struct Unit {
  Connection& connection;
  Access access;
  Refusals refusals{};

  /// Runs a write, and remembers its refusal.
  template <typename F>
  Result<void> Write(F&& write) {
    if (access == Access::kRead) {
      return refusals.Note(
          Error{ErrorCode::kUnavailable, "this unit of work can only read: use Store::Write"});
    }
    // A full or failing disk makes SQLite end the transaction by itself; what came after would be
    // kept alone.
    if (!connection.InTransaction()) {
      return refusals.Note(
          Error{ErrorCode::kUnavailable, "the transaction was rolled back by an earlier failure"});
    }
    return refusals.Note(Guarded(std::forward<F>(write)));
  }
};

}  // namespace clinic::sqlite
