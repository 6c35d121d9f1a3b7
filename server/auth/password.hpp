// Passwords: which ones are accepted, and how they are kept.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "clinic/result.hpp"

namespace clinic::auth {

/// The lengths that are accepted, inclusive, in code points (NIST SP 800-63B §5.1.1.2: at least 8,
/// and at least 64 must be allowed).
inline constexpr std::size_t kMinPasswordLength = 8;
inline constexpr std::size_t kMaxPasswordLength = 128;

/// Accepts or refuses a new password: its length, its being UTF-8, and the best-known passwords,
/// which are tried first by whoever guesses, in any mixture of capitals. There are no rules about
/// digits and signs: they lead to "Password1!". Errors: kInvalidArgument, with a message for
/// whoever chose it. Pure; safe from any thread.
Result<void> CheckPasswordPolicy(std::string_view password);

/// Whether a password is the right one.
enum class PasswordVerdict {
  kMatches,
  kDiffers,
  kBusy,  ///< not known: too many are being checked, or memory is short; answer with 503
};

/// Hashes passwords with Argon2id (RFC 9106) as OWASP recommends: 19 MiB and 2 passes.
///
/// Hashing is slow and takes memory by design, so a flood of sign-ins could exhaust the machine.
/// Therefore only so many hashes run at a time, further callers wait, and where too many wait
/// already they are refused at once.
///
/// Safe to call from any thread. A call takes tens of milliseconds, plus the wait.
class PasswordHasher {
 public:
  struct Limits {
    std::size_t at_once = 2;   ///< hashes that run at a time, each with its own 19 MiB
    std::size_t waiting = 64;  ///< callers that may wait for their turn
  };

  PasswordHasher() : PasswordHasher(Limits()) {}
  explicit PasswordHasher(Limits limits);

  /// The text to store: "$argon2id$v=19$m=19456,t=2,p=1$…", with a salt of its own.
  /// Errors: kUnavailable where too many wait, or memory is short.
  Result<std::string> Hash(std::string_view password);

  /// Whether `password` is the one that `encoded` was made from. A text that Hash never made
  /// matches nothing.
  PasswordVerdict Verify(std::string_view password, const std::string& encoded);

  /// Takes the time of Verify and never matches: for a name that nobody has, so that an answer does
  /// not tell by its time whether the name is known.
  PasswordVerdict VerifyAgainstNothing(std::string_view password);

  /// True where `encoded` was made with other settings than today's: hash again at the next
  /// sign-in.
  static bool NeedsRehash(const std::string& encoded);

 private:
  class Turn;

  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable turn_is_free_;
  std::size_t running_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace clinic::auth
