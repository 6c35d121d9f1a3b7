// Lists: filters that all apply, in an order that pages can follow.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class BookingList : public StoreContract {};
CLINIC_ON_EVERY_STORE(BookingList);

TEST_P(BookingList, IsByStartThenById) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(0, 30), {2}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 40), {2}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 10), {1}))), "ok");
  EXPECT_EQ(AllBookings(), Bookings({1, 3, 2}));
}

TEST_P(BookingList, OverlappingIsHalfOpenAndAboutTheVisit) {
  Booking long_ago = SampleBooking(1, Minutes(-6000, 65), {1});
  Booking buffered = SampleBooking(2, Minutes(70, 80), {1});
  buffered.allocations[0].occupied = Minutes(65, 100);
  ASSERT_EQ(Outcome(Insert(long_ago)), "ok");
  ASSERT_EQ(Outcome(Insert(buffered)), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(100, 110), {1}))), "ok");

  for (const std::vector<ResourceId>& resources :
       {std::vector<ResourceId>(), {IdNumber<ResourceId>(1)}}) {
    const auto overlapping = [&](const Interval& range) {
      return List({.resources = resources, .overlapping = range});
    };
    EXPECT_EQ(overlapping(Minutes(64, 70)), Bookings({1}));
    EXPECT_EQ(overlapping(Minutes(65, 71)), Bookings({2}));
    EXPECT_EQ(overlapping(Minutes(80, 100)), Bookings({}));
    EXPECT_EQ(overlapping(Minutes(75, 101)), Bookings({2, 3}));
    EXPECT_EQ(overlapping({kEarliest, kLatest}), Bookings({1, 2, 3}));
    EXPECT_EQ(overlapping({Instant::min(), Instant::max()}), Bookings({1, 2, 3}));
    EXPECT_EQ(overlapping(Minutes(75, 75)), Bookings({}));
    EXPECT_EQ(overlapping(Minutes(75, 60)), Bookings({}));
  }
}

TEST_P(BookingList, AVisitOfAnyLengthIsFoundInItsLastMinute) {
  int start = 0;
  std::uint64_t number = 0;
  for (const int length : {1, 90, 239, 240, 241, 1'440}) {
    ASSERT_EQ(Outcome(Insert(SampleBooking(++number, Minutes(start, start + length), {1}))), "ok");
    start += length;
    const Interval last_minute = Minutes(start - 1, start);
    EXPECT_EQ(List({.overlapping = last_minute}), Bookings({number})) << length;
    EXPECT_EQ(List({.resources = {IdNumber<ResourceId>(1)}, .overlapping = last_minute}),
              Bookings({number}))
        << length;
  }
}

TEST_P(BookingList, FiltersThatAreGivenAllApply) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1, 3}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(2, Minutes(30, 60), {1, 4}))), "ok");
  ASSERT_EQ(Outcome(Insert(SampleBooking(3, Minutes(30, 60), {2, 4}))), "ok");
  Booking cancelled = SampleBooking(4, Minutes(90, 120), {1, 4});
  cancelled.status = "cancelled";
  cancelled.occupies = false;
  ASSERT_EQ(Outcome(Insert(cancelled)), "ok");

  const auto resource = [](std::uint64_t n) { return IdNumber<ResourceId>(n); };
  EXPECT_EQ(List({.resources = {resource(1)}}), Bookings({1, 2, 4}));
  EXPECT_EQ(List({.resources = {resource(1), resource(4)}}), Bookings({2, 4}));
  EXPECT_EQ(List({.resources = {resource(4), resource(1)}, .status = "booked"}), Bookings({2}));
  EXPECT_EQ(List({.overlapping = Minutes(40, 50), .status = "booked"}), Bookings({2, 3}));
  EXPECT_EQ(List({.status = "cancelled"}), Bookings({4}));
  EXPECT_EQ(List({.status = "no such"}), Bookings({}));
  EXPECT_EQ(List({.resources = {resource(99)}}), Bookings({}));
  EXPECT_EQ(List({.resources = {resource(1), resource(2)}}), Bookings({}));
}

TEST_P(BookingList, PagesMeetEveryBookingOnce) {
  std::vector<BookingId> expected;
  for (std::uint64_t i = 0; i < 60; ++i) {
    // Three start together, and their ids fall while time rises.
    const int start = static_cast<int>(i / 3) * 10;
    const Booking booking = SampleBooking(1000 - i, Minutes(start, start + 10), {4});
    ASSERT_EQ(Outcome(Insert(booking)), "ok");
    expected.push_back(booking.id);
  }
  for (std::size_t i = 0; i < expected.size(); i += 3) std::swap(expected[i], expected[i + 2]);

  for (const std::vector<ResourceId>& resources :
       {std::vector<ResourceId>(), {IdNumber<ResourceId>(4)}}) {
    for (const std::size_t limit : {1U, 7U, 60U, 100U}) {
      BookingQuery query{.resources = resources, .limit = limit};
      std::vector<BookingId> met;
      while (true) {
        const auto page =
            Get([&](UnitOfWork& work) { return work.bookings().List(query); }).value();
        EXPECT_LE(page.size(), limit);
        if (page.empty()) break;
        for (const Booking& booking : page) met.push_back(booking.id);
        query.after.emplace(page.back().interval.start, page.back().id);
      }
      EXPECT_EQ(met, expected);
    }
  }
  EXPECT_EQ(List({.limit = 0}), Bookings({}));
}

class ResourceList : public StoreContract {
 protected:
  std::vector<std::string> Names(const ResourceQuery& query) {
    const auto page = Get([&](UnitOfWork& work) { return work.resources().List(query); });
    EXPECT_EQ(Outcome(page), "ok");
    std::vector<std::string> names;
    for (const Resource& resource : *page) names.push_back(resource.name);
    return names;
  }

  void Add(std::uint64_t number, std::string name, ResourceKind kind,
           std::vector<std::string> specialties = {}) {
    Resource resource = SampleResource(number);
    resource.name = std::move(name);
    resource.kind = kind;
    resource.specialties = std::move(specialties);
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) { return work.resources().Insert(resource); })),
              "ok");
  }
};
CLINIC_ON_EVERY_STORE(ResourceList);

using Strings = std::vector<std::string>;

TEST_P(ResourceList, FindsByKindSpecialtyAndName) {
  Add(11, "Ada Ärztin", ResourceKind::kPractitioner, {"cardiology", "sports"});
  Add(12, "Bob 100%", ResourceKind::kPractitioner, {"cardiology"});
  Add(13, "bob", ResourceKind::kPatient);
  Add(14, std::string("A\0Bobby", 7), ResourceKind::kDevice);

  EXPECT_EQ(Names({.specialty = "cardiology"}), (Strings{"Ada Ärztin", "Bob 100%"}));
  EXPECT_EQ(Names({.specialty = "Cardiology"}), Strings{});
  EXPECT_EQ(Names({.kind = ResourceKind::kPatient}), Strings{"bob"});
  EXPECT_EQ(Names({.text = "BOB"}), (Strings{std::string("A\0Bobby", 7), "Bob 100%", "bob"}));
  EXPECT_EQ(Names({.text = "0%"}), Strings{"Bob 100%"});
  EXPECT_EQ(Names({.text = "%"}), Strings{"Bob 100%"});
  EXPECT_EQ(Names({.text = "Ärzt"}), Strings{"Ada Ärztin"});
  EXPECT_EQ(Names({.kind = ResourceKind::kPractitioner, .specialty = "sports", .text = "ada"}),
            Strings{"Ada Ärztin"});
  EXPECT_EQ(Names({.text = ""}).size(), 8U);
}

TEST_P(ResourceList, PagesByNameThenById) {
  for (std::uint64_t i = 0; i < 10; ++i)
    Add(100 + i, i % 2 ? "Same" : "Other", ResourceKind::kRoom);
  ResourceQuery query{.kind = ResourceKind::kRoom, .limit = 3};
  std::vector<std::pair<std::string, ResourceId>> met;
  while (true) {
    const auto page = Get([&](UnitOfWork& work) { return work.resources().List(query); }).value();
    if (page.empty()) break;
    for (const Resource& resource : page) met.emplace_back(resource.name, resource.id);
    query.after = met.back();
  }
  EXPECT_EQ(met.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(met));
}

TEST_P(BookingList, ListsByAsManyResourcesAsABookingMayTake) {
  BookingQuery query;
  for (std::uint64_t i = 1; i <= 64; ++i) query.resources.push_back(IdNumber<ResourceId>(i));
  query.overlapping = Interval{kEarliest, kLatest};
  EXPECT_TRUE(List(query).empty());
}

}  // namespace
}  // namespace clinic
