#include "server/shared_state.hpp"

#include <utility>

#include "adapters/redis/redis.hpp"
#include "server/limits/local_rate_limiter.hpp"
#include "server/limits/shared_rate_limiter.hpp"
#include "server/services/kept_sign_ins.hpp"
#include "server/services/leased_sign_ins.hpp"

namespace clinic::server {

SharedState::SharedState() = default;
SharedState::~SharedState() = default;

Result<std::unique_ptr<SharedState>> SharedState::Open(const SharedOptions& options, Store& store,
                                                       std::function<void(const Error*)> report) {
  const auto refused = [](const char* setting, const Error& error) {
    return Error{error.code, std::string(setting) + ": " + error.message};
  };
  std::unique_ptr<SharedState> state(new SharedState);
  Result<limits::TrustedProxies> proxies = limits::TrustedProxies::Parse(options.trusted_proxies);
  if (!proxies.ok()) return refused("--trusted-proxy", proxies.error());
  state->proxies_ = *std::move(proxies);
  if (options.redis.empty()) {
    state->limiter_ = std::make_unique<limits::LocalRateLimiter>();
    state->sign_ins_ = std::make_unique<StoredSignIns>(store);
  } else {
    Result<std::unique_ptr<redis::Redis>> redis =
        redis::Redis::Open(options.redis, std::move(report));
    if (!redis.ok()) return refused("--redis", redis.error());
    state->redis_ = *std::move(redis);
    state->limiter_ = std::make_unique<limits::SharedRateLimiter>(*state->redis_);
    state->sign_ins_ = std::make_unique<KeptSignIns>(store, *state->redis_);
  }
  if (options.store_is_far || !options.redis.empty()) {
    state->sign_ins_ = std::make_unique<LeasedSignIns>(std::move(state->sign_ins_));
  }
  state->limits_ = std::make_unique<limits::Limits>(*state->limiter_, options.quotas);
  return state;
}

}  // namespace clinic::server
