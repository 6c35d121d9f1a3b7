// Many threads at one pool.
#include <atomic>
#include <thread>

#include "tests/engine/pools_fixture.hpp"

namespace clinic {
namespace {

TEST_F(SchedulerPools, ManyThreadsFillAPoolExactly) {
  for (std::uint64_t number = 13; number < 18; ++number) AddRoom(number, {"exam"}, 2);
  constexpr int kPlaces = 3 + 5 * 2;
  std::atomic<int> booked = 0;
  std::atomic<int> others = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 8; ++i) {
        const auto result = BookAny(Visit(10));
        booked += result.ok();
        others += !result.ok() && result.error().code != ErrorCode::kConflict;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(booked, kPlaces);
  EXPECT_EQ(others, 0);
}

TEST_F(SchedulerPools, ManyThreadsThatMoveEachOtherNeverOverlap) {
  scheduler_ = Scheduler(clock_, ids_, {.alternatives = 0});
  for (std::uint64_t number = 10; number < 13; ++number) AddRoom(number, {"exam"});
  for (std::uint64_t number = 13; number < 16; ++number) AddRoom(number, {"exam", "scan"});
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::uint32_t random = t + 1;
      std::vector<BookingId> mine;
      for (int i = 0; i < 60; ++i) {
        random = random * 1664525 + 1013904223;
        const int start = static_cast<int>(random >> 8) % 90;
        const Interval visit =
            Visit(9, start / 5 * 5, 10 + static_cast<int>(random >> 20) % 5 * 10);
        const char* pool = (random >> 30) % 2 == 0 ? "exam" : "scan";
        const auto result = scheduler_.Book({.pools = {{pool}}, .interval = visit});
        if (result.ok()) mine.push_back(result->id);
        if (mine.empty() || (random >> 16) % 3 != 0) continue;
        if ((random >> 12) % 2 == 0) {
          (void)scheduler_.Cancel(mine.back());
          mine.pop_back();
        } else {
          (void)scheduler_.Reschedule(mine.front(), {.interval = visit});
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t seen = 0;
  for (std::uint64_t number = 10; number < 16; ++number) {
    const auto bookings = *scheduler_.BookingsOf(IdNumber(number), {At(0), At(24)});
    seen += bookings.size();
    for (std::size_t i = 1; i < bookings.size(); ++i) {
      EXPECT_LE(bookings[i - 1].interval.end, bookings[i].interval.start) << number;
    }
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace clinic
