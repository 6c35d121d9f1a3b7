// Several threads at the waitlist: an entry has one offer, and a freed time one taker.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/engine/waitlist_fixture.hpp"

namespace clinic {
namespace {

class WaitlistRacesTest : public WaitlistTest {};

TEST_F(WaitlistRacesTest, TwoFreedTimesAndOneWhoWaits_OneOffer) {
  for (int round = 0; round < 50; ++round) {
    const WaitlistId bob = Join(kBob);
    std::vector<std::thread> threads;
    for (const int i : {2, 12}) {
      threads.emplace_back([&, i] { EXPECT_TRUE(scheduler_.Cancel(AtHalfHour(i)).ok()); });
    }
    for (std::thread& thread : threads) thread.join();
    const auto offered = TimeOffered(bob);
    ASSERT_TRUE(offered);
    EXPECT_EQ(scheduler_.BookingsOf(kBob, {At(0), At(24)})->size(), 1U);
    ASSERT_TRUE(scheduler_.LeaveWaitlist(bob).ok());
    for (const int i : {2, 12}) {
      const auto booked = BookAt(Visit(9, 30 * i));
      ASSERT_TRUE(booked.ok());
      day_[static_cast<std::size_t>(i)] = booked->id;
    }
  }
}

TEST_F(WaitlistRacesTest, NobodyBooksBetweenACancellationAndItsOffer) {
  for (int round = 0; round < 50; ++round) {
    const WaitlistId bob = Join(kBob);
    std::atomic<bool> done = false;
    std::atomic<int> booked = 0;
    std::thread other([&] {
      while (!done) booked += BookAt(Visit(11), kCarol).ok();
    });
    ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
    EXPECT_EQ(TimeOffered(bob), Visit(11));
    done = true;
    other.join();
    EXPECT_EQ(booked, 0);
    ASSERT_TRUE(scheduler_.LeaveWaitlist(bob).ok());
    const auto again = BookAt(Visit(11));
    ASSERT_TRUE(again.ok());
    day_[4] = again->id;
  }
}

TEST_F(WaitlistRacesTest, ConfirmingLeavingAndCancellingAtOnce_LeaveNothingHalf) {
  for (int round = 0; round < 30; ++round) {
    const WaitlistId bob = Join(kBob);
    const WaitlistId carol = Join(kCarol);
    std::vector<std::thread> threads;
    threads.emplace_back([&] { EXPECT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok()); });
    threads.emplace_back([&] { (void)scheduler_.LeaveWaitlist(bob); });
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto entry = scheduler_.FindWaitlistEntry(carol);
        if (entry.ok() && entry->offer && scheduler_.Confirm(*entry->offer).ok()) break;
      }
    });
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(scheduler_.FindWaitlistEntry(bob).ok());
    EXPECT_TRUE(scheduler_.BookingsOf(kBob, {At(0), At(24)})->empty());
    const auto bookings = *scheduler_.BookingsOf(kDoctor, Visit(11));
    ASSERT_EQ(bookings.size(), 1U);
    const auto entry = scheduler_.FindWaitlistEntry(carol);
    EXPECT_EQ(bookings[0].status, entry.ok() ? "pending" : "booked");
    if (entry.ok()) {
      EXPECT_EQ(entry->offer, bookings[0].id);
      ASSERT_TRUE(scheduler_.LeaveWaitlist(carol).ok());
    } else {
      ASSERT_TRUE(scheduler_.Cancel(bookings[0].id).ok());
    }
    const auto again = BookAt(Visit(11));
    ASSERT_TRUE(again.ok());
    day_[4] = again->id;
  }
}

}  // namespace
}  // namespace clinic
