// Tokens that were found good a moment ago, so that one that comes with every request is not
// verified anew each time. What can end its validity is for the caller to check: time, and the
// keys.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "server/auth/key_set.hpp"
#include "server/auth/token.hpp"

namespace clinic::auth {

/// Safe from any thread. Keeps at most kMost tokens, those that came last; O(length of the token).
class VerifiedTokens {
 public:
  static constexpr std::size_t kMost = 8192;

  /// What the token said, where it was verified with these very keys.
  std::optional<AccessClaims> Find(std::string_view token, const KeySet& keys);

  void Keep(std::string_view token, const AccessClaims& claims, std::shared_ptr<const KeySet> keys);

 private:
  struct Entry {
    AccessClaims claims;
    std::shared_ptr<const KeySet> keys;
  };
  /// Tells no more of a token by its time than that something has the same hash.
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const {
      return absl::Hash<std::string_view>()(token);
    }
  };
  using Entries = absl::flat_hash_map<std::string, Entry, Hash, Equal>;

  /// What comes goes into the younger half; where that is full, it becomes the older one, and what
  /// was older is forgotten.
  struct Shard {
    std::mutex mutex;
    Entries young;
    Entries old;
  };

  Shard& ShardOf(std::string_view token) { return shards_[Hash()(token) >> 32 & (kShards - 1)]; }
  static void Add(Shard& shard, std::string token, Entry entry);

  static constexpr std::size_t kShards = 8;
  static constexpr std::size_t kHalf = kMost / kShards / 2;

  std::array<Shard, kShards> shards_;
};

}  // namespace clinic::auth
