#include "adapters/postgres/connection.hpp"

#include <poll.h>

#include <map>
#include <pqxx/binarystring>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/result>

namespace clinic::postgres {

struct Rows::Answer {
  pqxx::result result;
};

// Transactions are begun and ended by statements, which can travel with others.
struct Connection::Session {
  explicit Session(const std::string& connection_string) : connection(connection_string) {
    // A connection that came back by itself would go on in the middle of a lost transaction.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  pqxx::connection connection;
  pqxx::quiet_errorhandler quiet{connection};
  std::optional<pqxx::nontransaction> statements;
  std::map<std::string, std::string, std::less<>> prepared;  // SQL to name
};

namespace {

// Runs `f`; what it throws of libpqxx's becomes a Failure.
template <typename F>
auto Translated(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const pqxx::broken_connection& lost) {
    throw ConnectionLost(lost.what());
  } catch (const pqxx::deadlock_detected& deadlock) {
    throw Failure("40P01", deadlock.what());
  } catch (const pqxx::serialization_failure& failure) {
    throw Failure("40001", failure.what());
  } catch (const pqxx::transaction_rollback& rolled_back) {
    throw Failure("40000", rolled_back.what());
  } catch (const pqxx::sql_error& error) {
    if (error.sqlstate().empty()) throw ConnectionLost(error.what());
    throw Failure(error.sqlstate(), error.what());
  } catch (const pqxx::failure& failure) {
    throw ConnectionLost(failure.what());
  }
}

class Watched {
 public:
  explicit Watched(Watchdog::Watch& watch) : watch_(watch) { watch_.Begin(); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { watch_.End(); }

 private:
  Watchdog::Watch& watch_;
};

}  // namespace

std::size_t Rows::size() const { return answer_->result.size(); }

std::size_t Rows::changed() const { return answer_->result.affected_rows(); }

std::optional<std::string_view> Rows::At(std::size_t row, std::size_t column) const {
  const pqxx::field field = answer_->result[static_cast<pqxx::result::size_type>(row)]
                                           [static_cast<pqxx::row::size_type>(column)];
  if (field.is_null()) return std::nullopt;
  return std::string_view(field.c_str(), field.size());
}

Connection::Connection(const std::string& connection_string, Watchdog& watchdog) {
  Translated([&] {
    session_ = std::make_unique<Session>(connection_string);
    session_->statements.emplace(session_->connection);
    watch_.emplace(watchdog, session_->connection.sock());
  });
}

Connection::~Connection() = default;

const std::string& Connection::Prepare(const std::string& sql) {
  auto known = session_->prepared.find(sql);
  if (known == session_->prepared.end()) {
    const std::string name = "s" + std::to_string(session_->prepared.size());
    session_->connection.prepare(name, sql);
    known = session_->prepared.emplace(sql, name).first;
  }
  return known->second;
}

Rows Connection::RunPrepared(const std::string& sql, const std::vector<Value>& values) {
  if (is_before_next()) RunScript(std::exchange(before_next_, {}));
  const Watched watched(*watch_);
  return Translated([&] {
    std::vector<const char*> texts;
    for (const Value& value : values) texts.push_back(value ? value->c_str() : nullptr);
    return Rows(std::make_shared<const Rows::Answer>(session_->statements->exec_prepared(
        Prepare(sql), pqxx::prepare::make_dynamic_params(texts))));
  });
}

Rows Connection::RunBinary(const std::string& sql, const std::vector<std::string>& values) {
  if (is_before_next()) RunScript(std::exchange(before_next_, {}));
  const Watched watched(*watch_);
  return Translated([&] {
    const std::vector<pqxx::binarystring> bytes(values.begin(), values.end());
    return Rows(std::make_shared<const Rows::Answer>(session_->statements->exec_prepared(
        Prepare(sql), pqxx::prepare::make_dynamic_params(bytes))));
  });
}

Rows Connection::RunScript(const std::string& sql) {
  const Watched watched(*watch_);
  return RunPatiently(sql);
}

Rows Connection::RunPatiently(const std::string& sql) {
  const std::string before = std::exchange(before_next_, {});
  return Translated([&] {
    return Rows(std::make_shared<const Rows::Answer>(
        session_->statements->exec(before.empty() ? sql : before + "; " + sql)));
  });
}

// Who goes says why, and closes the connection a moment later. Hardly anything else is said to who
// asked nothing, so that moment is waited for.
void Connection::Listen() {
  constexpr int kMilliseconds = 100;
  pollfd input{session_->connection.sock(), POLLIN, 0};
  if (poll(&input, 1, 0) <= 0) return;
  Translated([&] {
    session_->connection.get_notifs();
    poll(&input, 1, kMilliseconds);
    session_->connection.get_notifs();
  });
}

int Connection::process() const { return session_->connection.backendpid(); }

}  // namespace clinic::postgres
