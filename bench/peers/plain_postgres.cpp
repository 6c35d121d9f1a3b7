#include "bench/peers/plain_postgres.hpp"

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
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

// The rest of the statement, which alone is the transaction: there is one way to the server and
// back. The allocations' trigger reads their booking, so they come after it.
const std::string kWriteRows = R"sql(
, booked AS (
  INSERT INTO booking
  SELECT id, starts_at, ends_at, status, true, false, NULL::bigint, NULL::uuid, reason, version,
    created_at, updated_at
  FROM wanted
  RETURNING id),
allocated AS (
  INSERT INTO allocation (booking, resource, during, pool)
  SELECT id, resource, int8range(starts_at, ends_at), ''
  FROM booked JOIN wanted USING (id)
    CROSS JOIN LATERAL (VALUES (practitioner), (patient)) AS needed (resource)
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

class PlainPostgres final : public PlainClient {
 public:
  explicit PlainPostgres(const std::string& connection_string) : connection_(connection_string) {
    statements_.exec(kSettings);
    connection_.prepare("one", kOneBooking + kWriteRows);
    connection_.prepare("many", kManyBookings + kWriteRows);
  }

  bool Write(std::span<const clinic::Booking> bookings) override {
    const bool is_one = bookings.size() == 1;
    std::vector<Value> values = is_one ? OneRow(bookings.front()) : ArrayOfEachColumn(bookings);
    for (const std::string& said : {kAsked.actor, kAsked.source, kAsked.request}) {
      values.push_back(Encode(said));
    }
    std::vector<const char*> texts;
    for (const Value& value : values) texts.push_back(value->c_str());
    try {
      const pqxx::result written = statements_.exec_prepared(
          is_one ? "one" : "many", pqxx::prepare::make_dynamic_params(texts));
      return written.affected_rows() == bookings.size();
    } catch (const pqxx::failure& failure) {
      std::fprintf(stderr, "%s\n", failure.what());
      return false;
    }
  }

 private:
  pqxx::connection connection_;
  pqxx::nontransaction statements_{connection_};
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

  std::unique_ptr<PlainClient> Connect() override {
    return std::make_unique<PlainPostgres>(schema_);
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
