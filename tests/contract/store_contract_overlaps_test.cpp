// The promise: nothing is booked beyond its capacity.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class DoubleBooking : public StoreContract {
 protected:
  std::vector<BookingId> InTheWayOf(const Booking& booking) {
    const Result<void> refused = Insert(booking);
    EXPECT_EQ(Outcome(refused), "conflict");
    std::vector<BookingId> ids;
    if (!refused.ok()) {
      for (const Conflict& conflict : refused.error().conflicts) ids.push_back(conflict.booking);
    }
    return ids;
  }
};
CLINIC_ON_EVERY_STORE(DoubleBooking);

TEST_P(DoubleBooking, BookingsThatLeftChangePlacesInOneUnitOfWork) {
  Booking first = SampleBooking(1, Minutes(0, 30), {1});
  Booking second = SampleBooking(2, Minutes(30, 60), {1});
  ASSERT_EQ(Outcome(Insert(first)), "ok");
  ASSERT_EQ(Outcome(Insert(second)), "ok");
  std::swap(first.interval, second.interval);
  std::swap(first.allocations, second.allocations);
  first.version = second.version = 2;
  const auto swap = [&](bool leave) {
    return Write([&](UnitOfWork& work) -> Result<void> {
      for (const BookingId id : {first.id, second.id}) {
        if (Result<void> left = leave ? work.bookings().Vacate(id) : Result<void>(); !left.ok())
          return left;
      }
      Result<void> updated = work.bookings().Update(first);
      return updated.ok() ? work.bookings().Update(second) : updated;
    });
  };
  EXPECT_EQ(Outcome(swap(false)), "conflict");
  EXPECT_EQ(Outcome(swap(true)), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(0, 30), {1})), Bookings({2}));
  EXPECT_EQ(Outcome(Write([](UnitOfWork& work) {
              return work.bookings().Vacate(BookingId(Uuid{0, 99}));
            })),
            "not_found");
}

TEST_P(DoubleBooking, EveryWayToOverlapIsRefused) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(60, 90), {1}))), "ok");
  for (const Interval& overlapping :
       {Minutes(60, 90), Minutes(60, 61), Minutes(89, 90), Minutes(30, 61), Minutes(89, 120),
        Minutes(70, 80), Minutes(0, 600), Minutes(60, 600), Minutes(0, 90)}) {
    EXPECT_EQ(InTheWayOf(SampleBooking(2, overlapping, {1})), Bookings({1}));
  }
  EXPECT_EQ(AllBookings(), Bookings({1}));
}

TEST_P(DoubleBooking, TouchingIntervalsAndOtherResourcesAreFree) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(60, 90), {1}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 60), {1}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(3, Minutes(90, 120), {1}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(4, Minutes(60, 90), {2}))), "ok");
}

TEST_P(DoubleBooking, AShortOneAfterALongOneDoesNotHideIt) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 600), {1}))), "ok");
  Booking over = SampleBooking(2, Minutes(300, 310), {1});
  over.overrides = true;
  ASSERT_EQ(Outcome(Insert(over)), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(400, 410), {1})), Bookings({1}));
}

// Longer than any limit that a store may take for granted.
TEST_P(DoubleBooking, OneThatTakesDaysIsFoundFromEverywhereInIt) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 14'400), {1}))), "ok");
  Booking long_buffer = SampleBooking(2, Minutes(20'000, 20'010), {1});
  long_buffer.allocations[0].occupied = Minutes(15'000, 25'000);
  ASSERT_EQ(Outcome(Insert(long_buffer)), "ok");
  for (const int start : {0, 241, 5'000, 14'399}) {
    EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(start, start + 1), {1})), Bookings({1})) << start;
  }
  for (const int start : {15'000, 19'999, 20'300, 24'999}) {
    EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(start, start + 1), {1})), Bookings({2})) << start;
  }
  EXPECT_EQ(Outcome(Insert(SampleBooking(3, Minutes(14'400, 15'000), {1}))), "ok");
}

TEST_P(DoubleBooking, OneOfAnyLengthIsFoundInItsFirstAndLastMinute) {
  std::uint64_t number = 0;
  int start = 0;
  for (const int length : {1, 59, 90, 180, 239, 240, 241, 1'000, 1'440}) {
    const std::uint64_t taken = ++number;
    Booking booking = SampleBooking(taken, Minutes(start + length - 1, start + length), {1, 2});
    booking.allocations[0].occupied = Minutes(start, start + length);
    booking.allocations[1].occupied = Minutes(start + length - 1, start + 2 * length);
    ASSERT_EQ(Outcome(Insert(booking)), "ok");
    const auto in_the_way = [&](int minute, std::uint64_t resource) {
      return InTheWayOf(SampleBooking(1'000, Minutes(minute, minute + 1), {resource}));
    };
    EXPECT_EQ(in_the_way(start, 1), Bookings({taken})) << length;
    EXPECT_EQ(in_the_way(start + length - 1, 1), Bookings({taken})) << length;
    EXPECT_EQ(in_the_way(start + length - 1, 2), Bookings({taken})) << length;
    EXPECT_EQ(in_the_way(start + 2 * length - 1, 2), Bookings({taken})) << length;
    start += 2 * length;
  }
}

TEST_P(DoubleBooking, ARefusalNamesAllThatIsInTheWayByStart) {
  Booking first = SampleBooking(1, Minutes(60, 90), {2});
  first.allocations[0].occupied = Minutes(50, 95);
  ASSERT_EQ(Outcome(Insert(first)), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 70), {1}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(90, 120), {1}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(4, Minutes(120, 130), {1}))), "ok");

  const Result<void> refused = Insert(SampleBooking(5, Minutes(60, 120), {1, 2}));
  ASSERT_EQ(Outcome(refused), "conflict");
  const auto resource = [](std::uint64_t n) { return IdNumber<ResourceId>(n); };
  const std::vector<Conflict> expected = {
      {resource(1), ResourceKind::kPractitioner, IdNumber<BookingId>(2), Minutes(30, 70)},
      {resource(2), ResourceKind::kPractitioner, IdNumber<BookingId>(1), Minutes(50, 95)},
      {resource(1), ResourceKind::kPractitioner, IdNumber<BookingId>(3), Minutes(90, 120)}};
  EXPECT_EQ(refused.error().conflicts, expected);
}

TEST_P(DoubleBooking, BuffersCountWhereTheyWereAllocated) {
  Booking with_buffer = SampleBooking(1, Minutes(60, 90), {1, 2});
  with_buffer.allocations[0].occupied = Minutes(50, 100);
  ASSERT_EQ(Outcome(Insert(with_buffer)), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(2, Minutes(90, 100), {1})), Bookings({1}));
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(90, 100), {2}))), "ok");
}

TEST_P(DoubleBooking, CapacityTwoLetsTwoInAndRefusesTheThird) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 60), {3}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 90), {3}))), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(59, 61), {3})), Bookings({1, 2}));
  EXPECT_EQ(Outcome(Insert(SampleBooking(4, Minutes(60, 90), {3}))), "ok");
}

// What counts is how many are there at the same time, not how many overlap the interval.
TEST_P(DoubleBooking, CapacityTwoTakesALongOneOverTwoThatFollowEachOther) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {3}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 60), {3}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(60, 90), {3}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(4, Minutes(0, 90), {3}))), "ok");
}

TEST_P(DoubleBooking, CapacityThreeIsFullOnlyWhereThreeMeet) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 40), {4}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(10, 60), {4}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(20, 90), {4}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(4, Minutes(80, 95), {4}))), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(5, Minutes(0, 100), {4})), Bookings({1, 2, 3}));
  EXPECT_EQ(InTheWayOf(SampleBooking(5, Minutes(39, 50), {4})), Bookings({1, 2, 3}));
  EXPECT_EQ(Outcome(Insert(SampleBooking(5, Minutes(0, 20), {4}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(6, Minutes(40, 80), {4}))), "ok");
}

TEST_P(DoubleBooking, WhatTakesNoTimeIsInNobodysWayAndNobodyInIts) {
  Booking cancelled = SampleBooking(1, Minutes(0, 30), {1});
  cancelled.occupies = false;
  ASSERT_EQ(Outcome(Insert(cancelled)), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {1}))), "ok");
  cancelled.id = IdNumber<BookingId>(3);
  EXPECT_EQ(Outcome(Insert(cancelled)), "ok");
}

TEST_P(DoubleBooking, AHoldBlocksUntilTheInstantItRunsOut) {
  const Instant expiry = kNow + std::chrono::minutes{5};
  ASSERT_EQ(Outcome(Insert(SampleHold(1, Minutes(0, 30), {1}, expiry))), "ok");
  Booking next = SampleBooking(2, Minutes(0, 30), {1});
  next.updated_at = expiry - Duration{1};
  EXPECT_EQ(InTheWayOf(next), Bookings({1}));
  next.updated_at = expiry;
  EXPECT_EQ(Outcome(Insert(next)), "ok");
}

TEST_P(DoubleBooking, AHoldThatRanOutCannotComeBackOverWhatIsBooked) {
  const Instant expiry = kNow + std::chrono::minutes{5};
  const Booking hold = SampleHold(1, Minutes(0, 30), {1}, expiry);
  ASSERT_EQ(Outcome(Insert(hold)), "ok");
  Booking next = SampleBooking(2, Minutes(0, 30), {1});
  next.updated_at = expiry;
  ASSERT_EQ(Outcome(Insert(next)), "ok");

  Booking confirmed = Changed(hold);
  confirmed.expires_at = std::nullopt;
  confirmed.updated_at = expiry;
  EXPECT_EQ(Outcome(Update(confirmed)), "conflict");
  Booking ended = Changed(hold);
  ended.occupies = false;
  ended.updated_at = expiry;
  EXPECT_EQ(Outcome(Update(ended)), "ok");
}

TEST_P(DoubleBooking, AHoldThatIsConfirmedInTimeKeepsItsTime) {
  const Booking hold = SampleHold(1, Minutes(0, 30), {1}, kNow + std::chrono::minutes{5});
  ASSERT_EQ(Outcome(Insert(hold)), "ok");
  Booking confirmed = Changed(hold);
  confirmed.expires_at = std::nullopt;
  ASSERT_EQ(Outcome(Update(confirmed)), "ok");
  Booking later = SampleBooking(2, Minutes(0, 30), {1});
  later.updated_at = kNow + std::chrono::days{1};
  EXPECT_EQ(InTheWayOf(later), Bookings({1}));
}

TEST_P(DoubleBooking, AnOverrideIsLetInAndThenBlocksOthers) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  Booking over = SampleBooking(2, Minutes(20, 60), {1});
  over.overrides = true;
  ASSERT_EQ(Outcome(Insert(over)), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(40, 50), {1})), Bookings({2}));
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(20, 30), {1})), Bookings({1, 2}));
}

TEST_P(DoubleBooking, WhatWasBookedOverKeepsItsTimeThroughItsOwnChanges) {
  const Booking first = SampleBooking(1, Minutes(0, 30), {1});
  ASSERT_EQ(Outcome(Insert(first)), "ok");
  Booking over = SampleBooking(2, Minutes(20, 60), {1});
  over.overrides = true;
  ASSERT_EQ(Outcome(Insert(over)), "ok");

  Booking arrived = Changed(first);
  arrived.status = "arrived";
  ASSERT_EQ(Outcome(Update(arrived)), "ok");
  Booking shorter = Changed(arrived);
  MoveTo(shorter, Minutes(5, 25));
  ASSERT_EQ(Outcome(Update(shorter)), "ok");
  Booking longer = Changed(shorter);
  MoveTo(longer, Minutes(5, 30));
  EXPECT_EQ(Outcome(Update(longer)), "conflict");
  Booking elsewhere = Changed(shorter);
  MoveTo(elsewhere, Minutes(-30, 0));
  EXPECT_EQ(Outcome(Update(elsewhere)), "ok");
}

TEST_P(DoubleBooking, MovingWithinItsOwnOldTimeIsFree) {
  const Booking booking = SampleBooking(1, Minutes(0, 30), {1, 2});
  ASSERT_EQ(Outcome(Insert(booking)), "ok");
  Booking moved = Changed(booking);
  MoveTo(moved, Minutes(15, 45));
  EXPECT_EQ(Outcome(Update(moved)), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 15), {1}))), "ok");
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(40, 50), {2})), Bookings({1}));
}

TEST_P(DoubleBooking, AMoveThatIsRefusedKeepsTheOldTime) {
  const Booking booking = SampleBooking(1, Minutes(0, 30), {1});
  ASSERT_EQ(Outcome(Insert(booking)), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(60, 90), {2}))), "ok");
  Booking moved = Changed(SampleBooking(1, Minutes(60, 90), {2}));
  EXPECT_EQ(Outcome(Update(moved)), "conflict");
  EXPECT_EQ(GetBooking(1).value(), booking);
  EXPECT_EQ(InTheWayOf(SampleBooking(3, Minutes(0, 30), {1})), Bookings({1}));
}

TEST_P(DoubleBooking, ComingBackToLifeTakesFreeTimeOnly) {
  Booking cancelled = SampleBooking(1, Minutes(0, 30), {1});
  cancelled.occupies = false;
  ASSERT_EQ(Outcome(Insert(cancelled)), "ok");
  const Booking other = SampleBooking(2, Minutes(0, 30), {1});
  ASSERT_EQ(Outcome(Insert(other)), "ok");
  Booking revived = Changed(cancelled);
  revived.occupies = true;
  EXPECT_EQ(Outcome(Update(revived)), "conflict");
  MoveTo(revived, Minutes(30, 60));
  EXPECT_EQ(Outcome(Update(revived)), "ok");
}

}  // namespace
}  // namespace clinic
