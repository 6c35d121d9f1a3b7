// Many threads on one scheduler. What the threads did must fit together afterwards; under the
// thread sanitizer, that they do it without a race is tested too.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include "clinic/scheduler.hpp"

namespace clinic {
namespace {

constexpr Instant kNow{Duration(1'704'067'200)};
constexpr int kThreads = 4;

TEST(SchedulerThreads, BookAndCancelTheSameTimesWhileResourcesAreAdded) {
  const SimulatedClock clock(kNow);
  UuidV7Generator ids(clock, 1);
  Scheduler scheduler(clock, ids);
  std::vector<ResourceId> doctors;
  for (int i = 0; i < 8; ++i) doctors.push_back(scheduler.AddResource({.name = "Ada"})->id);

  std::vector<std::vector<Booking>> booked(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(static_cast<std::uint64_t>(thread));
      std::vector<Booking>& own = booked[static_cast<std::size_t>(thread)];
      for (int i = 0; i < 600; ++i) {
        const ResourceId doctor = doctors[random() % doctors.size()];
        const Instant start = kNow + Duration(600 * (1 + static_cast<std::int64_t>(random() % 50)));
        const auto made =
            scheduler.Book({.resources = {doctor}, .interval = {start, start + Duration(900)}});
        if (made.ok()) own.push_back(*made);
        if (own.size() > 20 || (!own.empty() && random() % 2 == 0)) {
          const auto cancelled = scheduler.Cancel(own.back().id);
          ASSERT_TRUE(cancelled.ok());
          ASSERT_EQ(cancelled->version, 2U);
          own.pop_back();
        }
        if (i % 8 == 0) {
          const Result<Resource> added = scheduler.AddResource({.name = "Grace"});
          ASSERT_TRUE(added.ok());
          ASSERT_TRUE(scheduler.FindResource(added->id).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<Booking> all;
  for (const std::vector<Booking>& own : booked) all.insert(all.end(), own.begin(), own.end());
  for (const Booking& one : all) {
    EXPECT_EQ(scheduler.Find(one.id).value(), one);
    for (const Booking& other : all) {
      if (one.id == other.id || one.allocations[0].resource != other.allocations[0].resource)
        continue;
      EXPECT_FALSE(Overlaps(one.interval, other.interval));
    }
  }
}

TEST(SchedulerThreads, GeneratedIdsAreAllDifferentAndRiseForEachThread) {
  const SimulatedClock clock(kNow);
  UuidV7Generator ids(clock, 7);
  std::vector<std::vector<Uuid>> made(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<Uuid>& own : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) own.push_back(ids.NewUuid());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Uuid> all;
  for (const std::vector<Uuid>& own : made) {
    EXPECT_TRUE(std::ranges::is_sorted(own));
    all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

}  // namespace
}  // namespace clinic
