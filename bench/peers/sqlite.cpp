#include "bench/peers/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "bench/peers/apart_members.hpp"

namespace clinic::bench {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE booking (practitioner INTEGER NOT NULL, starts_at INTEGER NOT NULL,"
    "  ends_at INTEGER NOT NULL, id INTEGER NOT NULL,"
    "  PRIMARY KEY (practitioner, starts_at)) WITHOUT ROWID;"
    "PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000000; BEGIN";

void Require(bool succeeded, sqlite3* database) {
  if (succeeded) return;
  std::fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(database));
  std::exit(EXIT_FAILURE);
}

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    Require(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                               nullptr) == SQLITE_OK,
            database);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  // Begins to run it with these for its parameters.
  template <typename... Numbers>
  Statement& operator()(Numbers... numbers) {
    sqlite3_reset(statement_);
    int parameter = 0;
    (sqlite3_bind_int64(statement_, ++parameter, numbers), ...);
    return *this;
  }
  // True while there is a row.
  bool Step() {
    const int outcome = sqlite3_step(statement_);
    Require(outcome == SQLITE_ROW || outcome == SQLITE_DONE, database_);
    return outcome == SQLITE_ROW;
  }
  std::int64_t Column(int column) { return sqlite3_column_int64(statement_, column); }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

sqlite3* OpenInMemory() {
  sqlite3* database = nullptr;
  Require(sqlite3_open_v2(":memory:", &database,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          nullptr) == SQLITE_OK,
          database);
  Require(sqlite3_exec(database, kSchema, nullptr, nullptr, nullptr) == SQLITE_OK, database);
  return database;
}

std::int64_t Seconds(Instant instant) { return instant.time_since_epoch().count(); }

}  // namespace

template <>
struct Apart<Sqlite>::Calendars {
 public:
  explicit Calendars(std::size_t) {}

  bool IsFree(std::uint32_t practitioner, const Interval& interval) {
    return EndBefore(practitioner, interval.end) <= Seconds(interval.start);
  }
  bool Book(std::uint32_t practitioner, const Interval& interval, std::uint32_t id) {
    if (!IsFree(practitioner, interval)) return false;
    insert_(practitioner, Seconds(interval.start), Seconds(interval.end), id).Step();
    return true;
  }
  bool Cancel(std::uint32_t practitioner, const Interval& interval) {
    delete_(practitioner, Seconds(interval.start)).Step();
    return sqlite3_changes(database_.handle) == 1;
  }
  Instant NextGap(std::uint32_t practitioner, Instant from, Duration length) {
    std::int64_t start = std::max(Seconds(from), EndBefore(practitioner, from));
    following_(practitioner, Seconds(from));
    while (following_.Step() && following_.Column(0) - start < length.count()) {
      start = following_.Column(1);
    }
    return Instant{Duration{start}};
  }

 private:
  struct Database {
    sqlite3* handle = OpenInMemory();
    ~Database() { sqlite3_close(handle); }
  };

  // The end of the last booking that starts before `instant`.
  std::int64_t EndBefore(std::uint32_t practitioner, Instant instant) {
    return before_(practitioner, Seconds(instant)).Step() ? before_.Column(0) : Seconds(kEarliest);
  }

  Database database_;
  Statement before_{database_.handle,
                    "SELECT ends_at FROM booking WHERE practitioner = ? AND starts_at < ? "
                    "ORDER BY starts_at DESC LIMIT 1"};
  Statement following_{database_.handle,
                       "SELECT starts_at, ends_at FROM booking "
                       "WHERE practitioner = ? AND starts_at >= ? ORDER BY starts_at"};
  Statement insert_{database_.handle, "INSERT INTO booking VALUES (?, ?, ?, ?)"};
  Statement delete_{database_.handle,
                    "DELETE FROM booking WHERE practitioner = ? AND starts_at = ?"};
};

template class Apart<Sqlite>;

}  // namespace clinic::bench
