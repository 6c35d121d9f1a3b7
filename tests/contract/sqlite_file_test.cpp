// What the file must withstand: other programs, damage, and what a disk does.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {
namespace {

template <typename T>
std::string Outcome(const Result<T>& result) {
  return result.ok() ? "ok" : std::string(ToString(result.error().code));
}

class SqliteFile : public testing::Test {
 protected:
  std::string path() const { return (folder_.path() / "clinic.db").string(); }

  std::unique_ptr<Store> Open() {
    Result<std::unique_ptr<Store>> opened = SqliteStore::Open(path());
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(opened).value();
  }

  /// A store with resource 1, resource 2 of capacity 2, and booking 1 of both from 0 to 30.
  std::unique_ptr<Store> OpenSample() {
    std::unique_ptr<Store> store = Open();
    const Result<void> filled = store->Write([](UnitOfWork& work) -> Result<void> {
      EXPECT_TRUE(work.resources().Insert(SampleResource(1)).ok());
      EXPECT_TRUE(work.resources().Insert(SampleResource(2, 2)).ok());
      return work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {1, 2}));
    });
    EXPECT_EQ(Outcome(filled), "ok");
    return store;
  }

  static Result<void> Insert(Store& store, const Booking& booking) {
    return store.Write([&](UnitOfWork& work) { return work.bookings().Insert(booking); });
  }

  static std::vector<Booking> AllBookings(Store& store) {
    std::vector<Booking> all;
    const Result<void> read = store.Read([&](UnitOfWork& work) -> Result<void> {
      auto listed = work.bookings().List({.limit = 1'000'000});
      if (!listed.ok()) return listed.error();
      all = *std::move(listed);
      return {};
    });
    EXPECT_EQ(Outcome(read), "ok");
    return all;
  }

  void WriteFile(const std::string& text) { std::ofstream(path(), std::ios::binary) << text; }

  /// Runs SQL on the file as a program that is not ours; what it says.
  std::string RunSql(const std::string& sql) {
    const std::string script = (folder_.path() / "script.sql").string();
    const std::string answer = (folder_.path() / "answer.txt").string();
    std::ofstream(script) << sql;
    const std::string command =
        CLINIC_SQLITE_SHELL " -bail '" + path() + "' < '" + script + "' > '" + answer + "' 2>&1";
    if (std::system(command.c_str()) == -1) return "the shell cannot be run";
    std::ostringstream text;
    text << std::ifstream(answer).rdbuf();
    return text.str();
  }

  const TemporaryFolder folder_;
};

TEST_F(SqliteFile, ReopeningGivesTheSameRows) {
  std::unique_ptr<Store> store = OpenSample();
  const std::vector<Booking> before = AllBookings(*store);
  ASSERT_EQ(before.size(), 1U);
  store.reset();
  store = Open();
  EXPECT_EQ(AllBookings(*store), before);
  EXPECT_EQ(Outcome(Insert(*store, SampleBooking(2, Minutes(15, 45), {1}))), "conflict");
}

TEST_F(SqliteFile, TwoStoresOnOneFileSeeEachOther) {
  const std::unique_ptr<Store> one = OpenSample();
  const std::unique_ptr<Store> other = Open();
  EXPECT_EQ(Outcome(Insert(*other, SampleBooking(2, Minutes(15, 45), {1}))), "conflict");
  EXPECT_EQ(Outcome(Insert(*other, SampleBooking(2, Minutes(30, 60), {1}))), "ok");
  EXPECT_EQ(AllBookings(*one).size(), 2U);
}

TEST_F(SqliteFile, CommitsAreSyncedBehindAWriteAheadLog) {
  const std::unique_ptr<Store> store = Open();
  sqlite::Connection connection(path(), sqlite::Connection::Mode::kReadWrite,
                                std::chrono::milliseconds{0});
  EXPECT_EQ(connection.database().execAndGet("PRAGMA journal_mode").getString(), "wal");
  EXPECT_EQ(connection.database().execAndGet("PRAGMA synchronous").getInt(), 2);
  EXPECT_EQ(connection.database().execAndGet("PRAGMA foreign_keys").getInt(), 1);
}

class AnotherProgram : public SqliteFile {
 protected:
  void SetUp() override {
    if (std::string_view(CLINIC_SQLITE_SHELL).empty() ||
        std::string_view(CLINIC_SQLITE_SHELL).ends_with("NOTFOUND")) {
      GTEST_SKIP() << "there is no sqlite3 shell here";
    }
    store_ = OpenSample();
  }

  static std::string Hex(const Uuid& uuid) {
    std::string text = "x'";
    for (const char c : ToString(uuid)) {
      if (c != '-') text += c;
    }
    return text + "'";
  }

  static std::string InsertSql(std::uint64_t number, const Interval& interval,
                               std::uint64_t resource, const std::string& occupies = "1") {
    const std::string id = Hex(IdNumber<BookingId>(number).uuid());
    const std::string times = std::to_string(interval.start.time_since_epoch().count()) + "," +
                              std::to_string(interval.end.time_since_epoch().count());
    const std::string start = std::to_string(interval.start.time_since_epoch().count());
    return "PRAGMA foreign_keys = ON; BEGIN;"
           "INSERT INTO booking VALUES (" +
           id + "," + times + ",'booked'," + occupies +
           ",0,NULL,NULL,'',1,0,0);"
           "INSERT INTO allocation VALUES (" +
           id + "," + Hex(IdNumber<ResourceId>(resource).uuid()) + "," + times + "," + start + "," +
           occupies + ",0,NULL,0,''); COMMIT;";
  }

  std::unique_ptr<Store> store_;
};

TEST_F(AnotherProgram, CanBookWhatIsFree) {
  EXPECT_EQ(RunSql(InsertSql(2, Minutes(30, 60), 1)), "");
  EXPECT_EQ(AllBookings(*store_).size(), 2U);
  EXPECT_EQ(Outcome(Insert(*store_, SampleBooking(3, Minutes(50, 70), {1}))), "conflict");
}

TEST_F(AnotherProgram, CannotDoubleBook) {
  EXPECT_NE(RunSql(InsertSql(2, Minutes(29, 60), 1)).find("the time is taken"), std::string::npos);
  EXPECT_EQ(RunSql(InsertSql(2, Minutes(29, 60), 2)), "");
  EXPECT_NE(RunSql(InsertSql(3, Minutes(0, 600), 2)).find("the time is taken"), std::string::npos);
  EXPECT_EQ(AllBookings(*store_).size(), 2U);
}

TEST_F(AnotherProgram, CannotMoveABookingOverAnother) {
  ASSERT_EQ(Outcome(Insert(*store_, SampleBooking(2, Minutes(30, 60), {1}))), "ok");
  const std::string answer =
      RunSql("UPDATE allocation SET starts_at = starts_at - 60 WHERE booking = " +
             Hex(IdNumber<BookingId>(2).uuid()));
  EXPECT_NE(answer.find("the time is taken"), std::string::npos) << answer;
}

TEST_F(AnotherProgram, CannotReviveABookingWhoseTimeIsTaken) {
  ASSERT_EQ(RunSql(InsertSql(2, Minutes(0, 30), 1, "0")), "");
  const std::string answer =
      RunSql("UPDATE booking SET status = 'booked', occupies = 1 WHERE id = " +
             Hex(IdNumber<BookingId>(2).uuid()));
  EXPECT_NE(answer.find("the time is taken"), std::string::npos) << answer;
  EXPECT_EQ(RunSql("UPDATE booking SET status = 'cancelled', occupies = 0 WHERE id = " +
                   Hex(IdNumber<BookingId>(1).uuid())),
            "");
  EXPECT_EQ(Outcome(Insert(*store_, SampleBooking(3, Minutes(0, 30), {1}))), "ok");
}

TEST_F(AnotherProgram, CannotHideAnAllocationFromItsBooking) {
  std::string sql = InsertSql(2, Minutes(0, 30), 1);
  const std::size_t last = sql.rfind(",1,0,NULL,0,''); COMMIT;");
  ASSERT_NE(last, std::string::npos);
  sql.replace(last, 2, ",0");
  const std::string answer = RunSql(sql);
  EXPECT_NE(answer.find("repeats what its booking says"), std::string::npos) << answer;
  EXPECT_EQ(AllBookings(*store_).size(), 1U);
}

TEST_F(AnotherProgram, CannotWriteWhatIsNoBooking) {
  EXPECT_NE(RunSql(InsertSql(2, Minutes(60, 60), 1)).find("CHECK constraint"), std::string::npos);
  EXPECT_NE(
      RunSql(
          "INSERT INTO resource SELECT x'00', kind, name, timezone, hours, capacity, 0, 0, 0, 0, "
          "'', 1, 0, 0 FROM resource")
          .find("CHECK constraint"),
      std::string::npos);
}

TEST_F(AnotherProgram, WhatItMadeOfTheFileIsRefusedWithAReason) {
  store_.reset();
  RunSql("PRAGMA user_version = 99");
  const auto newer = SqliteStore::Open(path());
  EXPECT_EQ(Outcome(newer), "invalid_argument");
  EXPECT_NE(newer.error().message.find("newer"), std::string::npos) << newer.error().message;
  EXPECT_EQ(Outcome(PendingMigrations(path())), "invalid_argument");

  RunSql("PRAGMA user_version = 5; UPDATE migration SET checksum = checksum + 1");
  EXPECT_EQ(Outcome(SqliteStore::Open(path())), "corrupt");

  RunSql("PRAGMA application_id = 1");
  const auto foreign = SqliteStore::Open(path());
  EXPECT_EQ(Outcome(foreign), "invalid_argument");
  EXPECT_NE(foreign.error().message.find("another program"), std::string::npos);
}

TEST_F(AnotherProgram, ItsOwnDatabaseIsLeftAlone) {
  store_.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path() + suffix);
  ASSERT_EQ(RunSql("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)"), "");
  EXPECT_EQ(Outcome(SqliteStore::Open(path())), "invalid_argument");
  EXPECT_EQ(RunSql("PRAGMA journal_mode; SELECT a FROM theirs; SELECT count(*) FROM sqlite_schema"),
            "delete\n1\n1\n");
}

TEST_F(SqliteFile, AFileThatIsNoDatabaseIsCorrupt) {
  const std::string text(5000, 'x');
  WriteFile(text);
  EXPECT_EQ(Outcome(SqliteStore::Open(path())), "corrupt");
  EXPECT_EQ(Outcome(PendingMigrations(path())), "corrupt");
  std::ostringstream after;
  after << std::ifstream(path()).rdbuf();
  EXPECT_EQ(after.str(), text);
}

TEST_F(SqliteFile, DamageIsReportedAndNeverTakenForRows) {
  OpenSample().reset();
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path()));
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  for (std::streamoff page = 4096; page < size; page += 4096) {
    file.seekp(page);
    file << std::string(4096, '\x5A');
  }
  file.close();
  const auto opened = SqliteStore::Open(path());
  if (!opened.ok()) {
    EXPECT_EQ(Outcome(opened), "corrupt");
    return;
  }
  Store& store = **opened;
  EXPECT_EQ(Outcome(store.Read([](UnitOfWork& work) -> Result<void> {
              auto listed = work.bookings().List({});
              return listed.ok() ? Result<void>() : listed.error();
            })),
            "corrupt");
  EXPECT_EQ(Outcome(Insert(store, SampleBooking(9, Minutes(90, 100), {1}))), "corrupt");
}

TEST_F(SqliteFile, AMissingFileIsMadeOnlyWhereThatIsWanted) {
  const auto opened = SqliteStore::Open(path(), {.create_if_missing = false});
  EXPECT_EQ(Outcome(opened), "unavailable");
  EXPECT_FALSE(std::filesystem::exists(path()));
  Open();
  EXPECT_EQ(Outcome(SqliteStore::Open(path(), {.create_if_missing = false})), "ok");
}

TEST_F(SqliteFile, WhereNothingCanBeWrittenIsUnavailable) {
  EXPECT_EQ(Outcome(SqliteStore::Open("/proc/clinic.db")), "unavailable");
  EXPECT_EQ(Outcome(SqliteStore::Open(folder_.path() / "no such folder" / "clinic.db")),
            "unavailable");
  EXPECT_EQ(Outcome(SqliteStore::Open(folder_.path())), "unavailable");
}

TEST_F(SqliteFile, PendingMigrationsAreListedAndNotApplied) {
  const auto all = PendingMigrations(path());
  ASSERT_EQ(Outcome(all), "ok");
  ASSERT_FALSE(all->empty());
  EXPECT_EQ(all->front(), (MigrationStatus{1, "create the schema"}));
  EXPECT_FALSE(std::filesystem::exists(path()));
  Open();
  EXPECT_TRUE(PendingMigrations(path()).value().empty());
}

TEST_F(SqliteFile, AMigrationThatFailsLeavesTheDatabaseAsItWas) {
  OpenSample().reset();
  std::vector<sqlite::Migration> migrations = sqlite::AllMigrations();
  const int next = static_cast<int>(migrations.size()) + 1;
  migrations.push_back({next, "good", "CREATE TABLE added (a) STRICT, WITHOUT ROWID"});
  migrations.back().sql = "CREATE TABLE added (a INTEGER) STRICT";
  migrations.push_back({next + 1, "bad", "DELETE FROM booking; CREATE TABLE booking (a)"});
  {
    sqlite::Connection connection(path(), sqlite::Connection::Mode::kReadWrite,
                                  std::chrono::milliseconds{0});
    const Result<void> failed = sqlite::Migrate(connection, migrations);
    EXPECT_EQ(Outcome(failed), "unavailable");
    EXPECT_NE(failed.error().message.find("bad"), std::string::npos) << failed.error().message;
    EXPECT_FALSE(connection.InTransaction());
    EXPECT_FALSE(connection.database().tableExists("added"));
  }
  EXPECT_TRUE(PendingMigrations(path()).value().empty());
  EXPECT_EQ(AllBookings(*Open()).size(), 1U);

  migrations.pop_back();
  sqlite::Connection connection(path(), sqlite::Connection::Mode::kReadWrite,
                                std::chrono::milliseconds{0});
  EXPECT_EQ(Outcome(sqlite::Migrate(connection, migrations)), "ok");
  EXPECT_TRUE(connection.database().tableExists("added"));
  EXPECT_EQ(Outcome(SqliteStore::Open(path())), "invalid_argument");
}

TEST_F(SqliteFile, AnotherWriterMakesItUnavailableAndReadersDoNotWait) {
  OpenSample().reset();
  const auto store =
      SqliteStore::Open(path(), {.busy_timeout = std::chrono::milliseconds{20}}).value();
  SQLite::Database other(path(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE; DELETE FROM allocation");
  const Result<void> refused = Insert(*store, SampleBooking(2, Minutes(30, 60), {1}));
  EXPECT_EQ(Outcome(refused), "unavailable");
  EXPECT_NE(refused.error().message.find("busy"), std::string::npos) << refused.error().message;
  EXPECT_EQ(AllBookings(*store).size(), 1U);
  other.exec("ROLLBACK");
  EXPECT_EQ(Outcome(Insert(*store, SampleBooking(2, Minutes(30, 60), {1}))), "ok");
}

// Runs `body` in a process of its own; its exit code.
template <typename F>
int ExitCodeOf(F&& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(SqliteFile, AFullDiskRefusesTheWriteAndKeepsWhatWasThere) {
  OpenSample().reset();
  const int code = ExitCodeOf([&] {
    const auto store = SqliteStore::Open(path());
    if (!store.ok()) return 1;
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 18, 1 << 18};
    setrlimit(RLIMIT_FSIZE, &limit);
    Booking large = SampleBooking(2, Minutes(30, 60), {1});
    large.reason.assign(1 << 20, 'x');
    const Result<void> refused = Insert(**store, large);
    if (refused.ok() || refused.error().code != ErrorCode::kUnavailable) return 2;
    // The part that failed cannot be undone alone where SQLite gave up the whole transaction.
    const Result<void> attempted = (*store)->Write([&](UnitOfWork& work) -> Result<void> {
      const Result<void> part = work.Attempt([&] { return work.bookings().Insert(large); });
      return part.ok() ? Result<void>()
                       : work.bookings().Insert(SampleBooking(3, Minutes(60, 90), {1}));
    });
    const bool whole = attempted.ok() == (AllBookings(**store).size() == 2);
    return whole ? 0 : 3;
  });
  EXPECT_EQ(code, 0);
  EXPECT_LE(AllBookings(*Open()).size(), 2U);
  EXPECT_EQ(Outcome(Insert(*Open(), SampleBooking(4, Minutes(90, 120), {1}))), "ok");
}

TEST_F(SqliteFile, AReadOnlyFileIsUnavailable) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  OpenSample().reset();
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
  const int code = ExitCodeOf([&] {
    if (seteuid(65534) != 0) return 1;
    const auto opened = SqliteStore::Open(path());
    return !opened.ok() && opened.error().code == ErrorCode::kUnavailable ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace clinic
