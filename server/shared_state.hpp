// What servers over one database know together: who asks too often, and who is signed in.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/store.hpp"
#include "server/limits/limits.hpp"
#include "server/limits/trusted_proxies.hpp"
#include "server/services/sign_ins.hpp"

namespace clinic::redis {
class Redis;
}

namespace clinic::server {

struct SharedOptions {
  std::string redis{};  ///< as redis::ParseAddress takes it; empty: each server by itself
  limits::Quotas quotas{};
  std::vector<std::string> trusted_proxies{};  ///< as limits::TrustedProxies takes them
  bool store_is_far = false;                   ///< asked over a network
};

/// With Redis, in Redis; without it, in this process and in the store. Safe to use from any thread.
class SharedState {
 public:
  /// Requires that the store outlives it. Error: kInvalidArgument. A Redis that is not there is no
  /// error: it may come. `report` is told when it goes, and when it comes back (no error); by any
  /// thread.
  static Result<std::unique_ptr<SharedState>> Open(const SharedOptions& options, Store& store,
                                                   std::function<void(const Error*)> report);
  ~SharedState();

  const limits::TrustedProxies& proxies() const { return proxies_; }
  limits::Limits& limits() { return *limits_; }
  SignIns& sign_ins() { return *sign_ins_; }

 private:
  SharedState();

  // Destroyed from the last to the first: what uses something stands below it.
  limits::TrustedProxies proxies_;
  std::unique_ptr<redis::Redis> redis_;
  std::unique_ptr<limits::RateLimiter> limiter_;
  std::unique_ptr<limits::Limits> limits_;
  std::unique_ptr<SignIns> sign_ins_;
};

}  // namespace clinic::server
