// What a unit of work came to, kept the same way by every adapter.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "clinic/result.hpp"

namespace clinic {

/// Remembers the first write that was refused, for after one a unit of work is rolled back as a
/// whole, whatever the work itself returns. Used by one thread.
class Refusals {
 public:
  /// Passes the result of a write through.
  Result<void> Note(Result<void> written) {
    if (!written.ok() && !first_) first_ = written.error();
    return written;
  }

  /// What the unit came to, where the work itself returned `returned`.
  Result<void> Outcome(Result<void> returned) const {
    if (returned.ok() && first_) return *first_;
    return returned;
  }

  /// Runs `part`; where a write in it was refused, or it returned an error, calls `undo`, and the
  /// refusal is the part's alone. `undo` returns an error where it cannot undo.
  Result<void> Confine(const std::function<Result<void>()>& part,
                       const std::function<Result<void>()>& undo) {
    Refusals outer;
    std::swap(outer.first_, first_);
    Result<void> result = Outcome(part());
    first_ = std::move(outer.first_);
    if (result.ok()) return result;
    if (Result<void> undone = undo(); !undone.ok()) return Note(std::move(undone));
    return result;
  }

 private:
  std::optional<Error> first_;
};

}  // namespace clinic
