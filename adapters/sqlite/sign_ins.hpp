// Sign-ins that were looked up lately, for as long as nobody commits anything to the file.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "adapters/sqlite/commit_mark.hpp"
#include "clinic/directory.hpp"
#include "clinic/result.hpp"

namespace clinic::sqlite {

/// Safe to call from any thread.
class SignIns {
 public:
  /// Requires that the pool outlives it.
  explicit SignIns(ConnectionPool& pool) : pool_(pool), marks_(pool.Take()) {}

  /// As Store::FindSignIn.
  Result<SignIn> Find(SessionId id);

  /// As Store::FindKeptSignIn.
  std::optional<SignIn> FindKept(SessionId id);

 private:
  static constexpr std::size_t kMost = 4096;

  struct Kept {
    CommitMark mark;
    std::shared_ptr<const SignIn> sign_in;
  };

  Result<SignIn> LookUp(SessionId id);
  std::shared_ptr<const SignIn> FindKept(SessionId id, const CommitMark& mark);
  void Keep(const SignIn& sign_in, const CommitMark& mark);

  ConnectionPool& pool_;
  const CommitMarks marks_;
  std::mutex mutex_;
  absl::flat_hash_map<SessionId, Kept> kept_;
};

}  // namespace clinic::sqlite
