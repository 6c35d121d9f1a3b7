// Where the exceptions of libpqxx end: what the database said, and what it means.
#pragma once

#include <stdexcept>
#include <string>

#include "clinic/result.hpp"

namespace clinic::postgres {

/// A statement that failed, or a connection that was lost. Thrown inside this adapter only.
class Failure : public std::runtime_error {
 public:
  /// `sqlstate` as PostgreSQL's manual lists them (appendix A); empty where none was given.
  Failure(std::string sqlstate, const std::string& message)
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {}

  const std::string& sqlstate() const { return sqlstate_; }

  /// Whether the connection is of no use any more: lost, shut down, or to a server that does not
  /// take writes (a standby, or what was the primary).
  bool ends_connection() const;

  /// Whether what was asked for may have been done all the same.
  bool may_be_done() const { return ends_connection() && sqlstate_ != "25006"; }

  /// Whether a row was refused: by a constraint, or by what it is.
  bool is_broken_rule() const;

  /// Whether nobody knows what came of it (08007, transaction resolution unknown).
  bool is_unknown() const { return sqlstate_ == "08007"; }

  /// Whether the same work may succeed where it is run again: another transaction came first, or
  /// the connection was of no use.
  bool may_be_rerun() const;

 private:
  std::string sqlstate_;
};

/// Nobody answered, or in time.
class ConnectionLost final : public Failure {
 public:
  explicit ConnectionLost(const std::string& message) : Failure("08006", message) {}
};

/// A row that cannot be true: a word that nothing is called, a number out of its range.
struct CorruptRow : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the failure means for who called the store.
Error ToError(const Failure& failure);

/// As ToError.
Error ToError(const CorruptRow& row);

/// Runs `f`, which returns a Result; what it throws of this adapter's becomes an Error.
template <typename F>
auto Guarded(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const Failure& failure) {
    return ToError(failure);
  } catch (const CorruptRow& row) {
    return ToError(row);
  }
}

}  // namespace clinic::postgres
