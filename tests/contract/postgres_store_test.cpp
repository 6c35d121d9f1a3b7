// What the port does not promise, and a store over PostgreSQL must: several stores on one database,
// other programs, and rules that the database itself keeps.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "tests/contract/postgres_fixture.hpp"

namespace clinic {
namespace {

class PostgresDatabase : public PostgresTest {};

constexpr const char* kBookingRow =
    "INSERT INTO booking VALUES (gen_random_uuid(), 1000, 2000, 'booked', true, false, NULL, NULL, "
    "'', 1, 0, 0) RETURNING id";

TEST_F(PostgresDatabase, RefusesTheDoubleBookingOfAnotherProgram) {
  Open();
  // In two statements, as the row of the one is seen by the trigger of the other.
  const auto book = [&](std::uint64_t resource, const std::string& lane = "NULL") {
    const std::string id = RunSql(schema(), kBookingRow);
    return RunSql(schema(), "INSERT INTO allocation (booking, resource, during, lane) VALUES ('" +
                                id + "', '" + ToString(IdNumber<ResourceId>(resource)) +
                                "', '[1000,2000)', " + lane + ")");
  };
  EXPECT_EQ(book(1), "");
  EXPECT_EQ(book(1), "refused: 23P01");
  EXPECT_EQ(book(1, "7"), "refused: 23P01");  // whatever lane it asks for
  EXPECT_EQ(book(1, "-1"), "refused: 23P01");
  EXPECT_EQ(book(1, "0"), "refused: 23P01");
  EXPECT_EQ(book(3), "");
  EXPECT_EQ(book(3), "");
  EXPECT_EQ(book(3), "refused: 23P01");  // a room for two
  EXPECT_EQ(book(99), "refused: 23503");
}

TEST_F(PostgresDatabase, RefusesWhatAnotherProgramMovesOntoABooking) {
  const auto store = Open();
  ASSERT_EQ(Insert(*store, SampleBooking(1, Minutes(0, 30), {1})), "ok");
  ASSERT_EQ(Insert(*store, SampleBooking(2, Minutes(30, 60), {1})), "ok");
  EXPECT_EQ(RunSql(schema(),
                   "UPDATE allocation SET lane = 0, "
                   "during = int8range(lower(during) - 1700, upper(during))"),
            "refused: 23P01");
}

TEST_F(PostgresDatabase, AHoldThatRanOutAndWasTakenIsNotConfirmedByAClockThatGoesBehind) {
  const auto store = Open();
  const Instant expiry = kNow + std::chrono::minutes{5};
  const Booking hold = SampleHold(1, Minutes(0, 30), {1}, expiry);
  ASSERT_EQ(Insert(*store, hold), "ok");
  Booking next = SampleBooking(2, Minutes(0, 30), {1});
  next.updated_at = expiry;
  ASSERT_EQ(Insert(*Open(), next), "ok");

  Booking confirmed = Changed(hold);
  confirmed.expires_at = std::nullopt;
  confirmed.updated_at = expiry - Duration{1};
  const Result<void> refused =
      store->Write([&](UnitOfWork& work) { return work.bookings().Update(confirmed); });
  ASSERT_EQ(Outcome(refused), "conflict");
  EXPECT_EQ(refused.error().conflicts.at(0).booking, next.id);
}

TEST_F(PostgresDatabase, OfManyWhoWantARoomForTwoTwoGetIt) {
  constexpr std::uint64_t kStores = 6;
  std::vector<std::unique_ptr<Store>> stores;
  for (std::uint64_t i = 0; i < kStores; ++i) stores.push_back(Open());
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> booked = 0;
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < kStores; ++i) {
      threads.emplace_back([&, i] {
        const std::string outcome =
            Insert(*stores[i], SampleBooking(static_cast<std::uint64_t>(round) * 100 + i,
                                             Minutes(round * 60, round * 60 + 30), {3}));
        if (outcome == "ok") ++booked;
        EXPECT_TRUE(outcome == "ok" || outcome == "conflict") << outcome;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(booked, 2);
  }
}

TEST_F(PostgresDatabase, WhoReadsEventsByTheirNumbersMissesNone) {
  constexpr int kWriters = 4;
  constexpr int kEach = 40;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < kWriters; ++i) stores.push_back(Open());
  std::atomic<int> writing = kWriters;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      for (int n = 0; n < kEach; ++n) {
        EXPECT_TRUE(stores[static_cast<std::size_t>(i)]
                        ->Write([](UnitOfWork& work) { return work.outbox().Append({}); })
                        .ok());
      }
      --writing;
    });
  }
  const auto store = Open();
  std::set<std::int64_t> seen;
  std::int64_t last = 0;
  for (bool more = true; more;) {
    more = writing > 0;
    EXPECT_TRUE(store
                    ->Read([&](UnitOfWork& work) -> Result<void> {
                      for (const OutboxEvent& event : work.outbox().ReadAfter(last, 7).value()) {
                        seen.insert(last = event.sequence);
                        more = true;
                      }
                      return {};
                    })
                    .ok());
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(seen.size(), std::size_t{kWriters * kEach});
}

TEST_F(PostgresDatabase, ServersThatStartAtOnceMigrateOneAfterTheOther) {
  const std::size_t all = PostgresStore::PendingMigrations(schema()).value().size();
  constexpr std::ptrdiff_t kStores = 6;
  std::latch together(kStores);
  std::vector<std::thread> threads;
  for (int i = 0; i < kStores; ++i) {
    threads.emplace_back([&] {
      together.arrive_and_wait();
      const auto opened = PostgresStore::Open(schema());
      EXPECT_TRUE(opened.ok()) << opened.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(RunSql(schema(), "SELECT count(*) FROM migration"), std::to_string(all));
  EXPECT_TRUE(PostgresStore::PendingMigrations(schema()).value().empty());
}

TEST_F(PostgresDatabase, OfANewerProgramIsRefused) {
  EXPECT_EQ(PostgresStore::PendingMigrations(schema()).value().front().version, 1);
  Open();
  RunSql(schema(), "INSERT INTO migration (version, name, checksum) VALUES (99, 'later', 0)");
  EXPECT_EQ(Outcome(PostgresStore::Open(schema())), "invalid_argument");
  RunSql(schema(), "DELETE FROM migration WHERE version = 99; UPDATE migration SET checksum = 0");
  EXPECT_EQ(Outcome(PostgresStore::Open(schema())), "corrupt");
}

TEST_F(PostgresDatabase, WritersWhoBlockEachOtherInACircleAreRunAgain) {
  const auto store = Open();
  const Account first = SampleAccount(1, "ada@example.com");
  const Account second = SampleAccount(2, "bob@example.com");
  ASSERT_TRUE(store
                  ->Write([&](UnitOfWork& work) -> Result<void> {
                    Result<void> added = work.directory().Insert(first);
                    return added.ok() ? work.directory().Insert(second) : added;
                  })
                  .ok());
  std::latch both_began(2);
  std::atomic<int> runs = 0;
  const auto touch = [](UnitOfWork& work, AccountId id) -> Result<void> {
    Result<Account> account = work.directory().GetAccount(id);
    if (!account.ok()) return std::move(account).error();
    ++account->version;
    return work.directory().Update(*account);
  };
  const auto update = [&](AccountId one, AccountId other) {
    const auto own = Open();
    bool again = false;
    EXPECT_EQ(Outcome(own->Write([&](UnitOfWork& work) -> Result<void> {
                ++runs;
                Result<void> updated = touch(work, one);
                if (!std::exchange(again, true)) both_began.arrive_and_wait();
                return updated.ok() ? touch(work, other) : updated;
              })),
              "ok");
  };
  std::thread other([&] { update(second.id, first.id); });
  update(first.id, second.id);
  other.join();
  EXPECT_GE(runs, 3);
}

TEST_F(PostgresDatabase, TextThatIsNotUtf8IsRefused) {
  const auto store = Open();
  Booking booking = SampleBooking(1, Minutes(0, 30), {1});
  booking.reason = "\xFF";
  EXPECT_EQ(Insert(*store, booking), "invalid_argument");
  booking.reason = std::string("\0\1\2\1\1", 5);
  EXPECT_EQ(Insert(*store, booking), "ok");
  EXPECT_TRUE(store
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    EXPECT_EQ(work.bookings().Get(booking.id).value(), booking);
                    return {};
                  })
                  .ok());
}

}  // namespace
}  // namespace clinic
