// Accounts and sign-ins: who someone is, and for how long they have been let in.
//
// A sign-in is a session: its access tokens live for minutes, and its refresh token, which changes
// with each use, gets the next one. A session ends 30 days after the password was given, after 7
// days in which nobody refreshed it, when its owner or a reused refresh token ends it, and together
// with every change of what the account may do: the same transaction ends it, so that there is no
// moment at which the old rights can be used for the new, and none at which a sign-in slips
// through.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "server/services/caller.hpp"
#include "server/services/sign_ins.hpp"

namespace clinic::server {

/// An account to be made, with a password that was not hashed yet.
struct NewAccount {
  AccountId id{};  ///< nil: a new one
  std::string email{};
  std::string password{};
  std::string full_name{};
  Role role = Role::kPatient;

  /// The patient or practitioner that this person is. Where it is not given, doctors and patients
  /// get a new one, of which the rest is said.
  std::optional<ResourceId> resource{};
  std::string timezone = "UTC";
  std::vector<std::string> specialties{};
  std::string bio{};
  std::string phone{};
  std::optional<CivilDay> date_of_birth{};
};

/// What to change of an account; what is not given stays.
struct AccountChange {
  std::optional<std::string> email{};
  std::optional<std::string> full_name{};
  std::optional<Role> role{};
  std::optional<bool> disabled{};
  std::optional<std::string> password{};
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
           const auth::TokenVerifier& verifier, SignIns& sign_ins)
      : store_(store),
        scheduler_(scheduler),
        ids_(ids),
        issuer_(issuer),
        verifier_(verifier),
        sign_ins_(sign_ins) {}

  /// Makes an account, and the patient or practitioner whose it is where that is not there yet.
  /// Where `by.actor` is empty, people do so themselves. Errors: kInvalidArgument for a password
  /// that the policy refuses, an unknown zone, or a resource that is not what the role asks for;
  /// kAlreadyExists where the e-mail has an account; kConflict where the resource has one.
  Result<Account> Add(const NewAccount& account, Command by,
                      const Alongside<Account>& alongside = {});

  /// The caller's own account.
  Result<Account> Me(const Caller& caller);

  /// For admins, who leave an entry for each patient that they saw. Error: kNotFound.
  Result<Account> Read(const Caller& caller, AccountId id);
  Result<std::vector<Account>> List(const Caller& caller, const AccountQuery& query);

  /// Changes an account, for admins. Another role, another password or being disabled ends its
  /// sessions. Errors: kInvalidArgument for a password that the policy refuses, a role for which
  /// the person is not known, or where admins disable or demote themselves; kNotFound;
  /// kStaleVersion; kAlreadyExists where the e-mail has an account; kUnavailable.
  Result<Account> Change(const Caller& caller, AccountId id, const AccountChange& change,
                         std::optional<std::uint32_t> expected_version);

  /// Changes the caller's own password, and ends their other sessions. Errors: kInvalidArgument for
  /// a password that the policy refuses; kUnauthenticated where `current` is not the password;
  /// kUnavailable where too many sign in at once.
  Result<void> ChangePassword(const Caller& caller, std::string_view current,
                              std::string_view wanted);

  /// Signs in, from a program that calls itself `user_agent`. Errors: kUnauthenticated, for an
  /// unknown e-mail, a wrong password and a disabled account alike and in the same time;
  /// kUnavailable where too many sign in at once.
  Result<IssuedTokens> LogIn(std::string_view email, std::string_view password,
                             const Origin& origin, std::string_view user_agent);

  /// Exchanges a refresh token for new tokens. It is good once: where it comes again, someone else
  /// has it too, and the session ends. Errors: kUnauthenticated; kUnavailable.
  Result<IssuedTokens> Refresh(std::string_view refresh_token, const Origin& origin,
                               std::string_view user_agent);

  /// Ends the caller's session: its tokens stop working with the next request.
  Result<void> LogOut(const Caller& caller);

  /// The caller's own sessions that go on, the newest first, from behind `before`.
  Result<std::vector<Session>> Sessions(const Caller& caller,
                                        std::optional<std::pair<Instant, SessionId>> before,
                                        std::size_t limit);

  /// Ends a session of the caller's. Error: kNotFound where there is none of theirs that goes on.
  Result<void> EndSession(const Caller& caller, SessionId id);

  /// Who sent an access token. Errors: kUnauthenticated; kUnavailable.
  Result<Caller> Authenticate(std::string_view access_token, const Origin& origin);

  /// The same where it succeeds and is known without waiting for anything; else nothing.
  std::optional<Caller> AuthenticateAtOnce(std::string_view access_token, const Origin& origin);

 private:
  Result<IssuedTokens> TryLogIn(std::string_view email, std::string_view password,
                                const Origin& origin, std::string_view user_agent);
  /// Error: kStaleVersion where the account's hash is another one by now.
  Result<IssuedTokens> OpenSession(const Account& account,
                                   const std::optional<std::string>& better_hash,
                                   const Origin& origin, std::string_view user_agent);
  IssuedTokens Issue(const Account& account, SessionId session, std::string refresh_token) const;
  /// Runs a unit of work that may end sessions, and tells of those that it ended.
  using EndingWork = std::function<Result<void>(UnitOfWork&, std::vector<SessionId>& ended)>;
  Result<void> WriteAndTell(const EndingWork& work);

  Store& store_;
  Scheduler& scheduler_;
  IdGenerator& ids_;
  const auth::TokenIssuer& issuer_;
  const auth::TokenVerifier& verifier_;
  SignIns& sign_ins_;
  // Few wait, so that a flood of sign-ins leaves threads for everyone else.
  auth::PasswordHasher hasher_{{.at_once = 2, .waiting = 6}};
};

/// E-mail addresses are compared without regard to the case of ASCII letters.
std::string NormalizeEmail(std::string_view email);

}  // namespace clinic::server
