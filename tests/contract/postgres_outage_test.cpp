// Servers that go, come back, and fall silent at the worst moment.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "adapters/postgres/connection.hpp"
#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/postgres_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class PostgresOutage : public PostgresTest {};

std::vector<BookingId> AllBookings(Store& store) {
  std::vector<BookingId> ids;
  const Result<void> read = store.Read([&](UnitOfWork& work) {
    return work.bookings().ForEach([&](Booking&& booking) { ids.push_back(booking.id); });
  });
  EXPECT_EQ(Outcome(read), "ok");
  return ids;
}

TEST_F(PostgresOutage, NobodyToConnectToIsSaidInTime) {
  const auto began = steady_clock::now();
  EXPECT_EQ(Outcome(PostgresStore::Open("host=127.0.0.1 port=1 user=clinic dbname=postgres",
                                        {.wait_for_connection = milliseconds{200}})),
            "unavailable");
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds{30});
}

TEST_F(PostgresOutage, WhoFindsAllConnectionsTakenIsToldSoInTime) {
  const auto store = Open({.reading_connections = 1, .wait_for_connection = milliseconds{50}});
  const auto read = [&] {
    return Outcome(store->Read([](UnitOfWork&) { return Result<void>(); }));
  };
  EXPECT_EQ(Outcome(store->Read([&](UnitOfWork&) -> Result<void> {
              EXPECT_EQ(read(), "unavailable");
              return {};
            })),
            "ok");
  EXPECT_EQ(read(), "ok");
}

TEST_F(PostgresOutage, AStoreOutlivesItsServer) {
  PostgresServer server;
  const auto store =
      OpenWithResources(server.NewSchema(), {.wait_for_connection = milliseconds{300}});
  ASSERT_EQ(Insert(*store, SampleBooking(1, Minutes(0, 30), {1})), "ok");
  ASSERT_EQ(AllBookings(*store).size(), 1U);
  server.Kill();
  EXPECT_EQ(Insert(*store, SampleBooking(2, Minutes(30, 60), {1})), "unavailable");
  EXPECT_EQ(Outcome(store->Read([](UnitOfWork&) { return Result<void>(); })), "unavailable");
  server.Start();
  std::string outcome = "unavailable";
  for (int i = 0; i < 20 && outcome == "unavailable"; ++i) {
    outcome = Insert(*store, SampleBooking(3, Minutes(60, 90), {1}));
  }
  EXPECT_EQ(outcome, "ok");
  EXPECT_EQ(AllBookings(*store).size(), 2U);
}

// A server that restarts while nobody looks has broken all idle connections; nobody is told.
TEST_F(PostgresOutage, ARestartBetweenTwoCallsIsNotNoticed) {
  PostgresServer server;
  const auto store = OpenWithResources(server.NewSchema(), {});
  ASSERT_EQ(Insert(*store, SampleBooking(1, Minutes(0, 30), {1})), "ok");
  ASSERT_EQ(AllBookings(*store).size(), 1U);
  server.Kill();
  server.Start();
  EXPECT_EQ(Insert(*store, SampleBooking(2, Minutes(30, 60), {1})), "ok");
  EXPECT_EQ(AllBookings(*store).size(), 2U);
}

TEST_F(PostgresOutage, AServerThatBecameReadOnlyRefusesWritingAndRecovers) {
  PostgresServer server;
  const std::string schema = server.NewSchema();
  const auto store = OpenWithResources(schema, {.wait_for_connection = milliseconds{300}});
  const auto set = [&](const std::string& value) {
    EXPECT_EQ(
        RunSql(schema, "BEGIN READ WRITE; ALTER ROLE clinic SET default_transaction_read_only = " +
                           value + "; COMMIT"),
        "");
    RunSql(schema,
           "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
           "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
    EXPECT_EQ(RunSql(schema,
                     "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity "
                     "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend') LOOP "
                     "PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$"),
              "");
  };
  set("on");
  const Result<void> written = store->Write([&](UnitOfWork& work) {
    return work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {1}));
  });
  EXPECT_EQ(Outcome(written), "unavailable");
  EXPECT_NE(written.error().message.find("read-only"), std::string::npos)
      << written.error().message;
  EXPECT_TRUE(AllBookings(*store).empty());
  set("off");
  EXPECT_EQ(Insert(*store, SampleBooking(1, Minutes(0, 30), {1})), "ok");
}

// What is only written goes to the server in one way, in which this word is; what was asked for
// before makes it several, of which the last one is COMMIT.
enum class Ways { kOne, kSeveral };

constexpr const char* kReason = "sore throat";

Store::Work Inserting(Ways ways, std::uint64_t number, const Interval& interval) {
  return [=](UnitOfWork& work) -> Result<void> {
    if (ways == Ways::kSeveral) {
      if (const auto last = work.outbox().Last(); !last.ok()) return last.error();
    }
    Booking booking = SampleBooking(number, interval, {1});
    booking.reason = kReason;
    return work.bookings().Insert(booking);
  };
}

TEST_F(PostgresOutage, ACommitWhoseAnswerIsLostIsFoundOut) {
  for (const auto ways : {Ways::kOne, Ways::kSeveral}) {
    for (const auto cut :
         {CuttingProxy::Cut::kBeforeItArrives, CuttingProxy::Cut::kBeforeItIsAnswered}) {
      CuttingProxy proxy(PostgresServer::Shared()->port());
      const std::string schema = PostgresServer::Shared()->NewSchema();
      const auto store = OpenWithResources(PostgresServer::OverPort(schema, proxy.port()), {});
      int runs = 0;
      proxy.CutAt(ways == Ways::kOne ? kReason : "COMMIT", cut);
      EXPECT_EQ(Outcome(store->Write([&](UnitOfWork& work) {
                  ++runs;
                  return Inserting(ways, 1, Minutes(0, 30))(work);
                })),
                "ok");
      EXPECT_EQ(proxy.cuts(), 1);
      // What had arrived is not done again, and what had not is.
      EXPECT_EQ(runs, cut == CuttingProxy::Cut::kBeforeItArrives ? 2 : 1);
      EXPECT_EQ(AllBookings(*store).size(), 1U);
    }
  }
}

// The server does not notice that nobody waits for its answer any more, and would still write.
TEST_F(PostgresOutage, WhatTheServerGoesOnWithIsEndedBeforeItIsGivenUp) {
  const auto store = Open({.statement_timeout = milliseconds{100}});
  postgres::Watchdog watchdog(std::chrono::minutes{1});
  postgres::Connection other(schema(), watchdog);
  other.RunScript("BEGIN; LOCK TABLE booking IN SHARE MODE");
  int runs = 0;
  const Result<void> written = store->Write([&](UnitOfWork& work) {
    ++runs;
    return Inserting(Ways::kOne, 1, Minutes(0, 30))(work);
  });
  EXPECT_EQ(Outcome(written), "unavailable");
  EXPECT_NE(written.error().message.find("took too long"), std::string::npos)
      << written.error().message;
  EXPECT_EQ(runs, 1) << "what takes too long is not asked for again";
  other.RunScript("COMMIT");
  other.RunScript("BEGIN; LOCK TABLE booking; COMMIT");  // who waited for it has had it
  EXPECT_TRUE(AllBookings(*store).empty());
}

TEST_F(PostgresOutage, ACommitThatNobodyCanBeAskedAboutIsSaidToBeUnknown) {
  PostgresServer server;
  CuttingProxy proxy(server.port());
  const std::string schema = server.NewSchema();
  const auto store = OpenWithResources(PostgresServer::OverPort(schema, proxy.port()),
                                       {.wait_for_connection = milliseconds{300}});
  proxy.CutAt(kReason, CuttingProxy::Cut::kBeforeItIsAnswered);
  std::thread killer([&] {
    while (proxy.cuts() == 0) std::this_thread::yield();
    server.Kill();
  });
  const Result<void> written = store->Write(Inserting(Ways::kOne, 1, Minutes(0, 30)));
  killer.join();
  EXPECT_EQ(Outcome(written), "unavailable");
  EXPECT_NE(written.error().message.find("Idempotency-Key"), std::string::npos);
}

TEST_F(PostgresOutage, AConnectionThatBreaksInTheMiddleIsReplacedAndTheWorkRunAgain) {
  CuttingProxy proxy(PostgresServer::Shared()->port());
  const auto store = OpenWithResources(PostgresServer::OverPort(schema(), proxy.port()), {});
  ASSERT_EQ(Insert(*store, SampleBooking(1, Minutes(0, 30), {1})), "ok");
  proxy.CutAt("BEGIN", CuttingProxy::Cut::kBeforeItArrives);
  EXPECT_EQ(Outcome(store->Write(Inserting(Ways::kSeveral, 2, Minutes(30, 60)))), "ok");
  proxy.CutAt("SAVEPOINT", CuttingProxy::Cut::kBeforeItIsAnswered);
  EXPECT_EQ(Outcome(store->Write([&](UnitOfWork& work) {
              return work.Attempt(
                  [&] { return work.bookings().Insert(SampleBooking(3, Minutes(60, 90), {1})); });
            })),
            "ok");
  EXPECT_EQ(proxy.cuts(), 2);
  EXPECT_EQ(AllBookings(*store).size(), 3U);
}

TEST_F(PostgresOutage, AServerThatFallsSilentIsGivenUp) {
  CuttingProxy proxy(PostgresServer::Shared()->port());
  const auto store = OpenWithResources(PostgresServer::OverPort(schema(), proxy.port()),
                                       {.statement_timeout = milliseconds{200}});
  for (const char* word : {"BEGIN", "COMMIT", kReason}) {
    const auto number = static_cast<std::uint64_t>(proxy.cuts());
    const int start = proxy.cuts() * 30;
    proxy.CutAt(word, CuttingProxy::Cut::kSilence);
    const Ways ways = word == kReason ? Ways::kOne : Ways::kSeveral;
    EXPECT_EQ(Outcome(store->Write(Inserting(ways, number, Minutes(start, start + 30)))), "ok");
  }
  EXPECT_EQ(proxy.cuts(), 3);
  EXPECT_EQ(AllBookings(*store).size(), 3U);
}

}  // namespace
}  // namespace clinic
