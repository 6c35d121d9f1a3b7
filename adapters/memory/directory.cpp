#include "adapters/memory/directory.hpp"

#include "adapters/not_found.hpp"

namespace clinic::memory {
namespace {

Error EmailTaken() { return {ErrorCode::kAlreadyExists, "another account has that e-mail"}; }

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
