// Who is signed in: what every request asks, and who hears at once when that changes.
#pragma once

#include <optional>
#include <span>

#include "clinic/store.hpp"

namespace clinic::server {

/// In front of Store::FindSignIn, which is right and may be far away. Safe to call from any thread.
class SignIns {
 public:
  virtual ~SignIns() = default;

  /// The session of that id and its account; the hashes in them may be left out. Errors: kNotFound
  /// where there is no such session; kUnavailable.
  virtual Result<SignIn> Find(SessionId id) = 0;

  /// What Find would answer, where that is known without waiting; as Store::FindKeptSignIn.
  virtual std::optional<SignIn> FindKept(SessionId) { return std::nullopt; }

  /// To be called once the store knows that these sessions have ended, and before anyone is told:
  /// from when it returns, no node's Find says of one of them that it goes on. What an account may
  /// do changes together with the end of its sessions only, so nobody need hear of anything else.
  /// Error: kUnavailable, where others might say so for some seconds more.
  virtual Result<void> Ended(std::span<const SessionId> sessions) = 0;
};

/// Whether it was neither ended nor disabled; it may have expired.
inline bool GoesOn(const SignIn& sign_in) {
  return !sign_in.session.ended_at && !sign_in.account.disabled;
}

/// Asks the store each time, so that there is nobody to tell.
class StoredSignIns final : public SignIns {
 public:
  /// Requires that the store outlives it.
  explicit StoredSignIns(Store& store) : store_(store) {}

  Result<SignIn> Find(SessionId id) override { return store_.FindSignIn(id); }
  std::optional<SignIn> FindKept(SessionId id) override { return store_.FindKeptSignIn(id); }
  Result<void> Ended(std::span<const SessionId>) override { return {}; }

 private:
  Store& store_;
};

}  // namespace clinic::server
