// Who there is: making accounts, and changing them.
#include "server/services/accounts.hpp"

#include <algorithm>
#include <utility>

namespace clinic::server {
namespace {

Error Refusal(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

/// What a person of that role is, as something that can be booked.
std::optional<ResourceKind> KindFor(Role role) {
  if (role == Role::kPatient) return ResourceKind::kPatient;
  if (role == Role::kDoctor) return ResourceKind::kPractitioner;
  return std::nullopt;
}

Resource ResourceFor(const NewAccount& account, ResourceKind kind, ResourceId id) {
  const bool works = kind == ResourceKind::kPractitioner;
  return {.id = id,
          .kind = kind,
          .name = account.full_name,
          .timezone = account.timezone,
          .hours = works ? Resource::Hours::kByRules : Resource::Hours::kAlways,
          .specialties = account.specialties,
          .description = account.bio};
}

Patient ProfileFor(const NewAccount& account, const Account& made) {
  return {.id = *made.resource,
          .full_name = made.full_name,
          .email = made.email,
          .phone = account.phone,
          .date_of_birth = account.date_of_birth,
          .timezone = account.timezone,
          .created_at = made.created_at,
          .updated_at = made.created_at};
}

AuditEntry EntryOf(const Command& by, Instant at, std::string action, const Account& account) {
  const bool is_patient = account.role == Role::kPatient;
  return {.at = at,
          .actor = by.actor,
          .action = std::move(action),
          .subject = ToString(account.id),
          .patient = is_patient ? account.resource : std::nullopt,
          .source = by.source,
          .request = by.request};
}

/// Whether a person of that role can be who the resource is.
Result<void> CheckResource(UnitOfWork& work, Role role, std::optional<ResourceId> id) {
  const std::optional<ResourceKind> kind = KindFor(role);
  if (!kind) return {};
  const std::string wanted = "a " + std::string(ToString(role)) + "'s account belongs to a " +
                             std::string(ToString(*kind));
  if (!id) return Refusal(wanted + ", and this one to nobody");
  const Result<Resource> resource = work.resources().Get(*id);
  if (!resource.ok() && resource.error().code != ErrorCode::kNotFound) return resource.error();
  if (!resource.ok() || resource->kind != *kind) return Refusal(wanted + ", and this is none");
  return {};
}

Result<void> CheckIsFree(UnitOfWork& work, ResourceId resource) {
  const auto owners = work.directory().List(AccountQuery{.resource = resource, .limit = 1});
  if (!owners.ok()) return owners.error();
  if (owners->empty()) return {};
  return Error{ErrorCode::kConflict, "there is an account for this person already"};
}

/// Which fields differ, for the audit.
std::string Differences(const Account& before, const Account& after) {
  std::string names;
  const auto note = [&](bool differs, std::string_view name) {
    if (differs) names.append(names.empty() ? "" : ", ").append(name);
  };
  note(before.email != after.email, "email");
  note(before.full_name != after.full_name, "full_name");
  note(before.role != after.role, "role");
  note(before.disabled != after.disabled, "disabled");
  note(before.password_hash != after.password_hash, "password");
  return names;
}

bool MayOtherThings(const Account& before, const Account& after) {
  return before.role != after.role || before.disabled != after.disabled ||
         before.password_hash != after.password_hash;
}

Result<void> CheckOwnChange(const AccountChange& change) {
  if (change.disabled.value_or(false)) return Refusal("you cannot disable yourself");
  if (change.role.value_or(Role::kAdmin) != Role::kAdmin) {
    return Refusal("you cannot give yourself another role");
  }
  if (change.password) return Refusal("change your own password at /api/auth/password");
  return {};
}

}  // namespace

std::string NormalizeEmail(std::string_view email) {
  std::string normalized(email);
  std::ranges::transform(normalized, normalized.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return normalized;
}

Result<Account> Accounts::Add(const NewAccount& account, Command by,
                              const Alongside<Account>& alongside) {
  if (Result<void> policy = auth::CheckPasswordPolicy(account.password); !policy.ok()) {
    return std::move(policy).error();
  }
  Result<std::string> hash = hasher_.Hash(account.password);
  if (!hash.ok()) return std::move(hash).error();

  const std::optional<ResourceKind> kind = KindFor(account.role);
  const bool makes_resource = kind && !account.resource;
  const Account made{
      .id = account.id.is_nil() ? ids_.New<AccountId>() : account.id,
      .email = NormalizeEmail(account.email),
      .full_name = account.full_name,
      .role = account.role,
      .password_hash = *std::move(hash),
      .resource = makes_resource ? std::optional(ids_.New<ResourceId>()) : account.resource,
      .created_at = scheduler_.Now()};
  if (by.actor.empty()) by.actor = ToString(made.id);
  const auto insert = [&](UnitOfWork& work) -> Result<void> {
    Result<void> done = work.directory().Insert(made);
    if (done.ok()) {
      done = work.audit().Append(EntryOf(by, made.created_at, "account.create", made));
    }
    return done.ok() && alongside ? alongside(work, made) : done;
  };

  if (!makes_resource) {
    Result<void> written = store_.Write([&](UnitOfWork& work) -> Result<void> {
      Result<void> fits = CheckResource(work, made.role, made.resource);
      if (fits.ok() && made.resource) fits = CheckIsFree(work, *made.resource);
      return fits.ok() ? insert(work) : fits;
    });
    if (!written.ok()) return std::move(written).error();
    return made;
  }
  const Result<Resource> added = scheduler_.AddResource(
      ResourceFor(account, *kind, *made.resource), by,
      [&](UnitOfWork& work, const Resource& resource) -> Result<void> {
        if (made.role == Role::kPatient) {
          Result<void> done = work.directory().Insert(ProfileFor(account, made));
          AuditEntry created = EntryOf(by, made.created_at, "patient.create", made);
          created.subject = ToString(resource.id);
          if (done.ok()) done = work.audit().Append(created);
          if (!done.ok()) return done;
        }
        return insert(work);
      });
  if (!added.ok()) return added.error();
  return made;
}

Result<Account> Accounts::Me(const Caller& caller) {
  Result<Account> account = Error{ErrorCode::kUnauthenticated, "sign in again"};
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    account = work.directory().GetAccount(caller.account);
    return account.ok() ? Result<void>() : Result<void>(account.error());
  });
  if (!read.ok()) return std::move(read).error();
  return account;
}

Result<Account> Accounts::Read(const Caller& caller, AccountId id) {
  Result<Account> account = Error{ErrorCode::kNotFound, "there is no such account"};
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    account = work.directory().GetAccount(id);
    if (!account.ok()) return account.error();
    return work.audit().Append(
        EntryOf(CommandOf(caller), scheduler_.Now(), "account.read", *account));
  });
  if (!done.ok()) return std::move(done).error();
  return account;
}

Result<std::vector<Account>> Accounts::List(const Caller& caller, const AccountQuery& query) {
  std::vector<Account> page;
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<Account>> found = work.directory().List(query);
    if (!found.ok()) return std::move(found).error();
    page = *std::move(found);
    for (const Account& account : page) {
      if (account.role != Role::kPatient) continue;
      Result<void> noted = work.audit().Append(
          EntryOf(CommandOf(caller), scheduler_.Now(), "account.read", account));
      if (!noted.ok()) return noted;
    }
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  return page;
}

Result<Account> Accounts::Change(const Caller& caller, AccountId id, const AccountChange& change,
                                 std::optional<std::uint32_t> expected_version) {
  if (id == caller.account) {
    if (Result<void> own = CheckOwnChange(change); !own.ok()) return std::move(own).error();
  }
  std::optional<std::string> hash;
  if (change.password) {
    Result<void> policy = auth::CheckPasswordPolicy(*change.password);
    if (!policy.ok()) return std::move(policy).error();
    Result<std::string> hashed = hasher_.Hash(*change.password);
    if (!hashed.ok()) return std::move(hashed).error();
    hash = *std::move(hashed);
  }
  Account changed;
  Result<void> done =
      WriteAndTell([&](UnitOfWork& work, std::vector<SessionId>& ended) -> Result<void> {
        // Two admins who take each other's rights at the same moment do not both succeed.
        const Result<Account> self = work.directory().GetAccount(caller.account);
        if (!self.ok()) return self.error();
        if (self->disabled || self->role != Role::kAdmin) {
          return Error{ErrorCode::kUnauthenticated, "sign in again"};
        }
        const Result<Account> before = work.directory().GetAccount(id);
        if (!before.ok()) return before.error();
        if (expected_version && before->version != *expected_version) {
          return Error{ErrorCode::kStaleVersion, "the account was changed since"};
        }
        changed = *before;
        if (change.email) changed.email = NormalizeEmail(*change.email);
        if (change.full_name) changed.full_name = *change.full_name;
        if (change.role) changed.role = *change.role;
        if (change.disabled) changed.disabled = *change.disabled;
        if (hash) changed.password_hash = *hash;
        if (changed == *before) return {};
        if (changed.role != before->role) {
          Result<void> fits = CheckResource(work, changed.role, changed.resource);
          if (!fits.ok()) return fits;
        }
        changed.version += 1;
        if (Result<void> kept = work.directory().Update(changed); !kept.ok()) return kept;
        const Instant now = scheduler_.Now();
        if (MayOtherThings(*before, changed)) {
          Result<std::vector<SessionId>> all = work.directory().EndSessions(id, now, {});
          if (!all.ok()) return std::move(all).error();
          ended = *std::move(all);
        }
        AuditEntry entry = EntryOf(CommandOf(caller), now, "account.update", changed);
        entry.detail = Differences(*before, changed);
        return work.audit().Append(entry);
      });
  if (!done.ok()) return std::move(done).error();
  return changed;
}

}  // namespace clinic::server
