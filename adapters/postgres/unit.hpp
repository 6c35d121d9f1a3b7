// One unit of work under way: its connection, and what it may do there.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "adapters/refusals.hpp"
#include "clinic/journal.hpp"

namespace clinic::postgres {

enum class Access { kRead, kWrite };

struct Unit {
  Connection& connection;
  Access access;
  Refusals refusals{};
  /// What made the transaction end. All that follows is refused, and the unit is run again or given
  /// up, whatever the work itself returned.
  std::optional<Failure> failure{};
  /// Written at the end: see outbox.hpp.
  std::vector<OutboxEvent> events{};

  /// Runs a write, and remembers its refusal.
  template <typename F>
  Result<void> Write(F&& write) {
    if (access == Access::kRead) {
      return refusals.Note(
          Error{ErrorCode::kUnavailable, "this unit of work can only read: use Store::Write"});
    }
    return refusals.Note(Ask(std::forward<F>(write)));
  }

  /// Runs what asks the database.
  template <typename F>
  auto Ask(F&& ask) -> decltype(ask()) {
    if (failure) return ToError(*failure);
    try {
      return ask();
    } catch (const Failure& now) {
      failure = now;
      return ToError(now);
    } catch (const CorruptRow& row) {
      return ToError(row);
    }
  }

  /// How a row is read that the unit may then change: others who would change it wait.
  const char* ToChange() const { return access == Access::kWrite ? " FOR NO KEY UPDATE" : ""; }
};

}  // namespace clinic::postgres
