#pragma once

#include "adapters/sqlite/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::sqlite {

class Directory final : public DirectoryStore {
 public:
  explicit Directory(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const Account& account) override;
  Result<void> Update(const Account& account) override;
  Result<Account> GetAccount(AccountId id) override;
  Result<Account> FindAccount(std::string_view email) override;
  Result<std::vector<Account>> List(const AccountQuery& query) override;

  Result<void> Insert(const Patient& patient) override;
  Result<void> Update(const Patient& patient) override;
  Result<Patient> GetPatient(ResourceId id) override;

  Result<void> Insert(const Session& session) override;
  Result<void> Update(const Session& session) override;
  Result<Session> GetSession(SessionId id) override;
  Result<std::vector<Session>> List(const SessionQuery& query) override;
  Result<std::vector<SessionId>> EndSessions(AccountId account, Instant at,
                                             std::optional<SessionId> except) override;
  Result<void> ForgetSessions(AccountId account, Instant before) override;

  Result<void> ForEach(const std::function<void(Account&&)>& visit) override;
  Result<void> ForEach(const std::function<void(Patient&&)>& visit) override;
  Result<void> ForEach(const std::function<void(Session&&)>& visit) override;

 private:
  Unit& unit_;
};

/// As Store::FindSignIn, by one statement outside any transaction.
Result<SignIn> FindSignIn(Connection& connection, SessionId id);

}  // namespace clinic::sqlite
