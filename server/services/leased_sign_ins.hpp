// Who is signed in, remembered for a moment: where looking it up is a way through a network.
//
// Nobody has to be told by anybody, as time does it:
//
//   1. what was looked up is good for a lease from when it was asked for;
//   2. who ends a session waits that long, once the store knows, before anyone is told.
//
//   node A  asks ├─────── lease ────────┤ asks again
//   node B         commits the end ├────── waits a lease ─────┤ "you are signed out"
//
// So whatever node A knew of before the end is gone when node B answers.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "server/services/sign_ins.hpp"

namespace clinic::server {

/// Asks whom it stands in front of, once in a while for each session: of those that come together
/// in the second half of a lease one asks, and nobody waits for it. Of a sign-in that goes on, only
/// what a request needs is remembered: whose it is, as what, and until when. Errors, and sessions
/// that are over, are asked for anew each time. Safe to call from any thread.
class LeasedSignIns final : public SignIns {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    std::chrono::milliseconds lease{50};  ///< the same for all nodes
    std::size_t most = 16'384;            ///< sign-ins that are kept, at least 1; half a KiB each
  };

  explicit LeasedSignIns(std::unique_ptr<SignIns> beyond) : LeasedSignIns(std::move(beyond), {}) {}
  LeasedSignIns(std::unique_ptr<SignIns> beyond, const Limits& limits)
      : beyond_(std::move(beyond)), limits_(limits) {}

  Result<SignIn> Find(SessionId id) override;
  std::optional<SignIn> FindKept(SessionId id) override;

  /// Takes a lease longer than what stands behind.
  Result<void> Ended(std::span<const SessionId> sessions) override;

 private:
  struct Lease {
    SignIn sign_in;
    Clock::time_point asked_at;
    bool is_being_renewed = false;
  };

  /// What is kept, unless the caller is to ask.
  std::optional<SignIn> Use(SessionId id);
  void Keep(const SignIn& sign_in, Clock::time_point asked_at);

  // With the lock.
  bool IsOver(const Lease& lease, Clock::time_point now) const {
    return now >= lease.asked_at + limits_.lease;
  }
  Lease* FindLease(SessionId id, Clock::time_point now);  // null where there is none, or it is over
  void MakeRoom();

  const std::unique_ptr<SignIns> beyond_;
  const Limits limits_;
  std::mutex mutex_;  // guards what follows
  absl::flat_hash_map<SessionId, Lease> leases_;
};

}  // namespace clinic::server
