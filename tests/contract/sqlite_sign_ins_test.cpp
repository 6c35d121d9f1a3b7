// Sign-ins are kept for as long as nobody commits, whoever that is.
#include <gtest/gtest.h>

#include <cstdlib>

#include "adapters/sqlite/commit_mark.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {
namespace {

Session SampleSession() {
  Session session;
  session.id = IdNumber<SessionId>(1);
  session.account = IdNumber<AccountId>(1);
  session.created_at = kNow;
  session.expires_at = kNow + std::chrono::days(1);
  return session;
}

class SqliteSignIns : public testing::Test {
 protected:
  std::string path() const { return (folder_.path() / "clinic.db").string(); }

  std::unique_ptr<Store> Open() {
    Result<std::unique_ptr<Store>> opened = SqliteStore::Open(path());
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(opened).value();
  }

  static void EndSession(Store& store, int seconds) {
    const Result<void> written = store.Write([&](UnitOfWork& work) -> Result<void> {
      Session ended = SampleSession();
      ended.ended_at = ended.created_at + Duration(seconds);
      return work.directory().Update(ended);
    });
    EXPECT_TRUE(written.ok());
  }

  /// A store in which account 1 has session 1, which was looked up twice.
  std::unique_ptr<Store> OpenSignedIn() {
    std::unique_ptr<Store> store = Open();
    const Result<void> written = store->Write([](UnitOfWork& work) -> Result<void> {
      Result<void> done = work.directory().Insert(SampleAccount(1, "ada"));
      return done.ok() ? work.directory().Insert(SampleSession()) : done;
    });
    EXPECT_TRUE(written.ok());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(EndOf(*store), std::nullopt);
    return store;
  }

  static std::optional<Instant> EndOf(Store& store) {
    return store.FindSignIn(SampleSession().id).value().session.ended_at;
  }

  static Instant After(int seconds) { return SampleSession().created_at + Duration(seconds); }

  TemporaryFolder folder_;
};

TEST_F(SqliteSignIns, WhatTheStoreItselfCommitsCountsAtOnce) {
  const std::unique_ptr<Store> store = OpenSignedIn();
  for (int i = 1; i <= 300; ++i) {
    EndSession(*store, i);
    ASSERT_EQ(EndOf(*store), After(i));
    ASSERT_EQ(EndOf(*store), After(i));
  }
}

TEST_F(SqliteSignIns, WhatAnotherProgramCommitsCountsAtOnce) {
  const std::unique_ptr<Store> store = OpenSignedIn();
  const std::string shell = CLINIC_SQLITE_SHELL;
  if (shell.empty() || shell.ends_with("NOTFOUND")) {
    GTEST_SKIP() << "there is no sqlite3 shell here";
  }
  for (int i = 1; i <= 5; ++i) {
    const std::string command = shell + " '" + path() +
                                "' 'UPDATE session SET ended_at = created_at + " +
                                std::to_string(i) + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    ASSERT_EQ(EndOf(*store), After(i));
    ASSERT_EQ(EndOf(*store), After(i));
  }
}

TEST_F(SqliteSignIns, ALogThatBeginsAnewChangesNothingAboutThat) {
  const std::unique_ptr<Store> store = OpenSignedIn();
  for (int i = 1; i <= 5; ++i) {
    EndSession(*store, i);
    ASSERT_EQ(EndOf(*store), After(i));
    sqlite::Connection other(path(), sqlite::Connection::Mode::kReadWrite,
                             std::chrono::milliseconds(1000));
    other.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    ASSERT_EQ(EndOf(*store), After(i));
  }
}

TEST_F(SqliteSignIns, WhatIsKnownWithoutLookingIsWhatWasLookedUpSinceTheLastCommit) {
  const std::unique_ptr<Store> store = OpenSignedIn();
  const SessionId session = SampleSession().id;
  EXPECT_EQ(store->FindKeptSignIn(session), store->FindSignIn(session).value());
  EXPECT_EQ(store->FindKeptSignIn(IdNumber<SessionId>(2)), std::nullopt);
  EndSession(*store, 1);
  EXPECT_EQ(store->FindKeptSignIn(session), std::nullopt);
  EXPECT_EQ(EndOf(*store), After(1));
  ASSERT_TRUE(store->FindKeptSignIn(session));
  EXPECT_EQ(store->FindKeptSignIn(session)->session.ended_at, After(1));
}

TEST_F(SqliteSignIns, TheMarkChangesWithEachCommitAndOnlyThen) {
  const std::unique_ptr<Store> store = OpenSignedIn();
  const sqlite::CommitMarks marks(std::make_unique<sqlite::Connection>(
      path(), sqlite::Connection::Mode::kReadOnly, std::chrono::milliseconds(1000)));
  const auto first = marks.Now();
  ASSERT_TRUE(first) << "there is no memory that programs share";
  EXPECT_EQ(EndOf(*store), std::nullopt);
  EXPECT_EQ(marks.Now(), first);
  EndSession(*store, 1);
  const auto second = marks.Now();
  EXPECT_NE(second, first);
  EndSession(*store, 2);
  EXPECT_NE(marks.Now(), second);
}

}  // namespace
}  // namespace clinic
