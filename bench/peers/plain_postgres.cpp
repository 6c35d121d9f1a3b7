#include "bench/peers/plain_postgres.hpp"

#include <cstdio>
#include <cstdlib>
#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>
#include <pqxx/result>
#include <vector>

#include "adapters/postgres/postgres_store.hpp"
#include "adapters/postgres/values.hpp"
#include "bench/suite.hpp"
#include "tests/contract/postgres_server.hpp"

namespace clinic::bench {
namespace {

using postgres::Column;
using postgres::Encode;
using postgres::Value;

// The same plans as the store's own connection.
constexpr const char* kSettings =
    "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan";

// What bookings make, in the order of keys.
constexpr const char* kRows[] = {
    "SELECT row::text FROM booking AS row ORDER BY id",
    "SELECT row::text FROM allocation AS row ORDER BY booking, resource",
    "SELECT row::text FROM transition AS row ORDER BY booking, version",
    "SELECT (type, subject, version, at)::text FROM outbox ORDER BY subject, version",
    "SELECT (at, actor, action, subject, patient, source, request, detail)::text FROM audit "
    "ORDER BY subject",
};

// One booking, or an array for each column.
const std::string kOneBooking =
    "WITH wanted (id, practitioner, patient, starts_at, ends_at, status, reason, version, "
    "created_at, updated_at) AS (VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bigint, $5::bigint, "
    "$6, $7, $8::bigint, $9::bigint, $10::bigint))";
const std::string kManyBookings =
    "WITH wanted (id, practitioner, patient, starts_at, ends_at, status, reason, version, "
    "created_at, updated_at) AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], "
    "$4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], "
    "$10::bigint[]))";

// The rest of the statement, which alone is the transaction: one way to the server and back.
// Allocations say everything, so that no trigger has to look for it.
const std::string kWriteRows = R"sql(
, booked AS (
  INSERT INTO booking
  SELECT id, starts_at, ends_at, status, true, false, NULL::bigint, NULL::uuid, reason, version,
    created_at, updated_at
  FROM wanted),
allocated AS (
  INSERT INTO allocation
  SELECT id, resource, int8range(starts_at, ends_at), starts_at, true, false, NULL::bigint,
    updated_at, '', 0
  FROM wanted CROSS JOIN LATERAL (VALUES (practitioner), (patient)) AS needed (resource)
  ORDER BY resource, starts_at),
told AS (
  INSERT INTO transition SELECT id, 1, 'book', '', status, updated_at, $11, '' FROM wanted),
audited AS (
  INSERT INTO audit (at, actor, action, subject, patient, source, request, detail)
  SELECT updated_at, $11, 'appointment.book', id::text, patient, $12, $13, '' FROM wanted)
INSERT INTO outbox (type, subject, version, at)
SELECT 'appointment.booked', id, 1, updated_at FROM wanted
)sql";

// Calls `f` with each column's value of a booking, from left to right.
template <typename F>
void ForEachColumn(const clinic::Booking& booking, F f) {
  f(booking.id);
  f(booking.allocations.front().resource);
  f(PatientOf(booking));
  f(booking.interval.start);
  f(booking.interval.end);
  f(booking.status);
  f(booking.reason);
  f(booking.version);
  f(booking.created_at);
  f(booking.updated_at);
}

constexpr std::size_t kColumns = 10;

std::vector<Value> OneRow(const clinic::Booking& booking) {
  std::vector<Value> values;
  ForEachColumn(booking, [&](const auto& value) { values.push_back(Encode(value)); });
  return values;
}

std::vector<Value> ArrayOfEachColumn(std::span<const clinic::Booking> bookings) {
  std::vector<Column> columns(kColumns);
  for (const clinic::Booking& booking : bookings) {
    auto column = columns.begin();
    ForEachColumn(booking, [&](const auto& value) { (column++)->Add(value); });
  }
  std::vector<Value> values;
  for (const Column& column : columns) values.push_back(Encode(column));
  return values;
}

// A session with prepared statements.
class Session {
 public:
  explicit Session(const std::string& connection_string) : connection_(connection_string) {
    Run(kSettings);
  }

  void Prepare(const char* name, const std::string& sql) { connection_.prepare(name, sql); }

  void Run(const char* sql) { statements_.exec(sql); }

  /// How many rows it wrote.
  std::size_t RunPrepared(const char* name, const std::vector<Value>& values) {
    std::vector<const char*> texts;
    for (const Value& value : values) texts.push_back(value->c_str());
    return statements_.exec_prepared(name, pqxx::prepare::make_dynamic_params(texts))
        .affected_rows();
  }

 private:
  pqxx::connection connection_;
  pqxx::nontransaction statements_{connection_};
};

// What `write` returns; false, and a word about why, where it throws.
template <typename F>
bool Told(F write) {
  try {
    return write();
  } catch (const pqxx::failure& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return false;
  }
}

// One statement a transaction.
class OneStatement final : public PlainClient {
 public:
  explicit OneStatement(const std::string& connection_string) : session_(connection_string) {
    session_.Prepare("one", kOneBooking + kWriteRows);
    session_.Prepare("many", kManyBookings + kWriteRows);
  }

  bool Write(std::span<const clinic::Booking> bookings) override {
    const bool is_one = bookings.size() == 1;
    std::vector<Value> values = is_one ? OneRow(bookings.front()) : ArrayOfEachColumn(bookings);
    for (const std::string& said : {kAsked.actor, kAsked.source, kAsked.request}) {
      values.push_back(Encode(said));
    }
    return Told(
        [&] { return session_.RunPrepared(is_one ? "one" : "many", values) == bookings.size(); });
  }

 private:
  Session session_;
};

// BEGIN, a statement for each table, COMMIT.
class TableByTable final : public PlainClient {
 public:
  explicit TableByTable(const std::string& connection_string) : session_(connection_string) {
    session_.Prepare("booking",
                     "INSERT INTO booking VALUES "
                     "($1, $2, $3, $4, true, false, NULL, NULL, $5, $6, $7, $8)");
    session_.Prepare("allocations",
                     "INSERT INTO allocation VALUES "
                     "($1, $2, int8range($4, $5), $4, true, false, NULL, $6, '', 0), "
                     "($1, $3, int8range($4, $5), $4, true, false, NULL, $6, '', 0)");
    session_.Prepare("transition",
                     "INSERT INTO transition VALUES ($1, 1, 'book', '', $2, $3, $4, '')");
    session_.Prepare("audit",
                     "INSERT INTO audit (at, actor, action, subject, patient, source, request, "
                     "detail) VALUES ($1, $2, 'appointment.book', $3, $4, $5, $6, '')");
    session_.Prepare("outbox",
                     "INSERT INTO outbox (type, subject, version, at) VALUES "
                     "('appointment.booked', $1, 1, $2)");
  }

  bool Write(std::span<const clinic::Booking> bookings) override {
    return Told([&] {
      session_.Run("BEGIN");
      bool right = true;
      for (const clinic::Booking& booking : bookings) right = WriteOne(booking) && right;
      session_.Run("COMMIT");
      return right;
    });
  }

 private:
  template <typename... Values>
  std::size_t Run(const char* name, const Values&... values) {
    return session_.RunPrepared(name, {Encode(values)...});
  }

  bool WriteOne(const clinic::Booking& booking) {
    const auto& [start, end] = booking.interval;
    const Instant at = booking.updated_at;
    return Run("booking", booking.id, start, end, booking.status, booking.reason, booking.version,
               booking.created_at, at) == 1 &&
           Run("allocations", booking.id, booking.allocations.front().resource, PatientOf(booking),
               start, end, at) == 2 &&
           Run("transition", booking.id, booking.status, at, kAsked.actor) == 1 &&
           Run("audit", at, kAsked.actor, booking.id, PatientOf(booking), kAsked.source,
               kAsked.request) == 1 &&
           Run("outbox", booking.id, at) == 1;
  }

  Session session_;
};

class PostgresDatabase final : public DurableDatabase {
 public:
  explicit PostgresDatabase(std::shared_ptr<PostgresServer> server)
      : server_(std::move(server)), schema_(server_->NewSchema()) {}
  ~PostgresDatabase() override { Remove(); }

  void Reset() override {
    Remove();
    schema_ = server_->NewSchema();
    Open().reset();
  }

  std::unique_ptr<Store> Open() override {
    auto opened = PostgresStore::Open(schema_);
    Require(opened.ok(), "durable_bookings", "opening the PostgreSQL schema");
    return *std::move(opened);
  }

  std::unique_ptr<PlainClient> Connect(const PlainWay& way) override {
    if (way.table_by_table) return std::make_unique<TableByTable>(schema_);
    return std::make_unique<OneStatement>(schema_);
  }

  std::string Rows() override {
    pqxx::connection connection(schema_);
    pqxx::nontransaction statements(connection);
    std::string text;
    for (const char* sql : kRows) {
      for (const auto& row : statements.exec(sql)) {
        text += row[0].c_str();
        text += '\n';
      }
    }
    return text;
  }

 private:
  void Remove() {
    RunSql(schema_, "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$");
  }

  const std::shared_ptr<PostgresServer> server_;
  std::string schema_;
};

std::shared_ptr<PostgresServer> StartServer(const std::string& folder) {
  try {
    return std::make_shared<PostgresServer>(
        PostgresServer::Options{.folder = folder, .fsync = true});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "PostgreSQL in %s: %s\n", folder.c_str(), error.what());
    std::exit(EXIT_FAILURE);
  }
}

}  // namespace

bool HasPostgres() { return !PostgresServer::Programs().empty(); }

std::function<std::unique_ptr<DurableDatabase>(const std::string& folder)> PostgresDatabases() {
  return [server = std::make_shared<std::shared_ptr<PostgresServer>>()](const std::string& folder) {
    if (*server == nullptr) *server = StartServer(folder);
    return std::make_unique<PostgresDatabase>(*server);
  };
}

}  // namespace clinic::bench
