#include "server/auth/password.hpp"

#include <sodium.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "server/auth/sodium.hpp"

namespace clinic::auth {
namespace {

// OWASP's Password Storage Cheat Sheet: Argon2id with at least 19 MiB, 2 passes, 1 lane.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19 * 1024 * 1024;

}  // namespace

// A caller's turn to hash: from its start to its end, one of the few places is taken.
class PasswordHasher::Turn {
 public:
  // Waits for a place; nothing where too many wait already.
  static std::optional<Turn> Take(PasswordHasher& hasher) {
    std::unique_lock lock(hasher.mutex_);
    if (hasher.running_ >= hasher.limits_.at_once) {
      if (hasher.waiting_ >= hasher.limits_.waiting) return std::nullopt;
      ++hasher.waiting_;
      hasher.turn_is_free_.wait(lock, [&] { return hasher.running_ < hasher.limits_.at_once; });
      --hasher.waiting_;
    }
    ++hasher.running_;
    return Turn(hasher);
  }

  Turn(Turn&& other) noexcept : hasher_(std::exchange(other.hasher_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (hasher_ == nullptr) return;
    {
      const std::lock_guard lock(hasher_->mutex_);
      --hasher_->running_;
    }
    hasher_->turn_is_free_.notify_one();
  }

 private:
  explicit Turn(PasswordHasher& hasher) : hasher_(&hasher) {}

  PasswordHasher* hasher_;
};

PasswordHasher::PasswordHasher(Limits limits) : limits_(limits) { EnsureSodium(); }

Result<std::string> PasswordHasher::Hash(std::string_view password) {
  const std::optional<Turn> turn = Turn::Take(*this);
  if (!turn) return Error{ErrorCode::kUnavailable, "too many sign-ins at once; try again shortly"};
  char encoded[crypto_pwhash_argon2id_STRBYTES];
  if (crypto_pwhash_argon2id_str(encoded, password.data(), password.size(), kPasses,
                                 kMemoryBytes) != 0) {
    return Error{ErrorCode::kUnavailable, "there is no memory to hash a password"};
  }
  return std::string(encoded);
}

PasswordVerdict PasswordHasher::Verify(std::string_view password, const std::string& encoded) {
  const std::optional<Turn> turn = Turn::Take(*this);
  if (!turn) return PasswordVerdict::kBusy;
  errno = 0;
  if (crypto_pwhash_argon2id_str_verify(encoded.c_str(), password.data(), password.size()) == 0) {
    return PasswordVerdict::kMatches;
  }
  // The library fails in the same way where it found no memory; that says nothing of the password.
  return errno == ENOMEM ? PasswordVerdict::kBusy : PasswordVerdict::kDiffers;
}

PasswordVerdict PasswordHasher::VerifyAgainstNothing(std::string_view password) {
  // Making a hash is the whole cost of comparing with one.
  return Hash(password) ? PasswordVerdict::kDiffers : PasswordVerdict::kBusy;
}

bool PasswordHasher::NeedsRehash(const std::string& encoded) {
  EnsureSodium();
  return crypto_pwhash_argon2id_str_needs_rehash(encoded.c_str(), kPasses, kMemoryBytes) != 0;
}

}  // namespace clinic::auth
