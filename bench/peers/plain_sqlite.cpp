#include "bench/peers/plain_sqlite.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string_view>

#include "adapters/sqlite/sqlite_store.hpp"
#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

// The same settings as the store's own connection.
constexpr const char* kSettings =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 16384;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -65536;";

// What bookings make, in the order of keys.
constexpr const char* kRows[] = {
    "SELECT * FROM booking ORDER BY id",
    "SELECT * FROM allocation ORDER BY booking, resource",
    "SELECT * FROM transition ORDER BY booking, version",
    "SELECT type, subject, version, at FROM outbox ORDER BY subject, version",
    "SELECT at, actor, action, subject, patient, source, request, detail FROM audit "
    "ORDER BY subject",
};

using IdBytes = std::array<unsigned char, 16>;

template <typename AnyId>
IdBytes BytesOf(const AnyId& id) {
  IdBytes bytes;
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(id.uuid().high >> (56 - 8 * i));
    bytes[i + 8] = static_cast<unsigned char>(id.uuid().low >> (56 - 8 * i));
  }
  return bytes;
}

// A prepared statement that is run with values that live until it is done.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
    Require(statement_ != nullptr, "durable_bookings", sqlite3_errmsg(database));
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  template <typename... Values>
  bool Run(const Values&... values) {
    int position = 0;
    (Bind(++position, values), ...);
    const bool done = sqlite3_step(statement_) == SQLITE_DONE;
    sqlite3_reset(statement_);
    return done;
  }

  bool Step() { return sqlite3_step(statement_) == SQLITE_ROW; }
  sqlite3_stmt* handle() { return statement_; }

 private:
  void Bind(int position, std::int64_t number) { sqlite3_bind_int64(statement_, position, number); }
  void Bind(int position, Instant time) { Bind(position, time.time_since_epoch().count()); }
  void Bind(int position, std::nullptr_t) { sqlite3_bind_null(statement_, position); }
  void Bind(int position, const IdBytes& id) {
    sqlite3_bind_blob(statement_, position, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
  }
  void Bind(int position, std::string_view text) {
    sqlite3_bind_text(statement_, position, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
  }

  sqlite3_stmt* statement_ = nullptr;
};

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};

std::unique_ptr<sqlite3, Closer> OpenFile(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_exec(database, kSettings, nullptr, nullptr, nullptr);
  return std::unique_ptr<sqlite3, Closer>(database);
}

class PlainSqlite final : public PlainClient {
 public:
  explicit PlainSqlite(const std::string& path) : database_(OpenFile(path)) {}

  bool Write(std::span<const clinic::Booking> bookings) override {
    bool right = begin_.Run();
    for (const clinic::Booking& booking : bookings) right = right && WriteOne(booking);
    return commit_.Run() && right;
  }

 private:
  bool WriteOne(const clinic::Booking& booking) {
    const IdBytes id = BytesOf(booking.id);
    const Interval& visit = booking.interval;
    const Instant at = booking.updated_at;
    bool right =
        booking_.Run(id, visit.start, visit.end, booking.status, 1, 0, nullptr, nullptr,
                     booking.reason, std::int64_t{booking.version}, booking.created_at, at);
    for (const Allocation& allocation : booking.allocations) {
      right = right && allocation_.Run(id, BytesOf(allocation.resource), allocation.occupied.start,
                                       allocation.occupied.end, visit.start, 1, 0, nullptr, at,
                                       allocation.pool);
    }
    return right && transition_.Run(id, 1, "book", "", booking.status, at, kAsked.actor, "") &&
           outbox_.Run("appointment.booked", id, 1, at) &&
           audit_.Run(at, kAsked.actor, "appointment.book", ToString(booking.id),
                      BytesOf(PatientOf(booking)), kAsked.source, kAsked.request, "");
  }

  std::unique_ptr<sqlite3, Closer> database_;
  Statement begin_{database_.get(), "BEGIN IMMEDIATE"};
  Statement commit_{database_.get(), "COMMIT"};
  Statement booking_{database_.get(),
                     "INSERT INTO booking VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement allocation_{database_.get(),
                        "INSERT INTO allocation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement transition_{database_.get(), "INSERT INTO transition VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement outbox_{database_.get(),
                    "INSERT INTO outbox (type, subject, version, at) VALUES (?, ?, ?, ?)"};
  Statement audit_{database_.get(),
                   "INSERT INTO audit (at, actor, action, subject, patient, source, request, "
                   "detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
};

class SqliteDatabase final : public DurableDatabase {
 public:
  explicit SqliteDatabase(const std::string& folder)
      : path_((std::filesystem::path(folder) / ("clinic_bench_durable_" + std::to_string(getpid()) +
                                                "_" + std::to_string(++files_) + ".sqlite"))
                  .string()) {}
  ~SqliteDatabase() override { Remove(); }

  void Reset() override {
    Remove();
    Open().reset();
  }

  std::unique_ptr<Store> Open() override {
    auto opened = SqliteStore::Open(path_);
    Require(opened.ok(), "durable_bookings", "opening the SQLite file");
    return *std::move(opened);
  }

  std::unique_ptr<PlainClient> Connect(const PlainWay&) override {
    return std::make_unique<PlainSqlite>(path_);
  }

  std::string Rows() override {
    std::string text;
    const auto database = OpenFile(path_);
    for (const char* sql : kRows) {
      Statement rows(database.get(), sql);
      while (rows.Step()) AppendRow(rows.handle(), text);
    }
    return text;
  }

 private:
  static void AppendRow(sqlite3_stmt* row, std::string& text) {
    for (int column = 0; column < sqlite3_column_count(row); ++column) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
      if (bytes != nullptr) text.append(bytes, size);
      text += '|';
    }
    text += '\n';
  }

  void Remove() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }

  static inline int files_ = 0;

  const std::string path_;
};

}  // namespace

std::unique_ptr<DurableDatabase> MakeSqliteDatabase(const std::string& folder) {
  return std::make_unique<SqliteDatabase>(folder);
}

}  // namespace clinic::bench
