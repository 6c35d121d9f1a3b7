// Signing in and out, and what ends a session.
#include <algorithm>
#include <utility>

#include "server/auth/refresh_token.hpp"
#include "server/services/accounts.hpp"

namespace clinic::server {
namespace {

using std::chrono::days;

constexpr Duration kLongestSession = days{30};
constexpr Duration kLongestIdle = days{7};
constexpr Duration kForgetAfter = days{1};  // longer than any access token lives
constexpr std::size_t kLongestUserAgent = 200;

Error WrongCredentials() {
  return {ErrorCode::kUnauthenticated, "the e-mail or the password is wrong"};
}

Error NotSignedIn() { return {ErrorCode::kUnauthenticated, "sign in again"}; }

Error Busy() {
  return {ErrorCode::kUnavailable, "too many people sign in at this moment; try again"};
}

/// What a program calls itself, short and as plain text.
std::string Shown(std::string_view user_agent) {
  std::string shown(user_agent.substr(0, kLongestUserAgent));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

/// Writes down that a session was given tokens, and by that goes on for a while.
void Extend(Session& session, Instant now, const Origin& origin, std::string_view user_agent) {
  session.refreshed_at = now;
  session.expires_at = std::min(session.created_at + kLongestSession, now + kLongestIdle);
  session.address = origin.address;
  session.user_agent = Shown(user_agent);
}

bool IsOver(const Session& session, Instant now) {
  return session.ended_at || now >= session.expires_at;
}

Result<Caller> CallerOf(const SignIn& sign_in, AccountId subject, Instant now,
                        const Origin& origin) {
  const auto& [session, account] = sign_in;
  if (IsOver(session, now) || account.disabled || account.id != subject) return NotSignedIn();
  return Caller{.account = account.id,
                .session = session.id,
                .role = account.role,
                .resource = account.resource,
                .origin = origin};
}

AuditEntry EntryOf(AccountId account, SessionId session, Instant now, std::string action,
                   const Origin& origin) {
  return {.at = now,
          .actor = ToString(account),
          .action = std::move(action),
          .subject = ToString(session),
          .source = origin.address,
          .request = origin.request};
}

}  // namespace

Result<void> Accounts::WriteAndTell(const EndingWork& work) {
  std::vector<SessionId> ended;
  Result<void> done = store_.Write([&](UnitOfWork& unit) {
    ended.clear();
    return work(unit, ended);
  });
  // Also where the store does not say whether it was done.
  const Result<void> told = ended.empty() ? Result<void>() : sign_ins_.Ended(ended);
  return done.ok() ? told : done;
}

Result<IssuedTokens> Accounts::LogIn(std::string_view email, std::string_view password,
                                     const Origin& origin, std::string_view user_agent) {
  Result<IssuedTokens> tokens = TryLogIn(email, password, origin, user_agent);
  if (tokens.ok() || tokens.error().code != ErrorCode::kStaleVersion) return tokens;
  // Another sign-in has just replaced the hash by a better one of the same password; or somebody
  // the password, and then this one is wrong now.
  tokens = TryLogIn(email, password, origin, user_agent);
  const bool again = !tokens.ok() && tokens.error().code == ErrorCode::kStaleVersion;
  return again ? Result<IssuedTokens>(WrongCredentials()) : tokens;
}

Result<IssuedTokens> Accounts::TryLogIn(std::string_view email, std::string_view password,
                                        const Origin& origin, std::string_view user_agent) {
  std::optional<Account> account;
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    Result<Account> found = work.directory().FindAccount(NormalizeEmail(email));
    if (found.ok()) account = *std::move(found);
    const bool unknown = !found.ok() && found.error().code == ErrorCode::kNotFound;
    return found.ok() || unknown ? Result<void>() : Result<void>(found.error());
  });
  if (!read.ok()) return std::move(read).error();

  const auth::PasswordVerdict verdict = account ? hasher_.Verify(password, account->password_hash)
                                                : hasher_.VerifyAgainstNothing(password);
  if (verdict == auth::PasswordVerdict::kBusy) return Busy();
  if (!account || account->disabled || verdict != auth::PasswordVerdict::kMatches) {
    return WrongCredentials();
  }
  std::optional<std::string> better_hash;
  if (auth::PasswordHasher::NeedsRehash(account->password_hash)) {
    // Left for the next sign-in where it fails: the old hash is as right as it was.
    Result<std::string> hash = hasher_.Hash(password);
    if (hash.ok()) better_hash = *std::move(hash);
  }
  return OpenSession(*account, better_hash, origin, user_agent);
}

Result<IssuedTokens> Accounts::OpenSession(const Account& account,
                                           const std::optional<std::string>& better_hash,
                                           const Origin& origin, std::string_view user_agent) {
  const Instant now = scheduler_.Now();
  const auth::RefreshToken refresh = auth::RefreshToken::First(ids_.New<SessionId>());
  Session session{.id = refresh.session(),
                  .account = account.id,
                  .refresh_token_hash = refresh.Hash(),
                  .created_at = now};
  Extend(session, now, origin, user_agent);
  Account current;
  Result<void> written = store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<Account> found = work.directory().GetAccount(account.id);
    if (!found.ok()) return std::move(found).error();
    current = *std::move(found);
    // The password was looked at before this unit began: what was changed since counts.
    if (current.disabled) return WrongCredentials();
    if (current.password_hash != account.password_hash) {
      return Error{ErrorCode::kStaleVersion, "the password's hash was replaced meanwhile"};
    }
    if (better_hash) {
      current.password_hash = *better_hash;
      current.version += 1;
      if (Result<void> done = work.directory().Update(current); !done.ok()) return done;
    }
    Result<void> done = work.directory().ForgetSessions(account.id, now - kForgetAfter);
    if (done.ok()) done = work.directory().Insert(session);
    if (!done.ok()) return done;
    return work.audit().Append(EntryOf(account.id, session.id, now, "session.open", origin));
  });
  if (!written.ok()) return std::move(written).error();
  return Issue(current, session.id, refresh.Text());
}

IssuedTokens Accounts::Issue(const Account& account, SessionId session,
                             std::string refresh_token) const {
  auth::IssuedToken token = issuer_.Issue(account.id, session, ToString(account.role));
  return {std::move(token.text), token.expires_in, std::move(refresh_token)};
}

Result<IssuedTokens> Accounts::Refresh(std::string_view refresh_token, const Origin& origin,
                                       std::string_view user_agent) {
  const std::optional<auth::RefreshToken> given = auth::RefreshToken::Parse(refresh_token);
  if (!given) return NotSignedIn();
  const Result<SignIn> sign_in = store_.FindSignIn(given->session());
  if (!sign_in.ok() && sign_in.error().code == ErrorCode::kNotFound) return NotSignedIn();
  if (!sign_in.ok()) return sign_in.error();

  const auth::RefreshToken next = given->Next();
  Account account;
  bool is_reused = false;
  Result<void> done = WriteAndTell([&](UnitOfWork& work,
                                       std::vector<SessionId>& ended) -> Result<void> {
    is_reused = false;
    // The account before its sessions, as everyone who changes both takes them.
    Result<Account> found = work.directory().GetAccount(sign_in->account.id);
    if (!found.ok()) return std::move(found).error();
    account = *std::move(found);
    Result<Session> session = work.directory().GetSession(given->session());
    if (!session.ok()) return std::move(session).error();
    const Instant now = scheduler_.Now();
    const auth::RefreshVerdict verdict = given->Judge(session->refresh_token_hash);
    if (verdict == auth::RefreshVerdict::kForeign || IsOver(*session, now) || account.disabled) {
      return NotSignedIn();
    }
    is_reused = verdict == auth::RefreshVerdict::kUsedBefore;
    if (is_reused) {
      session->ended_at = now;
      ended = {session->id};
    } else {
      session->refresh_token_hash = next.Hash();
      Extend(*session, now, origin, user_agent);
    }
    if (Result<void> kept = work.directory().Update(*session); !kept.ok()) return kept;
    if (!is_reused) return {};
    return work.audit().Append(EntryOf(account.id, session->id, now, "session.reuse", origin));
  });
  if (!done.ok() && done.error().code == ErrorCode::kNotFound) return NotSignedIn();
  if (!done.ok()) return std::move(done).error();
  if (is_reused) return NotSignedIn();
  return Issue(account, next.session(), next.Text());
}

Result<void> Accounts::LogOut(const Caller& caller) {
  Result<void> ended = EndSession(caller, caller.session);
  // Ended by another request meanwhile: that is what was asked for.
  if (!ended.ok() && ended.error().code == ErrorCode::kNotFound) return {};
  return ended;
}

Result<std::vector<Session>> Accounts::Sessions(const Caller& caller,
                                                std::optional<std::pair<Instant, SessionId>> before,
                                                std::size_t limit) {
  std::vector<Session> page;
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<Session>> found = work.directory().List(SessionQuery{
        .account = caller.account, .open_at = scheduler_.Now(), .before = before, .limit = limit});
    if (!found.ok()) return std::move(found).error();
    page = *std::move(found);
    return {};
  });
  if (!read.ok()) return std::move(read).error();
  return page;
}

Result<void> Accounts::EndSession(const Caller& caller, SessionId id) {
  return WriteAndTell([&](UnitOfWork& work, std::vector<SessionId>& ended) -> Result<void> {
    const Instant now = scheduler_.Now();
    Result<Session> session = work.directory().GetSession(id);
    const bool unknown = !session.ok() && session.error().code == ErrorCode::kNotFound;
    if (!session.ok() && !unknown) return std::move(session).error();
    if (unknown || session->account != caller.account || IsOver(*session, now)) {
      return Error{ErrorCode::kNotFound, "there is no such session"};
    }
    session->ended_at = now;
    ended = {id};
    if (Result<void> done = work.directory().Update(*session); !done.ok()) return done;
    return work.audit().Append(AuditOf(caller, now, "session.end", ToString(id), {}));
  });
}

Result<void> Accounts::ChangePassword(const Caller& caller, std::string_view current,
                                      std::string_view wanted) {
  if (Result<void> policy = auth::CheckPasswordPolicy(wanted); !policy.ok()) return policy;
  const Result<Account> account = Me(caller);
  if (!account.ok()) return account.error();
  const auth::PasswordVerdict verdict = hasher_.Verify(current, account->password_hash);
  if (verdict == auth::PasswordVerdict::kBusy) return Busy();
  if (verdict != auth::PasswordVerdict::kMatches) return WrongCredentials();
  const Result<std::string> hash = hasher_.Hash(wanted);
  if (!hash.ok()) return hash.error();
  return WriteAndTell([&](UnitOfWork& work, std::vector<SessionId>& ended) -> Result<void> {
    Result<Account> now_stored = work.directory().GetAccount(caller.account);
    if (!now_stored.ok()) return std::move(now_stored).error();
    if (now_stored->password_hash != account->password_hash) return WrongCredentials();
    now_stored->password_hash = *hash;
    now_stored->version += 1;
    if (Result<void> done = work.directory().Update(*now_stored); !done.ok()) return done;
    const Instant now = scheduler_.Now();
    Result<std::vector<SessionId>> others =
        work.directory().EndSessions(caller.account, now, caller.session);
    if (!others.ok()) return std::move(others).error();
    ended = *std::move(others);
    return work.audit().Append(
        AuditOf(caller, now, "account.password", ToString(caller.account), {}));
  });
}

Result<Caller> Accounts::Authenticate(std::string_view access_token, const Origin& origin) {
  const auto verified = verifier_.Verify(access_token);
  const auto* claims = std::get_if<auth::AccessClaims>(&verified);
  if (claims == nullptr) return NotSignedIn();
  const Result<SignIn> found = sign_ins_.Find(claims->session);
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) return NotSignedIn();
  if (!found.ok()) return found.error();
  return CallerOf(*found, claims->subject, scheduler_.Now(), origin);
}

std::optional<Caller> Accounts::AuthenticateAtOnce(std::string_view access_token,
                                                   const Origin& origin) {
  const auto verified = verifier_.Verify(access_token);
  const auto* claims = std::get_if<auth::AccessClaims>(&verified);
  if (claims == nullptr) return std::nullopt;
  const std::optional<SignIn> kept = sign_ins_.FindKept(claims->session);
  if (!kept) return std::nullopt;
  Result<Caller> caller = CallerOf(*kept, claims->subject, scheduler_.Now(), origin);
  return caller.ok() ? std::optional(*std::move(caller)) : std::nullopt;
}

}  // namespace clinic::server
