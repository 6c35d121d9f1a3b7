#include "adapters/memory/directory.hpp"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "adapters/not_found.hpp"

namespace clinic::memory {
namespace {

Error EmailTaken() { return {ErrorCode::kAlreadyExists, "another account has that e-mail"}; }

std::string LowerCase(std::string text) {
  absl::AsciiStrToLower(&text);
  return text;
}

bool Matches(const Account& account, const AccountQuery& query) {
  const auto occurs_in = [&](const std::string& text) {
    return LowerCase(text).find(LowerCase(*query.text)) != std::string::npos;
  };
  return (!query.role || account.role == *query.role) &&
         (!query.resource || account.resource == query.resource) &&
         (!query.text || occurs_in(account.email) || occurs_in(account.full_name));
}

// By when it was made, then by id.
auto Position(const Session& session) { return std::pair(session.created_at, session.id); }

bool Matches(const Session& session, const SessionQuery& query) {
  return session.account == query.account && !session.ended_at &&
         session.expires_at > query.open_at && (!query.before || Position(session) < *query.before);
}

}  // namespace

Result<void> Directory::Insert(const Account& account) {
  return unit_.Write([&]() -> Result<void> {
    Tables& tables = unit_.tables;
    if (tables.accounts.Find(account.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "there is an account " + ToString(account.id)};
    }
    if (tables.accounts_by_email.Find(account.email) != nullptr) return EmailTaken();
    tables.accounts.Put(account.id, account, unit_.undo);
    tables.accounts_by_email.Put(account.email, account.id, unit_.undo);
    return {};
  });
}

Result<void> Directory::Update(const Account& account) {
  return unit_.Write([&]() -> Result<void> {
    Tables& tables = unit_.tables;
    const Account* before = tables.accounts.Find(account.id);
    if (before == nullptr) return NoAccount(account.id);
    if (before->version + 1 != account.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the account has version " + std::to_string(before->version)};
    }
    if (before->email != account.email) {
      if (tables.accounts_by_email.Find(account.email) != nullptr) return EmailTaken();
      tables.accounts_by_email.Erase(before->email, unit_.undo);
      tables.accounts_by_email.Put(account.email, account.id, unit_.undo);
    }
    tables.accounts.Put(account.id, account, unit_.undo);
    return {};
  });
}

Result<Account> Directory::GetAccount(AccountId id) {
  if (const Account* account = unit_.tables.accounts.Find(id)) return *account;
  return NoAccount(id);
}

Result<Account> Directory::FindAccount(std::string_view email) {
  const AccountId* id = unit_.tables.accounts_by_email.Find(std::string(email));
  if (id == nullptr) return Error{ErrorCode::kNotFound, "no account has that e-mail"};
  return GetAccount(*id);
}

Result<std::vector<Account>> Directory::List(const AccountQuery& query) {
  const auto& by_email = unit_.tables.accounts_by_email;
  std::vector<Account> page;
  for (auto row = query.after ? by_email.upper_bound(*query.after) : by_email.begin();
       row != by_email.end() && page.size() < query.limit; ++row) {
    const Account& account = *unit_.tables.accounts.Find(row->second);
    if (Matches(account, query)) page.push_back(account);
  }
  return page;
}

Result<void> Directory::Insert(const Patient& patient) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.patients.Find(patient.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "there is a patient " + ToString(patient.id)};
    }
    if (unit_.tables.resources.Find(patient.id) == nullptr) {
      return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(patient.id)};
    }
    unit_.tables.patients.Put(patient.id, patient, unit_.undo);
    return {};
  });
}

Result<void> Directory::Update(const Patient& patient) {
  return unit_.Write([&]() -> Result<void> {
    const Patient* before = unit_.tables.patients.Find(patient.id);
    if (before == nullptr) return NoPatient(patient.id);
    if (before->version + 1 != patient.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the patient has version " + std::to_string(before->version)};
    }
    unit_.tables.patients.Put(patient.id, patient, unit_.undo);
    return {};
  });
}

Result<Patient> Directory::GetPatient(ResourceId id) {
  if (const Patient* patient = unit_.tables.patients.Find(id)) return *patient;
  return NoPatient(id);
}

Result<void> Directory::Insert(const Session& session) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.sessions.Find(session.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "there is a session " + ToString(session.id)};
    }
    if (unit_.tables.accounts.Find(session.account) == nullptr) return NoAccount(session.account);
    unit_.tables.sessions.Put(session.id, session, unit_.undo);
    return {};
  });
}

Result<void> Directory::Update(const Session& session) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.sessions.Find(session.id) == nullptr) return NoSession(session.id);
    if (unit_.tables.accounts.Find(session.account) == nullptr) return NoAccount(session.account);
    unit_.tables.sessions.Put(session.id, session, unit_.undo);
    return {};
  });
}

Result<Session> Directory::GetSession(SessionId id) {
  if (const Session* session = unit_.tables.sessions.Find(id)) return *session;
  return NoSession(id);
}

Result<std::vector<Session>> Directory::List(const SessionQuery& query) {
  std::vector<Session> page;
  for (const auto& [id, session] : unit_.tables.sessions) {
    if (Matches(session, query)) page.push_back(session);
  }
  std::ranges::sort(page, std::ranges::greater(), [](const Session& s) { return Position(s); });
  if (page.size() > query.limit) page.resize(query.limit);
  return page;
}

Result<std::vector<SessionId>> Directory::EndSessions(AccountId account, Instant at,
                                                      std::optional<SessionId> except) {
  std::vector<SessionId> ended;
  Result<void> done = unit_.Write([&]() -> Result<void> {
    for (const auto& [id, session] : unit_.tables.sessions) {
      if (session.account == account && !session.ended_at && id != except) ended.push_back(id);
    }
    for (const SessionId id : ended) {
      Session session = *unit_.tables.sessions.Find(id);
      session.ended_at = at;
      unit_.tables.sessions.Put(id, session, unit_.undo);
    }
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  return ended;
}

Result<void> Directory::ForgetSessions(AccountId account, Instant before) {
  return unit_.Write([&]() -> Result<void> {
    std::vector<SessionId> over;
    for (const auto& [id, session] : unit_.tables.sessions) {
      const Instant end = std::min(session.expires_at, session.ended_at.value_or(kLatest));
      if (session.account == account && end < before) over.push_back(id);
    }
    for (const SessionId id : over) unit_.tables.sessions.Erase(id, unit_.undo);
    return {};
  });
}

Result<void> Directory::ForEach(const std::function<void(Account&&)>& visit) {
  for (const auto& [id, account] : unit_.tables.accounts) visit(Account(account));
  return {};
}

Result<void> Directory::ForEach(const std::function<void(Patient&&)>& visit) {
  for (const auto& [id, patient] : unit_.tables.patients) visit(Patient(patient));
  return {};
}

Result<void> Directory::ForEach(const std::function<void(Session&&)>& visit) {
  for (const auto& [id, session] : unit_.tables.sessions) visit(Session(session));
  return {};
}

}  // namespace clinic::memory
