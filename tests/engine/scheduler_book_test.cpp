#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TEST_F(SchedulerTest, Book_RefusesWhatNamesNoResources) {
  EXPECT_EQ(CodeOf(scheduler_.Book({.interval = Visit(10)})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(scheduler_.Book({.resources = {kDoctor, kDoctor}, .interval = Visit(10)})),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(scheduler_.Book({.resources = {IdNumber(99)}, .interval = Visit(10)})),
            ErrorCode::kUnknownResource);
}

TEST_F(SchedulerTest, Book_RefusesTimesThatAreNone) {
  EXPECT_EQ(CodeOf(BookAt({At(10), At(10)})), ErrorCode::kBadInterval);
  EXPECT_EQ(CodeOf(BookAt({At(11), At(10)})), ErrorCode::kBadInterval);
  EXPECT_EQ(CodeOf(BookAt({kLatest - hours{1}, kLatest + hours{1}})), ErrorCode::kBadInterval);
  EXPECT_EQ(CodeOf(BookAt({Instant::min(), Instant::max()})), ErrorCode::kBadInterval);
}

TEST_F(SchedulerTest, Book_ReportsTheFirstErrorInTheDocumentedOrder) {
  clock_.Set(At(12));
  EXPECT_EQ(CodeOf(BookAt({At(7), At(7) + days{2}})), ErrorCode::kInThePast);
  EXPECT_EQ(CodeOf(BookAt({At(13), At(13) + days{2}})), ErrorCode::kTooLong);
  EXPECT_EQ(CodeOf(BookAt({At(13) + days{9000}, At(14) + days{9000}})), ErrorCode::kBeyondHorizon);
  EXPECT_EQ(CodeOf(BookAt({At(20, 1), At(21)})), ErrorCode::kOutsideAvailability);
  ASSERT_TRUE(BookAt(Visit(13)).ok());
  EXPECT_EQ(CodeOf(BookAt(Visit(13, 1))), ErrorCode::kOffGrid);
  EXPECT_EQ(CodeOf(BookAt(Visit(13, 15))), ErrorCode::kConflict);
}

TEST_F(SchedulerTest, Book_RefusalNamesWhatBlocksAndWhatCouldBeHad) {
  const Result<Booking> first = BookAt(Visit(14, 30));
  ASSERT_TRUE(first.ok());
  const Result<Booking> second = BookAt(Visit(14, 30), kBob);
  ASSERT_EQ(CodeOf(second), ErrorCode::kConflict);
  ASSERT_EQ(second.error().conflicts.size(), 1U);
  EXPECT_EQ(second.error().conflicts[0],
            (Conflict{kDoctor, ResourceKind::kPractitioner, first->id, Visit(14, 30)}));
  ASSERT_EQ(second.error().alternatives.size(), 3U);
  for (const Interval& alternative : second.error().alternatives) {
    EXPECT_TRUE(scheduler_.Check({.resources = {kDoctor, kBob}, .interval = alternative}).ok());
    EXPECT_LE(std::chrono::abs(alternative.start - At(14, 30)), minutes{45});
  }
}

TEST_F(SchedulerTest, Book_TakesAllResourcesOrNone) {
  ASSERT_TRUE(scheduler_.Book({.resources = {kRoom}, .interval = Visit(10)}).ok());
  const auto refused =
      scheduler_.Book({.resources = {kDoctor, kAlice, kRoom}, .interval = Visit(10)});
  ASSERT_EQ(CodeOf(refused), ErrorCode::kConflict);
  EXPECT_EQ(refused.error().conflicts[0].resource, kRoom);
  EXPECT_TRUE(BookAt(Visit(10)).ok());
}

TEST_F(SchedulerTest, Book_APatientCannotBeInTwoPlaces) {
  const ResourceId other = IdNumber(10);
  ASSERT_TRUE(scheduler_.AddResource(MakeDoctor(other)).ok());
  ASSERT_TRUE(scheduler_.PutAvailability(other, Weekdays(2)).ok());
  ASSERT_TRUE(BookAt(Visit(10)).ok());
  const auto refused = scheduler_.Book({.resources = {other, kAlice}, .interval = Visit(10, 15)});
  ASSERT_EQ(CodeOf(refused), ErrorCode::kConflict);
  EXPECT_EQ(refused.error().conflicts[0].kind, ResourceKind::kPatient);
}

TEST_F(SchedulerTest, Book_TouchingVisitsDoNotConflict) {
  ASSERT_TRUE(BookAt(Visit(14, 30)).ok());
  EXPECT_TRUE(BookAt(Visit(15)).ok());
  EXPECT_TRUE(BookAt(Visit(14)).ok());
  EXPECT_TRUE(BookAt(Visit(9)).ok());
  EXPECT_TRUE(BookAt(Visit(16, 30)).ok());
  EXPECT_EQ(CodeOf(BookAt(Visit(16, 45))), ErrorCode::kOutsideAvailability);
}

TEST_F(SchedulerTest, Book_ARetryWithTheSameIdFindsThatItExists) {
  const BookRequest request{
      .resources = {kDoctor, kAlice}, .interval = Visit(10), .id = BookingId(Uuid{7, 7})};
  ASSERT_TRUE(scheduler_.Book(request).ok());
  EXPECT_EQ(CodeOf(scheduler_.Book(request)), ErrorCode::kAlreadyExists);
  // One that was refused did not use its id up.
  BookRequest other = request;
  other.id = BookingId(Uuid{8, 8});
  EXPECT_EQ(CodeOf(scheduler_.Book(other)), ErrorCode::kConflict);
  other.interval = Visit(11);
  EXPECT_TRUE(scheduler_.Book(other).ok());
}

TEST_F(SchedulerTest, Book_BuffersKeepTheTimeAroundFree) {
  Resource doctor = scheduler_.FindResource(kDoctor).value();
  doctor.buffer_before = minutes{5};
  doctor.buffer_after = minutes{10};
  ASSERT_TRUE(scheduler_.UpdateResource(doctor).ok());
  const auto first = BookAt(Visit(10));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->interval, Visit(10));
  EXPECT_EQ(CodeOf(BookAt(Visit(10, 30), kBob)), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(BookAt(Visit(9, 30), kBob)), ErrorCode::kConflict);
  EXPECT_TRUE(BookAt(Visit(10, 45)).ok());
  EXPECT_TRUE(BookAt(Visit(9, 15)).ok());
}

TEST_F(SchedulerTest, Book_BuffersMayReachOverTheEdgesOfTheWorkingHours) {
  Resource doctor = scheduler_.FindResource(kDoctor).value();
  doctor.buffer_before = doctor.buffer_after = minutes{15};
  ASSERT_TRUE(scheduler_.UpdateResource(doctor).ok());
  EXPECT_TRUE(BookAt(Visit(9)).ok());
  EXPECT_TRUE(BookAt(Visit(16, 30)).ok());
}

TEST_F(SchedulerTest, Book_BuffersMayNotReachOutOfTheTimeThatThereIs) {
  Resource doctor = scheduler_.FindResource(kDoctor).value();
  doctor.buffer_before = doctor.buffer_after = minutes{10};
  ASSERT_TRUE(scheduler_.UpdateResource(doctor).ok());
  for (const Interval& edge :
       {Interval{kLatest - minutes{30}, kLatest}, Interval{kEarliest, kEarliest + minutes{30}}}) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(CodeOf(scheduler_.Book(
                    {.resources = {kDoctor},
                     .interval = edge,
                     .waive = {.past = true, .availability = true, .conflicts = i > 0}})),
                ErrorCode::kBadInterval);
    }
  }
}

TEST_F(SchedulerTest, Check_SaysWhatBookWouldSay) {
  ASSERT_TRUE(
      scheduler_
          .Book(
              {.resources = {kDoctor, kAlice}, .interval = Visit(10), .id = BookingId(Uuid{7, 7})})
          .ok());
  // What takes no time is in nobody's way, and nothing in its.
  const BookRequest proposed{
      .resources = {kDoctor, kAlice}, .interval = Visit(10), .status = "proposed"};
  EXPECT_TRUE(scheduler_.Check(proposed).ok());
  EXPECT_TRUE(scheduler_.Book(proposed).ok());
  const BookRequest again{
      .resources = {kDoctor, kAlice}, .interval = Visit(11), .id = BookingId(Uuid{7, 7})};
  EXPECT_EQ(scheduler_.Check(again).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf(scheduler_.Book(again)), ErrorCode::kAlreadyExists);
}

TEST_F(SchedulerTest, Book_CapacityAdmitsAsManyAsItSays) {
  const ResourceId group = IdNumber(20);
  ASSERT_TRUE(scheduler_.AddResource(MakeResource(group, ResourceKind::kRoom, 3)).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(scheduler_.Book({.resources = {group}, .interval = Visit(10, 10 * i)}).ok());
  }
  const auto refused = scheduler_.Book({.resources = {group}, .interval = Visit(9, 30, 60)});
  ASSERT_EQ(CodeOf(refused), ErrorCode::kConflict);
  EXPECT_EQ(refused.error().conflicts.size(), 3U);
  // Three are there only from 10:20 to 10:30.
  EXPECT_TRUE(scheduler_.Book({.resources = {group}, .interval = Visit(10, 30, 10)}).ok());
  EXPECT_TRUE(scheduler_.Book({.resources = {group}, .interval = Visit(10, 0, 10)}).ok());
}

TEST_F(SchedulerTest, Book_OverrideBooksOverBothAndThenBlocks) {
  ASSERT_TRUE(BookAt(Visit(10)).ok());
  const auto over = scheduler_.Book(
      {.resources = {kDoctor, kBob}, .interval = Visit(10, 7), .waive = Waivers::Override()});
  ASSERT_TRUE(over.ok());
  EXPECT_TRUE(over->overrides);
  EXPECT_EQ(CodeOf(BookAt(Visit(10, 30), IdNumber(4))), ErrorCode::kConflict);
  ASSERT_TRUE(scheduler_.Cancel(over->id).ok());
  EXPECT_TRUE(BookAt(Visit(10, 30)).ok());
}

TEST_F(SchedulerTest, Book_OfABatchOneRefusalDoesNotRefuseItsNeighbours) {
  const std::vector<BookRequest> requests = {
      {.resources = {kDoctor, kAlice}, .interval = Visit(10)},
      {.resources = {kDoctor, kBob}, .interval = Visit(10)},
      {.resources = {kDoctor, kBob}, .interval = Visit(11)},
      {.resources = {kDoctor, kBob},
       .interval = Visit(5),
       .status = "cancelled",
       .waive = Waivers::Import()},
  };
  const auto results = scheduler_.BookEach(requests);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(CodeOf(results[1]), ErrorCode::kConflict);
  EXPECT_TRUE(results[2].ok());
  ASSERT_TRUE(results[3].ok());
  EXPECT_FALSE(results[3]->occupies);
}

TEST_F(SchedulerTest, Book_OfManyThreadsThatWantOneTimeOneGetsIt) {
  for (int round = 0; round < 16; ++round) {
    std::atomic<int> booked = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const ResourceId patient = i % 2 == 0 ? kAlice : kBob;
        booked += BookAt(Visit(9 + round / 2, 30 * (round % 2)), patient).ok();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(booked, 1);
  }
  EXPECT_TRUE(Offered({At(9), At(17)}, minutes{5}).empty());
}

TEST_F(SchedulerTest, Book_ThreadsOnManyResourcesNeverWaitInACircle) {
  std::atomic<int> booked = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 32; ++i) {
        std::vector<ResourceId> resources = {kDoctor, kAlice, kRoom, kBob};
        std::rotate(resources.begin(), resources.begin() + t, resources.end());
        const auto result =
            scheduler_.Book({.resources = resources, .interval = Visit(9, 15 * i, 15)});
        booked += result.ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(booked, 32);
}

TEST(Scheduler, MemoryOnly_NeedsNoClockOfTheMachine) {
  SimulatedClock clock(kEarliest);
  UuidV7Generator ids(clock, 1);
  Scheduler scheduler(clock, ids);
  ASSERT_TRUE(scheduler.AddResource(MakeResource(kRoom, ResourceKind::kRoom)).ok());
  EXPECT_TRUE(
      scheduler.Book({.resources = {kRoom}, .interval = {kEarliest, kEarliest + hours{1}}}).ok());
}

}  // namespace
}  // namespace clinic
