// One unit of work under way: what it may touch, and how it is undone.
#pragma once

#include <utility>

#include "adapters/memory/tables.hpp"
#include "adapters/memory/undo_log.hpp"
#include "adapters/refusals.hpp"

namespace clinic::memory {

enum class Access { kRead, kWrite };

struct Unit {
  Tables& tables;
  Access access;
  UndoLog undo{};
  Refusals refusals{};

  /// Runs a write, and remembers its refusal.
  template <typename F>
  Result<void> Write(F&& write) {
    if (access == Access::kRead) {
      return refusals.Note(
          Error{ErrorCode::kUnavailable, "this unit of work can only read: use Store::Write"});
    }
    return refusals.Note(std::forward<F>(write)());
  }
};

}  // namespace clinic::memory
