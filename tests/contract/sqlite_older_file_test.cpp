// Files that were made by older versions of the program.
#include <gtest/gtest.h>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {
namespace {

TEST(SqliteOlderFile, WhatWasWrittenIsUnderstood) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "clinic.db").string();
  {
    sqlite::Connection connection(path, sqlite::Connection::Mode::kCreate,
                                  std::chrono::milliseconds{0});
    const std::vector<sqlite::Migration> first = {sqlite::CreateSchema(), sqlite::AddWaitlist()};
    ASSERT_TRUE(sqlite::Migrate(connection, first).ok());
    connection.database().exec(
        "INSERT INTO resource VALUES (zeroblob(16), 'room', 'Room', 'UTC', 'always', 1, 300, 1800, "
        "0, 0, '', 1, 0, 0);"
        "INSERT INTO booking VALUES (zeroblob(16), 60, 120, 'booked', 1, 0, NULL, NULL, '', 1, 0, "
        "0);"
        "INSERT INTO allocation VALUES (zeroblob(16), zeroblob(16), 60, 120, 60, 1, 0, NULL, 0);"
        "INSERT INTO outbox VALUES (1, 'appointment.booked', zeroblob(16), 1, 0);"
        "INSERT INTO waitlist VALUES (zeroblob(16), zeroblob(16), NULL, 'cardiology', 0, 60, 60, "
        "0, '', 0, NULL);"
        "INSERT INTO account VALUES (zeroblob(16), 'ada@example.com', 'Ada', 'patient', '', NULL, "
        "0, 0);"
        "INSERT INTO session VALUES (zeroblob(16), zeroblob(16), '', 60, 120, NULL)");
  }
  EXPECT_EQ(PendingMigrations(path).value(),
            (std::vector<MigrationStatus>{
                {3, "remember pools"}, {4, "feed all changes"}, {5, "add sign-in details"}}));
  const auto store = SqliteStore::Open(path).value();
  const Result<void> read = store->Read([](UnitOfWork& work) -> Result<void> {
    const Booking booking = work.bookings().Get({}).value();
    EXPECT_EQ(booking.allocations.size(), 1U);
    // Whatever was booked before pools were known had been asked for by name.
    EXPECT_EQ(booking.allocations[0].pool, "");
    EXPECT_EQ(booking.allocations[0].occupied,
              (Interval{Instant{} + Duration{60}, Instant{} + Duration{120}}));
    EXPECT_EQ(work.outbox().Last().value()->subject, Uuid{});
    EXPECT_EQ(work.waitlist().Get({}).value().version, 1U);
    EXPECT_EQ(work.directory().GetAccount({}).value().version, 1U);
    EXPECT_EQ(work.directory().GetSession({}).value().refreshed_at, Instant{} + Duration{60});
    return {};
  });
  EXPECT_TRUE(read.ok());
}

}  // namespace
}  // namespace clinic
