// Accounts and sign-ins: who someone is, and for how long they have been let in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// What a person says of themselves when they register.
struct Registration {
  std::string email{};
  std::string password{};
  std::string full_name{};
  std::string phone{};
  std::optional<CivilDay> date_of_birth{};
  std::string timezone{};
};

/// An account to be made, with a password that was not hashed yet.
struct NewAccount {
  AccountId id{};
  std::string email{};
  std::string password{};
  std::string full_name{};
  Role role = Role::kPatient;
  std::optional<ResourceId> resource{};
};

/// What someone who signed in is given.
struct IssuedTokens {
  std::string access_token{};
  Duration expires_in{};
  std::string refresh_token{};
};

/// Safe to call from any thread. Passwords are never kept, logged or given back.
class Accounts {
 public:
  /// Requires that all of them outlive it.
  Accounts(Store& store, Scheduler& scheduler, IdGenerator& ids, const auth::TokenIssuer& issuer,
           const auth::TokenVerifier& verifier)
      : store_(store), scheduler_(scheduler), ids_(ids), issuer_(issuer), verifier_(verifier) {}

  /// Makes a patient, with an account. Errors: kInvalidArgument for a password that the policy
  /// refuses, or an unknown zone; kAlreadyExists where the e-mail has an account.
  Result<Account> Register(const Registration& registration, const Origin& origin,
                           const Alongside<Account>& alongside = {});

  /// Makes an account for someone who is known already. Errors: kAlreadyExists; kUnavailable.
  Result<Account> Add(const NewAccount& account);

  /// Signs in. Errors: kUnauthenticated, for an unknown e-mail, a wrong password and a disabled
  /// account alike and in the same time; kUnavailable where too many sign in at once.
  Result<IssuedTokens> LogIn(std::string_view email, std::string_view password,
                             const Origin& origin);

  /// Ends the caller's session: its tokens stop working with the next request.
  Result<void> LogOut(const Caller& caller);

  /// Who sent an access token. Errors: kUnauthenticated; kUnavailable.
  Result<Caller> Authenticate(std::string_view access_token, const Origin& origin);

  /// The caller's own account.
  Result<Account> Me(const Caller& caller);

 private:
  Result<IssuedTokens> OpenSession(const Account& account, const Origin& origin);
  /// Stores a hash by today's parameters for an account whose password was just seen to be right.
  void Rehash(const Account& account, std::string_view password);

  Store& store_;
  Scheduler& scheduler_;
  IdGenerator& ids_;
  const auth::TokenIssuer& issuer_;
  const auth::TokenVerifier& verifier_;
  // Few wait, so that a flood of sign-ins leaves threads for everyone else.
  auth::PasswordHasher hasher_{{.at_once = 2, .waiting = 6}};
};

/// E-mail addresses are compared without regard to the case of ASCII letters.
std::string NormalizeEmail(std::string_view email);

}  // namespace clinic::server
