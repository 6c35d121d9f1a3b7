#include "server/auth/verified_tokens.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace clinic::auth {

bool VerifiedTokens::Equal::operator()(std::string_view a, std::string_view b) const {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<AccessClaims> VerifiedTokens::Find(std::string_view token, const KeySet& keys) {
  Shard& shard = ShardOf(token);
  const std::lock_guard lock(shard.mutex);
  if (const auto young = shard.young.find(token); young != shard.young.end()) {
    if (young->second.keys.get() != &keys) return std::nullopt;
    return young->second.claims;
  }
  const auto old = shard.old.find(token);
  if (old == shard.old.end() || old->second.keys.get() != &keys) return std::nullopt;
  const AccessClaims claims = old->second.claims;
  Add(shard, std::string(token), std::move(old->second));
  return claims;
}

void VerifiedTokens::Keep(std::string_view token, const AccessClaims& claims,
                          std::shared_ptr<const KeySet> keys) {
  Shard& shard = ShardOf(token);
  const std::lock_guard lock(shard.mutex);
  Add(shard, std::string(token), {claims, std::move(keys)});
}

void VerifiedTokens::Add(Shard& shard, std::string token, Entry entry) {
  if (shard.young.size() >= kHalf) shard.old = std::exchange(shard.young, {});
  shard.young.insert_or_assign(std::move(token), std::move(entry));
}

}  // namespace clinic::auth
