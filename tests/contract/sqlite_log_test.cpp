// The log is written in long pieces, and SQLite must not notice but by how few writes there are.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "adapters/sqlite/connection.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic::sqlite {
namespace {

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

TEST_F(SqliteLog, IsInItsFileWhenACommitReturnsAndNotSooner) {
  const auto size = [this] { return std::filesystem::file_size(path() + "-wal"); };
  const auto before = size();
  Run("BEGIN");
  Insert(1, 20);
  EXPECT_EQ(size(), before);
  EXPECT_EQ(RowsAfterACrash(), 0);
  Run("COMMIT");
  EXPECT_GT(size(), before + 20 * 1024);
  EXPECT_EQ(RowsAfterACrash(), 20);
}

TEST_F(SqliteLog, IsReadBackInTheTransactionThatWritesIt) {
  // No more than ten pages stay in memory, so what was changed is written and read again; more than
  // is ever gathered.
  Run("PRAGMA cache_size = 10");
  Run("BEGIN");
  Insert(1, 6'000);
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE length(text) = 1024"), 6'000);
  Run("SAVEPOINT part");
  Insert(6'001, 12'000);
  Run("UPDATE note SET text = 'short' WHERE number % 2 = 0");
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE text = 'short'"), 6'000);
  Run("ROLLBACK TO part");
  EXPECT_EQ(Ask(writer_, "SELECT count(*) FROM note WHERE length(text) = 1024"), 6'000);
  Run("UPDATE note SET text = 'short' WHERE number > 5000");
  Run("COMMIT");
  Connection reader(path(), Connection::Mode::kReadOnly, kBusyTimeout);
  EXPECT_EQ(Ask(reader, "SELECT count(*) FROM note WHERE text = 'short'"), 1'000);
  EXPECT_EQ(Ask(reader, "SELECT count(*) FROM note"), 6'000);
  EXPECT_EQ(Check(reader), "ok");
  EXPECT_EQ(RowsAfterACrash(), 6'000);
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
