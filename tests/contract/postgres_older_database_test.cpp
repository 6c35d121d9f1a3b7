// Databases that were made by older versions of the program.
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/migrations.hpp"
#include "tests/contract/postgres_fixture.hpp"

namespace clinic {
namespace {

class PostgresOlderDatabase : public PostgresTest {};

TEST_F(PostgresOlderDatabase, WhatWasBookedIsStillThereAndInTheWay) {
  {
    postgres::Watchdog watchdog{std::chrono::seconds{60}};
    postgres::Connection connection(schema(), watchdog);
    const std::vector<postgres::Migration> first = {postgres::CreateSchema(),
                                                    postgres::AddCommitMarks()};
    ASSERT_TRUE(postgres::Migrate(connection, first).ok());
    connection.RunScript(
        "INSERT INTO resource SELECT ('01900000-0000-7000-8000-00000000000' || number)::uuid, "
        "  'room', 'Room', 'UTC', 'always', number, 300, 1800, 0, 0, '', 1, 0, 0 "
        "FROM generate_series(1, 2) AS number;"
        "INSERT INTO booking SELECT ('01900000-0000-7000-8000-00000000000' || number)::uuid, "
        "  60, 120, 'booked', true, false, NULL, NULL, '', 1, 0, 0 "
        "FROM generate_series(1, 3) AS number");
    connection.RunScript(
        "INSERT INTO allocation (booking, resource, during) "
        "SELECT ('01900000-0000-7000-8000-00000000000' || number)::uuid, "
        "  ('01900000-0000-7000-8000-00000000000' || least(number, 2))::uuid, '[60,120)' "
        "FROM generate_series(1, 3) AS number;"
        "INSERT INTO transition SELECT id, 1, 'book', '', 'booked', 0, '', '' FROM booking");
  }
  EXPECT_EQ(PostgresStore::PendingMigrations(schema()).value(),
            (std::vector<MigrationStatus>{{3, "add sign-in details"},
                                          {4, "check rows a statement at a time"}}));
  const auto store = PostgresStore::Open(schema()).value();
  const Interval time{Instant{} + Duration{60}, Instant{} + Duration{120}};
  EXPECT_TRUE(store
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    for (std::uint64_t i = 1; i <= 3; ++i) {
                      const auto id = IdNumber<BookingId>(i);
                      const Booking booking = work.bookings().Get(id).value();
                      EXPECT_EQ(booking.allocations.at(0).occupied, time);
                      EXPECT_EQ(work.bookings().History(id).value().size(), 1U);
                    }
                    return {};
                  })
                  .ok());
  // One room has one lane, and the other one two.
  for (const std::uint64_t room : {1, 2}) {
    Booking another = SampleBooking(9, time, {room});
    EXPECT_EQ(Insert(*store, another), "conflict") << room;
  }
}

TEST_F(PostgresOlderDatabase, AMigrationTakesAsLongAsItTakes) {
  postgres::Watchdog watchdog{std::chrono::milliseconds{200}};
  postgres::Connection connection(schema(), watchdog);
  connection.RunScript("SET statement_timeout = 100; SET lock_timeout = 100");
  const std::vector<postgres::Migration> slow = {{1, "slow", "SELECT pg_sleep(1)"}};
  EXPECT_TRUE(postgres::Migrate(connection, slow).ok());
  EXPECT_TRUE(postgres::Pending(connection, slow).value().empty());
}

}  // namespace
}  // namespace clinic
