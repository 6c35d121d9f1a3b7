// Who is signed in, with copies in Redis.
#pragma once

#include <atomic>
#include <span>

#include "adapters/redis/copies.hpp"
#include "server/services/sign_ins.hpp"

namespace clinic::server {

/// Asks Redis, and the store where Redis has nothing to say: the store alone lets anybody in, and a
/// copy of what it said is gone seconds later. Of a sign-in that goes on, only what a request needs
/// is kept: whose it is, as what, and until when; no hash, no name, no e-mail. Safe to call from
/// any thread.
class KeptSignIns final : public SignIns {
 public:
  static constexpr int kMostWaiting = 16;

  /// Requires that both outlive it.
  KeptSignIns(Store& store, redis::Redis& redis)
      : store_(store), copies_(redis, "clinic:sign-in") {}

  Result<SignIn> Find(SessionId id) override;

  /// Calls the copies back; where Redis cannot be told, waits until they are gone, at most
  /// redis::Copies::kGone. Error: kUnavailable, at once, where kMostWaiting wait for that already:
  /// each of them holds a thread.
  Result<void> Ended(std::span<const SessionId> sessions) override;

 private:
  Store& store_;
  redis::Copies copies_;
  std::atomic<int> waiting_{0};
};

}  // namespace clinic::server
