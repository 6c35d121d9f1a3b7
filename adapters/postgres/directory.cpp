#include "adapters/postgres/directory.hpp"

#include "adapters/not_found.hpp"
#include "adapters/postgres/statement.hpp"

namespace clinic::postgres {
namespace {

Error Taken(std::string what) { return {ErrorCode::kAlreadyExists, std::move(what)}; }

Account TakeAccount(Row& row) {
  Account account;
  account.id = row.Id<AccountId>();
  account.email = row.Text();
  account.full_name = row.Text();
  account.role = row.Word<Role>();
  account.password_hash = row.Text();
  account.resource = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
  account.disabled = row.Flag();
  account.created_at = row.Time();
  account.version = row.Number<std::uint32_t>();
  return account;
}

Account ReadAccount(Row row) { return TakeAccount(row); }

Patient ReadPatient(Row row) {
  Patient patient;
  patient.id = row.Id<ResourceId>();
  patient.full_name = row.Text();
  patient.email = row.Text();
  patient.phone = row.Text();
  patient.date_of_birth =
      row.Optional([](Row& r) { return CivilDay(std::chrono::days(r.Number<std::int32_t>())); });
  patient.timezone = row.Text();
  patient.notify_by_email = row.Flag();
  patient.notify_by_sms = row.Flag();
  patient.version = row.Number<std::uint32_t>();
  patient.created_at = row.Time();
  patient.updated_at = row.Time();
  return patient;
}

Session TakeSession(Row& row) {
  Session session;
  session.id = row.Id<SessionId>();
  session.account = row.Id<AccountId>();
  session.refresh_token_hash = row.Text();
  session.created_at = row.Time();
  session.expires_at = row.Time();
  session.ended_at = row.Optional([](Row& r) { return r.Time(); });
  session.refreshed_at = row.Time();
  session.address = row.Text();
  session.user_agent = row.Text();
  return session;
}

Session ReadSession(Row row) { return TakeSession(row); }

Rows RunWithColumns(Connection& connection, const std::string& sql, const Account& account) {
  return connection.Run(sql, account.id, account.email, account.full_name, Word(account.role),
                        account.password_hash, account.resource, account.disabled,
                        account.created_at, account.version);
}

Rows RunWithColumns(Connection& connection, const std::string& sql, const Patient& patient) {
  std::optional<std::int64_t> born;
  if (patient.date_of_birth) born = patient.date_of_birth->time_since_epoch().count();
  return connection.Run(sql, patient.id, patient.full_name, patient.email, patient.phone, born,
                        patient.timezone, patient.notify_by_email, patient.notify_by_sms,
                        patient.version, patient.created_at, patient.updated_at);
}

Rows RunWithColumns(Connection& connection, const std::string& sql, const Session& session) {
  return connection.Run(sql, session.id, session.account, session.refresh_token_hash,
                        session.created_at, session.expires_at, session.ended_at,
                        session.refreshed_at, session.address, session.user_agent);
}

bool AccountExists(Connection& connection, AccountId id) {
  return !connection.Run("SELECT FROM account WHERE id = $1", id).empty();
}

}  // namespace

Result<void> Directory::Insert(const Account& account) {
  return unit_.Write([&]() -> Result<void> {
    const Rows inserted = RunWithColumns(
        unit_.connection,
        "INSERT INTO account VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        account);
    if (inserted.changed() > 0) return {};
    return Taken("another account has that id or e-mail");
  });
}

Result<void> Directory::Update(const Account& account) {
  return unit_.Write([&]() -> Result<void> {
    const Rows stored = unit_.connection.Run(
        "SELECT version FROM account WHERE id = $1 FOR NO KEY UPDATE", account.id);
    if (stored.empty()) return NoAccount(account.id);
    if (const auto version = stored[0].Number<std::uint32_t>(); version + 1 != account.version) {
      return Error{ErrorCode::kStaleVersion, "the account has version " + std::to_string(version)};
    }
    const Rows others = unit_.connection.Run("SELECT FROM account WHERE email = $1 AND id <> $2",
                                             account.email, account.id);
    if (!others.empty()) return Taken("another account has that e-mail");
    RunWithColumns(unit_.connection,
                   "UPDATE account SET email = $2, full_name = $3, role = $4, password_hash = $5, "
                   "resource = $6, disabled = $7, created_at = $8, version = $9 WHERE id = $1",
                   account);
    return {};
  });
}

Result<Account> Directory::GetAccount(AccountId id) {
  return unit_.Ask([&]() -> Result<Account> {
    const Rows rows = unit_.connection.Run(
        std::string("SELECT * FROM account WHERE id = $1") + unit_.ToChange(), id);
    if (rows.empty()) return NoAccount(id);
    return ReadAccount(rows[0]);
  });
}

Result<Account> Directory::FindAccount(std::string_view email) {
  return unit_.Ask([&]() -> Result<Account> {
    const Rows rows = unit_.connection.Run(
        std::string("SELECT * FROM account WHERE email = $1") + unit_.ToChange(), email);
    if (!rows.empty()) return ReadAccount(rows[0]);
    return Error{ErrorCode::kNotFound, "no account has that e-mail"};
  });
}

Result<std::vector<Account>> Directory::List(const AccountQuery& query) {
  return unit_.Ask([&]() -> Result<std::vector<Account>> {
    Statement list("SELECT * FROM account WHERE true");
    if (query.role) list.Add(" AND role = ", Word(*query.role));
    if (query.resource) list.Add(" AND resource = ", *query.resource);
    if (query.text) {
      // By bytes, as in the other stores: lower() knows ASCII letters alone then.
      list.Add(" AND (position(lower(", *query.text);
      list.Add(" COLLATE \"C\") IN lower(email)) > 0 OR position(lower(", *query.text);
      list.Add(" COLLATE \"C\") IN lower(full_name COLLATE \"C\")) > 0)");
    }
    if (query.after) list.Add(" AND email > ", *query.after);
    list.Add(" ORDER BY email LIMIT ", Limit(query.limit));
    std::vector<Account> page;
    for (const Row& row : list.Run(unit_.connection)) page.push_back(ReadAccount(row));
    return page;
  });
}

Result<void> Directory::Insert(const Patient& patient) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.connection.Run("SELECT FROM resource WHERE id = $1", patient.id).empty()) {
      return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(patient.id)};
    }
    const Rows inserted =
        RunWithColumns(unit_.connection,
                       "INSERT INTO patient VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                       "ON CONFLICT DO NOTHING",
                       patient);
    if (inserted.changed() > 0) return {};
    return Taken("there is a patient " + ToString(patient.id));
  });
}

Result<void> Directory::Update(const Patient& patient) {
  return unit_.Write([&]() -> Result<void> {
    const Rows stored = unit_.connection.Run(
        "SELECT version FROM patient WHERE id = $1 FOR NO KEY UPDATE", patient.id);
    if (stored.empty()) return NoPatient(patient.id);
    if (const auto version = stored[0].Number<std::uint32_t>(); version + 1 != patient.version) {
      return Error{ErrorCode::kStaleVersion, "the patient has version " + std::to_string(version)};
    }
    RunWithColumns(unit_.connection,
                   "UPDATE patient SET full_name = $2, email = $3, phone = $4, "
                   "date_of_birth = $5, timezone = $6, notify_by_email = $7, notify_by_sms = $8, "
                   "version = $9, created_at = $10, updated_at = $11 WHERE id = $1",
                   patient);
    return {};
  });
}

Result<Patient> Directory::GetPatient(ResourceId id) {
  return unit_.Ask([&]() -> Result<Patient> {
    const Rows rows = unit_.connection.Run(
        std::string("SELECT * FROM patient WHERE id = $1") + unit_.ToChange(), id);
    if (rows.empty()) return NoPatient(id);
    return ReadPatient(rows[0]);
  });
}

Result<void> Directory::Insert(const Session& session) {
  return unit_.Write([&]() -> Result<void> {
    if (!AccountExists(unit_.connection, session.account)) return NoAccount(session.account);
    const Rows inserted =
        RunWithColumns(unit_.connection,
                       "INSERT INTO session VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                       "ON CONFLICT DO NOTHING",
                       session);
    if (inserted.changed() > 0) return {};
    return Taken("there is a session " + ToString(session.id));
  });
}

Result<void> Directory::Update(const Session& session) {
  return unit_.Write([&]() -> Result<void> {
    if (!AccountExists(unit_.connection, session.account)) return NoAccount(session.account);
    const Rows updated =
        RunWithColumns(unit_.connection,
                       "UPDATE session SET account = $2, refresh_token_hash = $3, "
                       "created_at = $4, expires_at = $5, ended_at = $6, refreshed_at = $7, "
                       "address = $8, user_agent = $9 WHERE id = $1",
                       session);
    return updated.changed() == 0 ? NoSession(session.id) : Result<void>();
  });
}

Result<Session> Directory::GetSession(SessionId id) {
  return unit_.Ask([&]() -> Result<Session> {
    const Rows rows = unit_.connection.Run(
        std::string("SELECT * FROM session WHERE id = $1") + unit_.ToChange(), id);
    if (rows.empty()) return NoSession(id);
    return ReadSession(rows[0]);
  });
}

Result<std::vector<Session>> Directory::List(const SessionQuery& query) {
  return unit_.Ask([&]() -> Result<std::vector<Session>> {
    Statement list("SELECT * FROM session WHERE ended_at IS NULL");
    list.Add(" AND account = ", query.account);
    list.Add(" AND expires_at > ", query.open_at);
    if (query.before) {
      list.Add(" AND (created_at, id) < (", query.before->first);
      list.Add(", ", query.before->second);
      list.Add(")");
    }
    list.Add(" ORDER BY created_at DESC, id DESC LIMIT ", Limit(query.limit));
    std::vector<Session> page;
    for (const Row& row : list.Run(unit_.connection)) page.push_back(ReadSession(row));
    return page;
  });
}

Result<std::vector<SessionId>> Directory::EndSessions(AccountId account, Instant at,
                                                      std::optional<SessionId> except) {
  std::vector<SessionId> ended;
  Result<void> done = unit_.Write([&]() -> Result<void> {
    for (Row row : unit_.connection.Run(
             "UPDATE session SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL "
             "AND id IS DISTINCT FROM $3 RETURNING id",
             account, at, except)) {
      ended.push_back(row.Id<SessionId>());
    }
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  return ended;
}

Result<void> Directory::ForgetSessions(AccountId account, Instant before) {
  return unit_.Write([&]() -> Result<void> {
    unit_.connection.Run(
        "DELETE FROM session WHERE account = $1 AND least(expires_at, ended_at) < $2", account,
        before);
    return {};
  });
}

Result<void> Directory::ForEach(const std::function<void(Account&&)>& visit) {
  return unit_.Ask([&]() -> Result<void> {
    for (const Row& row : unit_.connection.Run("SELECT * FROM account")) visit(ReadAccount(row));
    return {};
  });
}

Result<void> Directory::ForEach(const std::function<void(Patient&&)>& visit) {
  return unit_.Ask([&]() -> Result<void> {
    for (const Row& row : unit_.connection.Run("SELECT * FROM patient")) visit(ReadPatient(row));
    return {};
  });
}

Result<void> Directory::ForEach(const std::function<void(Session&&)>& visit) {
  return unit_.Ask([&]() -> Result<void> {
    for (const Row& row : unit_.connection.Run("SELECT * FROM session")) visit(ReadSession(row));
    return {};
  });
}

std::vector<SignIn> FindSignIns(Connection& connection, const std::vector<SessionId>& ids) {
  std::vector<SignIn> found;
  for (Row row : connection.Run("SELECT session.id, account, refresh_token_hash, "
                                "session.created_at, expires_at, ended_at, refreshed_at, address, "
                                "user_agent, account.* FROM session "
                                "JOIN account ON account.id = session.account "
                                "WHERE session.id = ANY ($1::uuid[])",
                                ids)) {
    Session session = TakeSession(row);
    found.push_back({std::move(session), TakeAccount(row)});
  }
  return found;
}

}  // namespace clinic::postgres
