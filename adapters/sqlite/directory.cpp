#include "adapters/sqlite/directory.hpp"

#include "adapters/not_found.hpp"

#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/words.hpp"

namespace clinic::sqlite {
namespace {

Error Taken(std::string what) { return {ErrorCode::kAlreadyExists, std::move(what)}; }

Account TakeAccount(Row& row) {
  Account account;
  account.id = row.Id<AccountId>();
  account.email = row.Text();
  account.full_name = row.Text();
  account.role = ParseWord<Role>(row.Text());
  account.password_hash = row.Text();
  account.resource = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
  account.disabled = row.Number<bool>();
  account.created_at = row.Time();
  account.version = row.Number<std::uint32_t>();
  return account;
}

Account ReadAccount(Row row) { return TakeAccount(row); }

void BindColumns(Query& query, const Account& account) {
  query.Bind(account.id, account.email, account.full_name, Word(account.role),
             account.password_hash, account.resource, account.disabled, account.created_at,
             account.version);
}

Patient ReadPatient(Row row) {
  Patient patient;
  patient.id = row.Id<ResourceId>();
  patient.full_name = row.Text();
  patient.email = row.Text();
  patient.phone = row.Text();
  patient.date_of_birth =
      row.Optional([](Row& r) { return CivilDay(std::chrono::days(r.Number<std::int32_t>())); });
  patient.timezone = row.Text();
  patient.notify_by_email = row.Number<bool>();
  patient.notify_by_sms = row.Number<bool>();
  patient.version = row.Number<std::uint32_t>();
  patient.created_at = row.Time();
  patient.updated_at = row.Time();
  return patient;
}

void BindColumns(Query& query, const Patient& patient) {
  std::optional<std::int64_t> born;
  if (patient.date_of_birth) born = patient.date_of_birth->time_since_epoch().count();
  query.Bind(patient.id, patient.full_name, patient.email, patient.phone, born, patient.timezone,
             patient.notify_by_email, patient.notify_by_sms, patient.version, patient.created_at,
             patient.updated_at);
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

void BindColumns(Query& query, const Session& session) {
  query.Bind(session.id, session.account, session.refresh_token_hash, session.created_at,
             session.expires_at, session.ended_at, session.refreshed_at, session.address,
             session.user_agent);
}

std::string ListStatement(const AccountQuery& query) {
  std::string sql = "SELECT * FROM account WHERE true";
  if (query.role) sql += " AND role = ?";
  if (query.resource) sql += " AND resource = ?";
  if (query.text) {
    sql += " AND (instr(lower(email), lower(?)) > 0 OR instr(lower(full_name), lower(?)) > 0)";
  }
  if (query.after) sql += " AND email > ?";
  return sql + " ORDER BY email LIMIT ?";
}

std::string ListStatement(const SessionQuery& query) {
  std::string sql =
      "SELECT * FROM session WHERE account = ? AND ended_at IS NULL AND expires_at > ?";
  if (query.before) sql += " AND (created_at, id) < (?, ?)";
  return sql + " ORDER BY created_at DESC, id DESC LIMIT ?";
}

// What a write that the database refuses, or that changes nothing, means.
struct Meaning {
  Error duplicate{};
  Error missing_reference{};
  Error unchanged{};
};

template <typename AnyRow>
Result<void> WriteRow(Connection& connection, std::string_view sql, const AnyRow& row,
                      Meaning meaning) {
  try {
    Query query(connection, sql);
    BindColumns(query, row);
    if (query.Run() == 0) return std::move(meaning.unchanged);
    return {};
  } catch (const SQLite::Exception& exception) {
    if (IsDuplicate(exception)) return std::move(meaning.duplicate);
    if (IsMissingReference(exception)) return std::move(meaning.missing_reference);
    throw;
  }
}

}  // namespace

Result<void> Directory::Insert(const Account& account) {
  return unit_.Write([&] {
    return WriteRow(unit_.connection, "INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    account, {.duplicate = Taken("another account has that id or e-mail")});
  });
}

Result<void> Directory::Update(const Account& account) {
  return unit_.Write([&]() -> Result<void> {
    Query version(unit_.connection, "SELECT version FROM account WHERE id = ?1");
    if (!version.Bind(account.id).Next()) return NoAccount(account.id);
    if (const auto stored = version.row().Number<std::uint32_t>(); stored + 1 != account.version) {
      return Error{ErrorCode::kStaleVersion, "the account has version " + std::to_string(stored)};
    }
    return WriteRow(unit_.connection,
                    "UPDATE account SET email = ?2, full_name = ?3, role = ?4, password_hash = ?5, "
                    "resource = ?6, disabled = ?7, created_at = ?8, version = ?9 WHERE id = ?1",
                    account,
                    {.duplicate = Taken("another account has that e-mail"),
                     .unchanged = NoAccount(account.id)});
  });
}

Result<Account> Directory::GetAccount(AccountId id) {
  return Guarded([&]() -> Result<Account> {
    Query query(unit_.connection, "SELECT * FROM account WHERE id = ?1");
    if (!query.Bind(id).Next()) return NoAccount(id);
    return ReadAccount(query.row());
  });
}

Result<Account> Directory::FindAccount(std::string_view email) {
  return Guarded([&]() -> Result<Account> {
    Query query(unit_.connection, "SELECT * FROM account WHERE email = ?1");
    if (query.Bind(email).Next()) return ReadAccount(query.row());
    return Error{ErrorCode::kNotFound, "no account has that e-mail"};
  });
}

Result<std::vector<Account>> Directory::List(const AccountQuery& query) {
  return Guarded([&]() -> Result<std::vector<Account>> {
    const std::string sql = ListStatement(query);
    Query statement(unit_.connection, sql);
    if (query.role) statement.Bind(Word(*query.role));
    if (query.resource) statement.Bind(*query.resource);
    if (query.text) statement.Bind(*query.text, *query.text);
    if (query.after) statement.Bind(*query.after);
    statement.Bind(Limit(query.limit));
    std::vector<Account> page;
    while (statement.Next()) page.push_back(ReadAccount(statement.row()));
    return page;
  });
}

Result<void> Directory::Insert(const Patient& patient) {
  return unit_.Write([&] {
    return WriteRow(unit_.connection,
                    "INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", patient,
                    {.duplicate = Taken("there is a patient " + ToString(patient.id)),
                     .missing_reference = {ErrorCode::kUnknownResource,
                                           "there is no resource " + ToString(patient.id)}});
  });
}

Result<void> Directory::Update(const Patient& patient) {
  return unit_.Write([&]() -> Result<void> {
    Query version(unit_.connection, "SELECT version FROM patient WHERE id = ?1");
    if (!version.Bind(patient.id).Next()) return NoPatient(patient.id);
    if (const auto stored = version.row().Number<std::uint32_t>(); stored + 1 != patient.version) {
      return Error{ErrorCode::kStaleVersion, "the patient has version " + std::to_string(stored)};
    }
    return WriteRow(unit_.connection,
                    "UPDATE patient SET full_name = ?2, email = ?3, phone = ?4, "
                    "date_of_birth = ?5, timezone = ?6, notify_by_email = ?7, notify_by_sms = ?8, "
                    "version = ?9, created_at = ?10, updated_at = ?11 WHERE id = ?1",
                    patient, {.unchanged = NoPatient(patient.id)});
  });
}

Result<Patient> Directory::GetPatient(ResourceId id) {
  return Guarded([&]() -> Result<Patient> {
    Query query(unit_.connection, "SELECT * FROM patient WHERE id = ?1");
    if (!query.Bind(id).Next()) return NoPatient(id);
    return ReadPatient(query.row());
  });
}

Result<void> Directory::Insert(const Session& session) {
  return unit_.Write([&] {
    return WriteRow(unit_.connection, "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    session,
                    {.duplicate = Taken("there is a session " + ToString(session.id)),
                     .missing_reference = NoAccount(session.account)});
  });
}

Result<void> Directory::Update(const Session& session) {
  return unit_.Write([&] {
    return WriteRow(
        unit_.connection,
        "UPDATE session SET account = ?2, refresh_token_hash = ?3, created_at = ?4, "
        "expires_at = ?5, ended_at = ?6, refreshed_at = ?7, address = ?8, user_agent = ?9 "
        "WHERE id = ?1",
        session,
        {.missing_reference = NoAccount(session.account), .unchanged = NoSession(session.id)});
  });
}

Result<Session> Directory::GetSession(SessionId id) {
  return Guarded([&]() -> Result<Session> {
    Query query(unit_.connection, "SELECT * FROM session WHERE id = ?1");
    if (!query.Bind(id).Next()) return NoSession(id);
    return ReadSession(query.row());
  });
}

Result<std::vector<Session>> Directory::List(const SessionQuery& query) {
  return Guarded([&]() -> Result<std::vector<Session>> {
    const std::string sql = ListStatement(query);
    Query statement(unit_.connection, sql);
    statement.Bind(query.account, query.open_at);
    if (query.before) statement.Bind(query.before->first, query.before->second);
    statement.Bind(Limit(query.limit));
    std::vector<Session> page;
    while (statement.Next()) page.push_back(ReadSession(statement.row()));
    return page;
  });
}

Result<std::vector<SessionId>> Directory::EndSessions(AccountId account, Instant at,
                                                      std::optional<SessionId> except) {
  std::vector<SessionId> ended;
  Result<void> done = unit_.Write([&]() -> Result<void> {
    Query query(unit_.connection,
                "UPDATE session SET ended_at = ?2 "
                "WHERE account = ?1 AND ended_at IS NULL AND id IS NOT ?3 RETURNING id");
    query.Bind(account, at, except);
    while (query.Next()) ended.push_back(query.row().Id<SessionId>());
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  return ended;
}

Result<void> Directory::ForgetSessions(AccountId account, Instant before) {
  return unit_.Write([&]() -> Result<void> {
    Query(unit_.connection,
          "DELETE FROM session "
          "WHERE account = ?1 AND min(expires_at, ifnull(ended_at, expires_at)) < ?2")
        .Bind(account, before)
        .Run();
    return {};
  });
}

Result<void> Directory::ForEach(const std::function<void(Account&&)>& visit) {
  return VisitRows(unit_.connection, "SELECT * FROM account", ReadAccount, visit);
}

Result<void> Directory::ForEach(const std::function<void(Patient&&)>& visit) {
  return VisitRows(unit_.connection, "SELECT * FROM patient", ReadPatient, visit);
}

Result<void> Directory::ForEach(const std::function<void(Session&&)>& visit) {
  return VisitRows(unit_.connection, "SELECT * FROM session", ReadSession, visit);
}

Result<SignIn> FindSignIn(Connection& connection, SessionId id) {
  return Guarded([&]() -> Result<SignIn> {
    Query query(connection,
                "SELECT session.*, account.* FROM session JOIN account "
                "ON account.id = session.account WHERE session.id = ?1");
    if (!query.Bind(id).Next()) return NoSession(id);
    Row row = query.row();
    Session session = TakeSession(row);
    return SignIn{std::move(session), TakeAccount(row)};
  });
}

}  // namespace clinic::sqlite
