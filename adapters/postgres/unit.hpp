// One unit of work under way: its connection, and what it may do there.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/pending_rows.hpp"
#include "adapters/refusals.hpp"

namespace clinic::postgres {

enum class Access { kRead, kWrite };

/// How new rows are written.
enum class Writing {
  kHopefully,  ///< later, together, and without looking whether they can be; most can
  kCarefully,  ///< each at once, and looked at before, so that a refusal says what is in the way
};

/// What is pending, and what is undone with it: the transaction as a whole, and the parts of it
/// that are under way, from the outermost in. Used by one thread.
class Layers {
 public:
  explicit Layers(Connection& connection) : connection_(connection) {}

  PendingRows& rows() { return layers_.back().rows; }

  /// Begins a part that can be undone; the first one in a transaction with the transaction alone,
  /// once anything was sent in it.
  void Begin(bool is_first = false);
  /// Ends the innermost part, and keeps or undoes what was written in it.
  void Keep();
  void Undo();

  std::size_t depth() const { return layers_.size(); }

  /// Whether a part was undone that only the end of the transaction undoes.
  bool must_be_rolled_back() const { return must_be_rolled_back_; }

  /// To be called before a statement that writes: all that are under way can be undone from here.
  void BeforeWriting();
  /// To be called before a statement that looks at what may be pending: sends it.
  void Settle();

 private:
  struct Layer {
    PendingRows rows{};
    bool is_first = false;
    bool sent = false;  // the database has a savepoint at its beginning, unless it is the first
  };

  std::string Savepoint() const { return "part_" + std::to_string(layers_.size()); }

  Connection& connection_;
  std::vector<Layer> layers_ = std::vector<Layer>(1);
  bool must_be_rolled_back_ = false;
};

struct Unit {
  Connection& connection;
  Access access;
  Writing writing;
  Layers layers{connection};
  Refusals refusals{};
  /// What made the transaction end. All that follows is refused, and the unit is run again or given
  /// up, whatever the work itself returned.
  std::optional<Failure> failure{};

  /// Runs a write that waits among the pending rows, and remembers its refusal.
  template <typename F>
  Result<void> Add(F&& add) {
    if (access == Access::kRead) {
      return refusals.Note(
          Error{ErrorCode::kUnavailable, "this unit of work can only read: use Store::Write"});
    }
    return refusals.Note(Guard(std::forward<F>(add)));
  }

  /// Runs a write that is sent at once, and remembers its refusal.
  template <typename F>
  Result<void> Write(F&& write) {
    return Add([&] {
      layers.BeforeWriting();
      return write();
    });
  }

  /// Runs what asks for rows that may be pending.
  template <typename F>
  auto AskSettled(F&& ask) -> decltype(ask()) {
    return Guard([&] {
      layers.Settle();
      return ask();
    });
  }

  /// Runs what asks the database.
  template <typename F>
  auto Ask(F&& ask) -> decltype(ask()) {
    return Guard(std::forward<F>(ask));
  }

  /// How a row is read that the unit may then change: others who would change it wait.
  const char* ToChange() const { return access == Access::kWrite ? " FOR NO KEY UPDATE" : ""; }

 private:
  template <typename F>
  auto Guard(F&& f) -> decltype(f()) {
    if (failure) return ToError(*failure);
    try {
      return f();
    } catch (const Failure& now) {
      failure = now;
      return ToError(now);
    } catch (const CorruptRow& row) {
      return ToError(row);
    }
  }
};

}  // namespace clinic::postgres
