// Which quotas count for a request.
//
// | quota | for whom | what for |
// | --- | --- | --- |
// | address | everybody from one address, an IPv6 /64 | floods; a whole hospital may be behind one
// | | account | each person who has signed in | programs that run wild, from wherever they run | |
// sign-in | one e-mail from one address | guessing one person's password | |  | thirty times that:
// one address | guessing everybody's; a shift that begins | |  | ten times that: one e-mail |
// guessing one person's password from everywhere |
//
// Nobody is locked out: what an attacker elsewhere can use up is the last of them, and of that one
// is given back every tenth of the sign-in quota's interval, whoever else goes on asking.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clinic/id.hpp"
#include "server/limits/rate_limiter.hpp"

namespace clinic::limits {

/// What may be asked for; nothing: as much as one likes.
struct Quotas {
  std::optional<Quota> address = Quota{30'000, std::chrono::minutes{1}};
  std::optional<Quota> account = Quota{1'200, std::chrono::minutes{1}};
  std::optional<Quota> sign_in = Quota{10, std::chrono::minutes{1}};
};

/// Safe to call from any thread. Each function takes one, and gives nothing where there is no such
/// limit.
class Limits {
 public:
  /// Requires that the limiter outlives it.
  Limits(RateLimiter& limiter, const Quotas& quotas) : limiter_(limiter), quotas_(quotas) {}

  std::optional<Verdict> TakeForAddress(std::string_view address);
  std::optional<Verdict> TakeForAccount(AccountId account);

  /// Before somebody's password is looked at. `email` in lower case.
  std::optional<Verdict> TakeForSignIn(std::string_view address, std::string_view email);

  /// Before an account is made for whoever asks: counts with the sign-ins of that address.
  std::optional<Verdict> TakeForRegistration(std::string_view address);

 private:
  RateLimiter& limiter_;
  const Quotas quotas_;
};

}  // namespace clinic::limits
