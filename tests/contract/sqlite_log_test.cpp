// The log is written in long pieces, and SQLite must not notice but by how few writes there are.
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "adapters/sqlite/connection.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic::sqlite {
namespace {

// How SQLite writes to files: counted, and once refused where that is asked for.
std::atomic<int> writes = 0;
std::atomic<bool> disk_is_full_once = false;

ssize_t Write(int file, const void* data, std::size_t size, off_t offset) {
  ++writes;
  if (disk_is_full_once.exchange(false)) {
    errno = ENOSPC;
    return -1;
  }
  return pwrite(file, data, size, offset);
}

class CountedWrites {
 public:
  CountedWrites() { Set(reinterpret_cast<sqlite3_syscall_ptr>(Write)); }
  CountedWrites(const CountedWrites&) = delete;
  CountedWrites& operator=(const CountedWrites&) = delete;
  ~CountedWrites() { Set(nullptr); }

 private:
  static void Set(sqlite3_syscall_ptr call) {
    sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
    EXPECT_EQ(system->xSetSystemCall(system, "pwrite64", call), SQLITE_OK);
  }
};

class SqliteLog : public testing::Test {
 protected:
  SqliteLog() {
    Run("PRAGMA journal_mode = WAL");
    Run("CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  }

  std::string path(const char* name = "clinic.db") const {
    return (folder_.path() / name).string();
  }

  void Run(const std::string& sql) { writer_.database().exec(sql); }

  // Rows of 1 KiB.
  void Insert(int first, int last) {
    Run("WITH RECURSIVE n(i) AS (SELECT " + std::to_string(first) +
        " UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(last) +
        ") INSERT INTO note SELECT i, hex(zeroblob(512)) FROM n");
  }

  static int Ask(Connection& connection, const char* sql) {
    return connection.database().execAndGet(sql).getInt();
  }

  static std::string Check(Connection& connection) {
    return connection.database().execAndGet("PRAGMA integrity_check").getString();
  }

  // How many rows whoever finds the files as they are now would see: after a crash of this program.
  int RowsAfterACrash() {
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(path() + suffix, path("crashed.db") + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    int rows = 0;
    {
      Connection crashed(path("crashed.db"), Connection::Mode::kReadWrite, kBusyTimeout);
      EXPECT_EQ(Check(crashed), "ok");
      rows = Ask(crashed, "SELECT count(*) FROM note");
    }
    std::filesystem::remove(path("crashed.db"));
    return rows;
  }

  static constexpr std::chrono::milliseconds kBusyTimeout{0};

  TemporaryFolder folder_;
  Connection writer_{path(), Connection::Mode::kCreate, kBusyTimeout};
};

TEST_F(SqliteLog, IsWrittenInFewPiecesWhenATransactionCommits) {
  const CountedWrites counted;
  Run("BEGIN");
  Insert(1, 200);
  EXPECT_EQ(writes, 0);
  EXPECT_EQ(RowsAfterACrash(), 0);
  writes = 0;
  Run("COMMIT");
  EXPECT_LT(writes, 20);  // of more than a hundred pages
  EXPECT_EQ(RowsAfterACrash(), 200);
}

// No more than ten pages would stay in memory, if those that were changed could leave it.
TEST_F(SqliteLog, HasNothingOfATransactionThatIsUnderWay) {
  Run("PRAGMA cache_size = 10");
  const auto size = [this] { return std::filesystem::file_size(path() + "-wal"); };
  const auto before = size();
  Run("BEGIN");
  Insert(1, 6'000);
  Run("SAVEPOINT part");
  Insert(6'001, 12'000);
  Run("UPDATE note SET text = 'short' WHERE number % 2 = 0");
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE text = 'short'"), 6'000);
  Run("ROLLBACK TO part");
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE length(text) = 1024"), 6'000);
  EXPECT_EQ(size(), before);
  Run("UPDATE note SET text = 'short' WHERE number > 5000");
  Run("COMMIT");
  Connection reader(path(), Connection::Mode::kReadOnly, kBusyTimeout);
  EXPECT_EQ(Ask(reader, "SELECT count(*) FROM note WHERE text = 'short'"), 1'000);
  EXPECT_EQ(Ask(reader, "SELECT count(*) FROM note"), 6'000);
  EXPECT_EQ(Check(reader), "ok");
  EXPECT_EQ(RowsAfterACrash(), 6'000);
}

TEST_F(SqliteLog, WhatIsRolledBackIsNotWrittenOverWhatAnotherProgramCommits) {
  SQLite::Database other(path(), SQLite::OPEN_READWRITE);
  Run("PRAGMA cache_size = 10");
  Insert(1, 2'000);
  Run("PRAGMA wal_checkpoint(TRUNCATE)");
  Run("BEGIN IMMEDIATE");
  Run("UPDATE note SET text = hex(randomblob(512))");
  Run("ROLLBACK");
  other.exec("PRAGMA synchronous = FULL");
  other.exec("UPDATE note SET text = 'theirs' WHERE number <= 100");
  Run("INSERT INTO note VALUES (9000, 'ours')");
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE text = 'theirs'"), 100);
  EXPECT_EQ(Check(writer_), "ok");
  EXPECT_EQ(RowsAfterACrash(), 2'001);
}

TEST_F(SqliteLog, AWriteThatFailsNeverLeavesAHoleBehindACommit) {
  Run("PRAGMA cache_size = 10");
  Run("CREATE TABLE other (number INTEGER PRIMARY KEY, text TEXT UNIQUE)");
  Insert(1, 100);
  Run("INSERT INTO other SELECT number, number || text FROM note");
  Run("PRAGMA wal_checkpoint(TRUNCATE)");
  const CountedWrites counted;
  Run("BEGIN IMMEDIATE");
  Run("UPDATE note SET text = 'new'");
  disk_is_full_once = true;
  try {
    Run("UPDATE other SET text = 'x' || text");
    Run("COMMIT");
  } catch (const SQLite::Exception&) {
    if (writer_.InTransaction()) writer_.database().tryExec("COMMIT");
  }
  EXPECT_FALSE(disk_is_full_once.exchange(false));
  if (writer_.InTransaction()) Run("ROLLBACK");
  const int changed = Ask(writer_, "SELECT count(*) FROM note WHERE text = 'new'");
  EXPECT_TRUE(changed == 0 || changed == 100) << changed;
  EXPECT_EQ(Check(writer_), "ok");
  Run("UPDATE note SET text = 'newer'");
  EXPECT_EQ(RowsAfterACrash(), 100);
  EXPECT_EQ(Check(writer_), "ok");
}

TEST_F(SqliteLog, BeginsAnewAfterACheckpoint) {
  for (int round = 0; round < 5; ++round) {
    Insert(round * 100 + 1, round * 100 + 100);
    if (round % 2 == 0) {
      Run("BEGIN");
      Run("DELETE FROM note");
      Run("ROLLBACK");
    }
    EXPECT_EQ(RowsAfterACrash(), (round + 1) * 100);
    Run("PRAGMA wal_checkpoint(TRUNCATE)");
    EXPECT_EQ(RowsAfterACrash(), (round + 1) * 100);
  }
}

TEST_F(SqliteLog, IsThatOfTheSystemInEverythingElse) {
  // A program with the system's own files takes turns with ours.
  const std::string shell = CLINIC_SQLITE_SHELL;
  if (shell.empty() || shell.ends_with("NOTFOUND"))
    GTEST_SKIP() << "there is no sqlite3 shell here";
  const std::string insert =
      shell + " '" + path() + "' \"INSERT INTO note VALUES (1000, 'theirs')\"";
  Insert(1, 10);
  ASSERT_EQ(std::system(insert.c_str()), 0);
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note"), 11);
  Insert(11, 20);
  Run("BEGIN IMMEDIATE");
  EXPECT_NE(std::system((insert + " 2>/dev/null").c_str()), 0);
  Run("COMMIT");
  EXPECT_EQ(RowsAfterACrash(), 21);
}

}  // namespace
}  // namespace clinic::sqlite
