// A process that is killed at any moment: what was acknowledged is there, and the file is sound.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <set>
#include <thread>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {
namespace {

constexpr std::uint64_t kWriters = 6;  // which share transactions

// Books one time after another, and says so on the pipe after each.
void BookOn(Store& store, std::uint64_t first, int acknowledged) {
  for (std::uint64_t number = first;; ++number) {
    const int start = static_cast<int>(number) * 10;
    const Result<void> booked = store.Write([&](UnitOfWork& work) -> Result<void> {
      const Booking booking = SampleBooking(number, Minutes(start, start + 10), {1});
      if (auto done = work.bookings().Insert(booking); !done.ok()) return done;
      return work.outbox().Append({0, "appointment.booked", booking.id.uuid(), 1, kNow});
    });
    if (!booked.ok()) _exit(2);
    if (write(acknowledged, &number, sizeof number) != sizeof number) _exit(3);
  }
}

[[noreturn]] void BookUntilKilled(const std::string& path, std::uint64_t first, int acknowledged) {
  const auto store = SqliteStore::Open(path);
  if (!store.ok()) _exit(1);
  std::vector<std::jthread> writers;
  for (std::uint64_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] { BookOn(**store, first + i * 10'000, acknowledged); });
  }
  writers.clear();
  _exit(4);
}

TEST(SqliteCrash, WhatWasAcknowledgedSurvivesAKillAndTheFileIsSound) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "clinic.db").string();
  const Result<void> prepared = SqliteStore::Open(path).value()->Write(
      [](UnitOfWork& work) { return work.resources().Insert(SampleResource(1)); });
  ASSERT_TRUE(prepared.ok());

  std::mt19937 random(20240301);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      BookUntilKilled(path, round * 100'000, ends[1]);
    }
    close(ends[1]);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 150));
    kill(child, SIGKILL);
    std::uint64_t number = 0;
    while (read(ends[0], &number, sizeof number) == sizeof number) acknowledged.insert(number);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);

    const auto store = SqliteStore::Open(path).value();
    std::set<std::uint64_t> found;
    std::size_t events = 0;
    const Result<void> done = store->Read([&](UnitOfWork& work) -> Result<void> {
      events = work.outbox().ReadAfter(0, 1'000'000).value().size();
      return work.bookings().ForEach([&](Booking&& booking) {
        found.insert(booking.id.uuid().low - IdNumber<BookingId>(0).uuid().low);
      });
    });
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(std::ranges::includes(found, acknowledged));
    EXPECT_LE(found.size(), acknowledged.size() + kWriters * (round + 1))
        << "at most one a writer and round not yet said";
    EXPECT_EQ(found.size(), events);
    sqlite::Connection connection(path, sqlite::Connection::Mode::kReadOnly,
                                  std::chrono::milliseconds{1000});
    EXPECT_EQ(connection.database().execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_TRUE(connection.database()
                    .execAndGet("SELECT count(*) FROM pragma_foreign_key_check")
                    .getInt() == 0);
  }
  EXPECT_GT(acknowledged.size(), 8U);
}

}  // namespace
}  // namespace clinic
