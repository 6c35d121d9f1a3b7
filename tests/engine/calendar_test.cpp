#include "clinic/calendar.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

BookingHandle Handle(std::uint32_t number) { return static_cast<BookingHandle>(number); }

TEST(Calendar, EmptyHasRoomEverywhere) {
  const Calendar calendar;
  EXPECT_TRUE(calendar.HasRoom({kEarliest, kLatest}));
  EXPECT_EQ(calendar.EarliestRoom(At(9), minutes{30}, At(10)), At(9));
  EXPECT_EQ(calendar.EarliestRoom(At(9), minutes{61}, At(10)), std::nullopt);
  EXPECT_TRUE(calendar.Blocking({kEarliest, kLatest}).empty());
}

TEST(Calendar, RemovesOnlyWhatStandsThereExactly) {
  Calendar calendar;
  calendar.Add(Visit(10), Handle(1));
  EXPECT_FALSE(calendar.Remove(Visit(10), Handle(2)));
  EXPECT_FALSE(calendar.Remove(Visit(10, 0, 29), Handle(1)));
  EXPECT_FALSE(calendar.Remove(Visit(10, 1), Handle(1)));
  EXPECT_FALSE(calendar.HasRoom(Visit(10)));
  EXPECT_TRUE(calendar.Remove(Visit(10), Handle(1)));
  EXPECT_TRUE(calendar.HasRoom(Visit(10)));
  EXPECT_FALSE(calendar.Remove(Visit(10), Handle(1)));
}

TEST(Calendar, TouchingBookingsLeaveNoRoomBetweenAndDoNotBlockEachOther) {
  Calendar calendar;
  calendar.Add(Visit(10), Handle(1));
  calendar.Add(Visit(10, 30), Handle(2));
  EXPECT_TRUE(calendar.HasRoom(Visit(11)));
  EXPECT_TRUE(calendar.HasRoom(Visit(9, 30)));
  EXPECT_EQ(calendar.EarliestRoom(At(9, 45), minutes{30}, At(12)), At(11));
}

TEST(Calendar, WhatIsBookedOverIsKeptAndBlocks) {
  Calendar calendar;
  calendar.Add(Visit(10), Handle(1));
  calendar.Add(Visit(10), Handle(2));
  calendar.Add(Visit(10, 15), Handle(3));
  EXPECT_EQ(calendar.Blocking(Visit(10)).size(), 3U);
  EXPECT_EQ(calendar.Blocking(Visit(10), Handle(2)).size(), 2U);
  calendar.Remove(Visit(10), Handle(1));
  calendar.Remove(Visit(10), Handle(2));
  EXPECT_FALSE(calendar.HasRoom(Visit(10, 15)));
  EXPECT_TRUE(calendar.HasRoom(Visit(10, 0, 15)));
}

TEST(Calendar, CapacityCountsWhatOverlapsAtOneInstant) {
  Calendar calendar(2);
  calendar.Add(Visit(10), Handle(1));
  calendar.Add(Visit(10, 30), Handle(2));
  // Two others are there, but never at once.
  EXPECT_TRUE(calendar.HasRoom(Visit(10, 0, 60)));
  calendar.Add(Visit(10, 15), Handle(3));
  EXPECT_FALSE(calendar.HasRoom(Visit(10, 0, 60)));
  EXPECT_EQ(calendar.Saturated(Visit(9, 0, 180)),
            (std::vector<Interval>{Visit(10, 15, 15), Visit(10, 30, 15)}));
  EXPECT_EQ(calendar.EarliestRoom(At(10), minutes{30}, At(12)), At(10, 45));
}

// Counts bookings minute by minute.
class MinuteCounts {
 public:
  void Change(const Interval& interval, int by) {
    for (Instant at = interval.start; at < interval.end; at += minutes{1}) counts_[Index(at)] += by;
  }
  bool HasRoom(const Interval& interval, int capacity) const {
    for (Instant at = interval.start; at < interval.end; at += minutes{1}) {
      if (counts_[Index(at)] >= capacity) return false;
    }
    return true;
  }

 private:
  static std::size_t Index(Instant at) {
    return static_cast<std::size_t>((at - kFriday) / minutes{1});
  }
  std::vector<int> counts_ = std::vector<int>(4 * 1440);
};

TEST(Calendar, AgreesWithCountingMinutes) {
  for (const std::int32_t capacity : {1, 2, 3}) {
    std::mt19937 random(static_cast<unsigned>(capacity));
    Calendar calendar(capacity);
    MinuteCounts counts;
    std::vector<std::pair<Interval, BookingHandle>> booked;
    for (std::uint32_t step = 0; step < 3'000; ++step) {
      const Instant start = kFriday + minutes{random() % 1400};
      const Interval interval{start, start + minutes{1 + random() % 90}};
      ASSERT_EQ(calendar.HasRoom(interval), counts.HasRoom(interval, capacity));
      ASSERT_EQ(calendar.Blocking(interval).empty(), calendar.HasRoom(interval));
      const auto room =
          calendar.EarliestRoom(start, interval.length(), start + std::chrono::hours{24});
      Instant expected = start;
      while (!counts.HasRoom({expected, expected + interval.length()}, capacity))
        expected += minutes{1};
      ASSERT_EQ(room, expected);
      if (random() % 8 == 0 || (random() % 2 == 0 && calendar.HasRoom(interval))) {
        calendar.Add(interval, Handle(step));
        counts.Change(interval, +1);
        booked.emplace_back(interval, Handle(step));
      } else if (!booked.empty()) {
        const std::size_t victim = random() % booked.size();
        ASSERT_TRUE(calendar.Remove(booked[victim].first, booked[victim].second));
        counts.Change(booked[victim].first, -1);
        booked.erase(booked.begin() + static_cast<std::ptrdiff_t>(victim));
      }
      ASSERT_EQ(calendar.size(), booked.size());
    }
  }
}

}  // namespace
}  // namespace clinic
