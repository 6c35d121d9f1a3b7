#include "server/services/accounts.hpp"

#include <algorithm>
#include <utility>

#include "server/auth/random.hpp"

namespace clinic::server {
namespace {

constexpr Duration kSessionLifetime = std::chrono::days{30};

Error WrongCredentials() {
  return {ErrorCode::kUnauthenticated, "the e-mail or the password is wrong"};
}

Error NotSignedIn() { return {ErrorCode::kUnauthenticated, "sign in again"}; }

}  // namespace

std::string NormalizeEmail(std::string_view email) {
  std::string normalized(email);
  std::ranges::transform(normalized, normalized.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return normalized;
}

Result<Account> Accounts::Register(const Registration& registration, const Origin& origin,
                                   const Alongside<Account>& alongside) {
  if (Result<void> policy = auth::CheckPasswordPolicy(registration.password); !policy.ok()) {
    return std::move(policy).error();
  }
  Result<std::string> hash = hasher_.Hash(registration.password);
  if (!hash.ok()) return std::move(hash).error();

  const Instant now = scheduler_.Now();
  const auto id = ids_.New<ResourceId>();
  const std::string email = NormalizeEmail(registration.email);
  const Account account{.id = ids_.New<AccountId>(),
                        .email = email,
                        .full_name = registration.full_name,
                        .role = Role::kPatient,
                        .password_hash = *std::move(hash),
                        .resource = id,
                        .created_at = now};
  const Patient patient{.id = id,
                        .full_name = registration.full_name,
                        .email = email,
                        .phone = registration.phone,
                        .date_of_birth = registration.date_of_birth,
                        .timezone = registration.timezone,
                        .created_at = now,
                        .updated_at = now};
  const AuditEntry created{.at = now,
                           .actor = ToString(account.id),
                           .action = "patient.create",
                           .subject = ToString(id),
                           .patient = id,
                           .source = origin.address,
                           .request = origin.request};
  const Command command{
      .actor = ToString(account.id), .source = origin.address, .request = origin.request};
  const Result<Resource> added =
      scheduler_.AddResource({.id = id,
                              .kind = ResourceKind::kPatient,
                              .name = patient.full_name,
                              .timezone = patient.timezone},
                             command, [&](UnitOfWork& work, const Resource&) {
                               Result<void> done = work.directory().Insert(patient);
                               if (done.ok()) done = work.directory().Insert(account);
                               if (done.ok()) done = work.audit().Append(created);
                               return done.ok() && alongside ? alongside(work, account) : done;
                             });
  if (!added.ok()) return added.error();
  return account;
}

Result<Account> Accounts::Add(const NewAccount& account) {
  Result<std::string> hash = hasher_.Hash(account.password);
  if (!hash.ok()) return std::move(hash).error();
  const Account added{.id = account.id,
                      .email = NormalizeEmail(account.email),
                      .full_name = account.full_name,
                      .role = account.role,
                      .password_hash = *std::move(hash),
                      .resource = account.resource,
                      .created_at = scheduler_.Now()};
  Result<void> written =
      store_.Write([&](UnitOfWork& work) { return work.directory().Insert(added); });
  if (!written.ok()) return std::move(written).error();
  return added;
}

Result<IssuedTokens> Accounts::LogIn(std::string_view email, std::string_view password,
                                     const Origin& origin) {
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
  if (verdict == auth::PasswordVerdict::kBusy) {
    return Error{ErrorCode::kUnavailable, "too many people sign in at this moment; try again"};
  }
  if (!account || account->disabled || verdict != auth::PasswordVerdict::kMatches) {
    return WrongCredentials();
  }
  if (auth::PasswordHasher::NeedsRehash(account->password_hash)) Rehash(*account, password);
  return OpenSession(*account, origin);
}

Result<IssuedTokens> Accounts::OpenSession(const Account& account, const Origin& origin) {
  const Instant now = scheduler_.Now();
  IssuedTokens tokens{.refresh_token = auth::RandomToken()};
  const Session session{.id = ids_.New<SessionId>(),
                        .account = account.id,
                        .refresh_token_hash = auth::Sha256Hex(tokens.refresh_token),
                        .created_at = now,
                        .expires_at = now + kSessionLifetime,
                        .refreshed_at = now,
                        .address = origin.address};
  Result<void> written = store_.Write([&](UnitOfWork& work) -> Result<void> {
    if (Result<void> done = work.directory().Insert(session); !done.ok()) return done;
    return work.audit().Append({.at = now,
                                .actor = ToString(account.id),
                                .action = "session.open",
                                .subject = ToString(session.id),
                                .source = origin.address,
                                .request = origin.request});
  });
  if (!written.ok()) return std::move(written).error();
  auth::IssuedToken token = issuer_.Issue(account.id, session.id, ToString(account.role));
  tokens.access_token = std::move(token.text);
  tokens.expires_in = token.expires_in;
  return tokens;
}

void Accounts::Rehash(const Account& account, std::string_view password) {
  Result<std::string> hash = hasher_.Hash(password);
  if (!hash.ok()) return;
  // Left for the next sign-in where it fails: the old hash is as right as it was.
  (void)store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<Account> current = work.directory().GetAccount(account.id);
    if (!current.ok()) return std::move(current).error();
    current->password_hash = *hash;
    current->version += 1;
    return work.directory().Update(*current);
  });
}

Result<void> Accounts::LogOut(const Caller& caller) {
  const Instant now = scheduler_.Now();
  return store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<Session> session = work.directory().GetSession(caller.session);
    if (!session.ok()) return std::move(session).error();
    session->ended_at = now;
    if (Result<void> done = work.directory().Update(*session); !done.ok()) return done;
    return work.audit().Append(AuditOf(caller, now, "session.end", ToString(caller.session), {}));
  });
}

Result<Caller> Accounts::Authenticate(std::string_view access_token, const Origin& origin) {
  const auto verified = verifier_.Verify(access_token);
  const auto* claims = std::get_if<auth::AccessClaims>(&verified);
  if (claims == nullptr) return NotSignedIn();
  const Result<SignIn> found = store_.FindSignIn(claims->session);
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) return NotSignedIn();
  if (!found.ok()) return found.error();
  const auto& [session, account] = *found;
  const bool over = session.ended_at || scheduler_.Now() >= session.expires_at;
  if (over || account.disabled || account.id != claims->subject) return NotSignedIn();
  return Caller{.account = account.id,
                .session = session.id,
                .role = account.role,
                .resource = account.resource,
                .origin = origin};
}

Result<Account> Accounts::Me(const Caller& caller) {
  Result<Account> account = NotSignedIn();
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    account = work.directory().GetAccount(caller.account);
    return account.ok() ? Result<void>() : Result<void>(account.error());
  });
  if (!read.ok()) return std::move(read).error();
  return account;
}

}  // namespace clinic::server
