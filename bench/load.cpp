// Opening a Scheduler over a file of bookings, until it is ready for questions, beside reading the
// same rows from the same file by the same SELECTs and doing nothing with them.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "adapters/sqlite/sqlite_store.hpp"
#include "bench/clinic_fixture.hpp"
#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

constexpr std::size_t kBookingsEach = 4'000;  // in a practitioner's calendar
constexpr std::size_t kInTransaction = 100'000;
constexpr Duration kVisit = std::chrono::minutes{30};

// What the store reads when it is asked for all bookings.
constexpr const char* kSelects[] = {
    "SELECT b.id, b.starts_at, b.ends_at, b.status, b.occupies, b.overrides, b.expires_at, "
    "b.series, b.reason, b.version, b.created_at, b.updated_at FROM booking b ORDER BY b.id",
    "SELECT booking, resource, starts_at, ends_at FROM allocation ORDER BY booking, resource",
};

clinic::Booking BookingOf(std::size_t number) {
  const auto turn = static_cast<std::int64_t>(number % kBookingsEach);
  const Instant start = kYearStart + turn * 2 * kVisit;
  clinic::Booking booking;
  booking.id = BookingId(Uuid{2, number + 1});
  booking.interval = {start, start + kVisit};
  booking.allocations = {{PractitionerId(number / kBookingsEach), booking.interval}};
  booking.status = "booked";
  booking.reason = "check-up";
  booking.created_at = booking.updated_at = kYearStart;
  return booking;
}

// A file with that many bookings, gone when this is.
class File {
 public:
  explicit File(std::size_t bookings)
      : path_(std::filesystem::temp_directory_path() /
              ("clinic_bench_" + std::to_string(getpid()) + ".sqlite")) {
    Remove();
    store_ = *SqliteStore::Open(path_);
    for (std::size_t first = 0; first < bookings; first += kInTransaction) {
      const std::size_t last = std::min(first + kInTransaction, bookings);
      const Result<void> written = store_->Write([&](UnitOfWork& work) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) {
          if (i % kBookingsEach == 0) {
            Result<void> added = work.resources().Insert(Practitioner(i / kBookingsEach));
            if (!added.ok()) return added;
          }
          if (Result<void> added = work.bookings().Insert(BookingOf(i)); !added.ok()) return added;
        }
        return {};
      });
      Require(written.ok(), "loading", "clinic");
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    store_.reset();
    Remove();
  }

  Store& store() { return *store_; }
  const std::string& path() const { return path_; }

 private:
  void Remove() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }

  std::string path_;
  std::unique_ptr<Store> store_;
};

// The scheduler knows the bookings, and keeps their time.
void RequireLoaded(Scheduler& scheduler, std::size_t bookings, const std::string& row) {
  for (std::size_t i = 0; i < bookings; i += 997) {
    const clinic::Booking expected = BookingOf(i);
    const auto found = scheduler.Find(expected.id);
    Require(found.ok() && *found == expected, row, "clinic");
    const auto again = scheduler.Check({.resources = {expected.allocations.front().resource},
                                        .interval = expected.interval,
                                        .waive = Waivers::Import()});
    Require(!again.ok() && again.error().code == ErrorCode::kConflict &&
                again.error().conflicts.front().booking == expected.id,
            row, "clinic");
  }
}

void Open(benchmark::State& state, const std::string& row, File& file, std::size_t bookings) {
  const SimulatedClock clock(kYearStart);
  UuidV7Generator ids(clock, 1);
  std::unique_ptr<Scheduler> scheduler;
  TimeEach(
      state, WallSeconds, bookings, [&] { scheduler.reset(); },
      [&] { scheduler = *Scheduler::Open(file.store(), clock, ids); });
  RequireLoaded(*scheduler, bookings, row);
}

// Takes every value of every row as what it is; the number of rows.
std::size_t ReadAll(sqlite3* database, const char* select) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, select, -1, &statement, nullptr);
  std::size_t rows = 0;
  for (; sqlite3_step(statement) == SQLITE_ROW; ++rows) {
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
      switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
          benchmark::DoNotOptimize(sqlite3_column_int64(statement, column));
          break;
        case SQLITE_NULL:
          break;
        default:
          benchmark::DoNotOptimize(sqlite3_column_blob(statement, column));
          benchmark::DoNotOptimize(sqlite3_column_bytes(statement, column));
      }
    }
  }
  sqlite3_finalize(statement);
  return rows;
}

void ReadRows(benchmark::State& state, const std::string& row, File& file, std::size_t bookings) {
  sqlite3* database = nullptr;
  const auto prepare = [&] {
    sqlite3_close(database);
    sqlite3_open_v2(file.path().c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_exec(database, "PRAGMA cache_size = -65536", nullptr, nullptr, nullptr);
  };
  TimeEach(state, WallSeconds, bookings, prepare, [&] {
    for (const char* select : kSelects) {
      Require(ReadAll(database, select) == bookings, row, "reading the rows");
    }
  });
  sqlite3_close(database);
}

// The same rows as the engine's values, which are thrown away.
void ReadValues(benchmark::State& state, const std::string& row, File& file, std::size_t bookings) {
  TimeEach(
      state, WallSeconds, bookings, [] {},
      [&] {
        std::size_t read = 0;
        const Result<void> all = file.store().Read([&](UnitOfWork& work) {
          return work.bookings().ForEach([&](clinic::Booking&&) { ++read; });
        });
        Require(all.ok() && read == bookings, row, "reading values");
      });
}

}  // namespace

void RunLoad(Suite& suite) {
  const std::size_t bookings = suite.Scaled<std::size_t>(5'000, 1'000'000, 10'000'000);
  const std::string row = "open_a_store/bookings:" + std::to_string(bookings);
  std::unique_ptr<File> file;
  const auto add = [&](const char* peer, auto run) {
    suite.Add({.scenario = row, .peer = peer, .manual_time = true, .iterations = 1},
              [=, &file](benchmark::State& state) {
                if (file == nullptr) file = std::make_unique<File>(bookings);
                run(state, row, *file, bookings);
              });
  };
  add("clinic", Open);
  add("reading the rows", ReadRows);
  add("reading values", ReadValues);
  suite.RunAdded();
}

}  // namespace clinic::bench
