// Bookings as rows: what goes in comes out, and every refusal by its name.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class BookingRows : public StoreContract {};
CLINIC_ON_EVERY_STORE(BookingRows);

TEST_P(BookingRows, MalformedOnesAreRefusedBeforeAllElse) {
  Booking none = SampleBooking(1, Minutes(0, 30), {});
  EXPECT_EQ(Outcome(Insert(none)), "invalid_argument");

  Booking unordered = SampleBooking(1, Minutes(0, 30), {1, 2});
  std::swap(unordered.allocations[0], unordered.allocations[1]);
  EXPECT_EQ(Outcome(Insert(unordered)), "invalid_argument");

  Booking twice = SampleBooking(1, Minutes(0, 30), {1, 1});
  EXPECT_EQ(Outcome(Insert(twice)), "invalid_argument");

  for (const Interval& bad :
       {Minutes(0, 0), Minutes(30, 0), Interval{kEarliest - Duration{1}, kNow},
        Interval{kNow, kLatest + Duration{1}}}) {
    EXPECT_EQ(Outcome(Insert(SampleBooking(1, bad, {99}))), "bad_interval");
    EXPECT_EQ(Outcome(Update(SampleBooking(1, bad, {99}))), "bad_interval");
  }
  Booking bad_buffer = SampleBooking(1, Minutes(0, 30), {1});
  bad_buffer.allocations[0].occupied = Minutes(30, 30);
  EXPECT_EQ(Outcome(Insert(bad_buffer)), "bad_interval");
  bad_buffer.allocations[0].occupied = Minutes(1, 30);
  EXPECT_EQ(Outcome(Insert(bad_buffer)), "bad_interval");
  EXPECT_TRUE(AllBookings().empty());
}

TEST_P(BookingRows, InsertRefusesATakenIdThenUnknownResourcesThenConflicts) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1, 2}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1, 99}))), "already_exists");
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {1, 99}))), "unknown_resource");
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {0, 1}))), "unknown_resource");
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {1, 3}))), "conflict");
  EXPECT_EQ(AllBookings(), Bookings({1}));
}

TEST_P(BookingRows, UnknownResourcesAreRefusedAlsoWhereNoTimeIsTaken) {
  Booking cancelled = SampleBooking(1, Minutes(0, 30), {99});
  cancelled.occupies = false;
  EXPECT_EQ(Outcome(Insert(cancelled)), "unknown_resource");
  Booking overriding = SampleBooking(1, Minutes(0, 30), {99});
  overriding.overrides = true;
  EXPECT_EQ(Outcome(Insert(overriding)), "unknown_resource");
}

TEST_P(BookingRows, UpdateRefusesUnknownIdsThenStaleVersionsThenAsInsert) {
  EXPECT_EQ(Outcome(Update(SampleBooking(1, Minutes(0, 30), {99}))), "not_found");
  const Booking first = SampleBooking(1, Minutes(0, 30), {1});
  ASSERT_EQ(Outcome(Insert(first)), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {2}))), "ok");

  for (const std::uint32_t version : {0U, 1U, 3U}) {
    Booking stale = SampleBooking(1, Minutes(0, 30), {99});
    stale.version = version;
    EXPECT_EQ(Outcome(Update(stale)), "stale_version") << version;
  }
  EXPECT_EQ(Outcome(Update(Changed(SampleBooking(1, Minutes(0, 30), {2, 99})))),
            "unknown_resource");
  EXPECT_EQ(Outcome(Update(Changed(SampleBooking(1, Minutes(0, 30), {1, 2})))), "conflict");
  EXPECT_EQ(GetBooking(1).value(), first);
}

TEST_P(BookingRows, WhatIsNotThereIsNotFound) { EXPECT_EQ(Outcome(GetBooking(1)), "not_found"); }

TEST_P(BookingRows, EveryFieldComesBack) {
  Booking booking = SampleBooking(1, Minutes(10, 40), {1, 2, 3});
  booking.allocations[0].occupied = Minutes(5, 50);
  booking.allocations[1].pool = "exam-room, \xC3\xA9tage 2";
  booking.status = "pending";
  booking.overrides = true;
  booking.expires_at = kNow + std::chrono::minutes{5};
  booking.series = IdNumber<SeriesId>(7);
  booking.reason = "Fever, \xF0\x9F\xA4\x92 since Monday";
  booking.version = 4'000'000'000;
  booking.created_at = kNow - std::chrono::days{1};
  ASSERT_EQ(Outcome(Insert(booking)), "ok");
  EXPECT_EQ(GetBooking(1).value(), booking);

  Booking changed = Changed(SampleBooking(1, Minutes(60, 90), {2, 4}));
  changed.version = booking.version + 1;
  changed.allocations[0].pool = "ultrasound";
  changed.status = "cancelled";
  changed.occupies = false;
  changed.updated_at = kNow + std::chrono::hours{1};
  ASSERT_EQ(Outcome(Update(changed)), "ok");
  EXPECT_EQ(GetBooking(1).value(), changed);
  EXPECT_EQ(List({.resources = {IdNumber<ResourceId>(1)}}), Bookings({}));
  EXPECT_EQ(List({.resources = {IdNumber<ResourceId>(4)}}), Bookings({1}));
}

TEST_P(BookingRows, TheEndsOfTimeAndOddTextsComeBack) {
  Booking booking = SampleBooking(1, {kEarliest, kLatest}, {1});
  booking.status = "";
  booking.reason = std::string("NUL \0 inside, ' and \" and ;--", 28);
  booking.created_at = kEarliest;
  booking.updated_at = kLatest - Duration{1};
  booking.expires_at = kLatest;
  ASSERT_EQ(Outcome(Insert(booking)), "ok");
  EXPECT_EQ(GetBooking(1).value(), booking);

  Booking last_second = SampleBooking(2, {kLatest - Duration{1}, kLatest}, {1});
  EXPECT_EQ(Outcome(Insert(last_second)), "conflict");
}

TEST_P(BookingRows, ForEachVisitsEachOnceWithItsAllocations) {
  std::map<BookingId, Booking> expected;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const int start = static_cast<int>(i) * 10;
    const Booking booking =
        SampleBooking(i * 7919 % 1000, Minutes(start, start + 10), {1, 2 + i % 3});
    expected.emplace(booking.id, booking);
    ASSERT_EQ(Outcome(Insert(booking)), "ok");
  }
  std::map<BookingId, Booking> visited;
  const Result<void> done = store().Read([&](UnitOfWork& work) {
    return work.bookings().ForEach([&](Booking&& booking) {
      const BookingId id = booking.id;
      EXPECT_TRUE(visited.emplace(id, std::move(booking)).second);
      // The store can be asked in between.
      EXPECT_TRUE(work.bookings().Get(id).ok());
    });
  });
  EXPECT_EQ(Outcome(done), "ok");
  EXPECT_EQ(visited, expected);
}

TEST_P(BookingRows, HistoryIsByVersionAndEachVersionHasOneTransition) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  const auto append = [&](const Transition& transition) {
    return Write([&](UnitOfWork& work) { return work.bookings().Append(transition); });
  };
  const auto history = [&](std::uint64_t number) {
    return Get([&](UnitOfWork& work) {
             return work.bookings().History(IdNumber<BookingId>(number));
           })
        .value();
  };
  EXPECT_TRUE(history(1).empty());
  const Transition booked{IdNumber<BookingId>(1), 1, "book", "", "booked", kNow, "someone", ""};
  const Transition arrived{IdNumber<BookingId>(1), 2,           "arrive",     "booked", "arrived",
                           kNow + Duration{1},     "reception", "late\nagain"};
  ASSERT_EQ(Outcome(append(arrived)), "ok");
  ASSERT_EQ(Outcome(append(booked)), "ok");
  EXPECT_EQ(history(1), (std::vector{booked, arrived}));

  EXPECT_EQ(Outcome(append(booked)), "already_exists");
  Transition nowhere = booked;
  nowhere.booking = IdNumber<BookingId>(2);
  EXPECT_EQ(Outcome(append(nowhere)), "not_found");
  EXPECT_TRUE(history(2).empty());
}

}  // namespace
}  // namespace clinic
