// A disk that is full while many write: what was acknowledged is there, and nothing else.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {
namespace {

constexpr int kThreads = 8;
constexpr int kWrites = 30;

// Some of them need more room than others, so that in one group some fit and some do not.
Booking BookingNumber(int number) {
  Booking booking = SampleBooking(static_cast<std::uint64_t>(number),
                                  Minutes(number * 10, number * 10 + 10), {1});
  booking.reason.assign(number % 7 == 0 ? std::size_t{1} << 20 : std::size_t{1} << 12, 'x');
  return booking;
}

std::set<BookingId> AllBookings(Store& store) {
  std::set<BookingId> all;
  const Result<void> read = store.Read([&](UnitOfWork& work) {
    return work.bookings().ForEach([&](Booking&& booking) { all.insert(booking.id); });
  });
  return read.ok() ? all : std::set<BookingId>();
}

// What goes wrong, as an exit code.
int WriteOnAFullDisk(const std::string& path) {
  const auto store = SqliteStore::Open(path);
  if (!store.ok()) return 1;
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{3 << 20, 3 << 20};
  setrlimit(RLIMIT_FSIZE, &limit);
  std::mutex mutex;
  std::set<BookingId> acknowledged;
  std::atomic<int> unavailable = 0;
  std::atomic<int> others = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kWrites; ++i) {
          const Booking booking = BookingNumber(thread * kWrites + i);
          const Result<void> written =
              (*store)->Write([&](UnitOfWork& work) { return work.bookings().Insert(booking); });
          if (written.ok()) {
            const std::lock_guard lock(mutex);
            acknowledged.insert(booking.id);
          } else {
            ++(written.error().code == ErrorCode::kUnavailable ? unavailable : others);
          }
        }
      });
    }
  }
  if (others != 0) return 2;
  if (acknowledged.empty() || unavailable == 0) return 3;
  return AllBookings(**store) == acknowledged ? 0 : 4;
}

TEST(SqliteFullDisk, WhatIsAcknowledgedIsThereAndWhatIsRefusedIsNot) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "clinic.db").string();
  const Result<void> prepared = SqliteStore::Open(path).value()->Write(
      [](UnitOfWork& work) { return work.resources().Insert(SampleResource(1)); });
  ASSERT_TRUE(prepared.ok());
  const pid_t child = fork();
  if (child == 0) _exit(WriteOnAFullDisk(path));
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  const std::set<BookingId> before = AllBookings(*SqliteStore::Open(path).value());
  const Result<void> later = SqliteStore::Open(path).value()->Write(
      [](UnitOfWork& work) { return work.bookings().Insert(BookingNumber(kThreads * kWrites)); });
  EXPECT_TRUE(later.ok());
  EXPECT_EQ(AllBookings(*SqliteStore::Open(path).value()).size(), before.size() + 1);
}

}  // namespace
}  // namespace clinic
