// Sequences: refused, found, booked, and raced for.
#include "clinic/sequence.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Sequence : public SchedulerTest {
 protected:
  static SequenceQuery LaboratoryThenDoctor() {
    return {.steps = {{.resources = {kRoom}, .duration = minutes{10}, .reason = "Blood"},
                      {.resources = {kDoctor},
                       .duration = minutes{30},
                       .gap_min = minutes{5},
                       .gap_max = minutes{20}}},
            .throughout = {kAlice},
            .range = {At(8), At(17)}};
  }

  ErrorCode Refused(const SequenceQuery& query) {
    const auto found = FindSequences(scheduler_, query);
    EXPECT_FALSE(found.ok());
    const auto booked = BookSequence(scheduler_, query);
    EXPECT_FALSE(booked.ok());
    if (found.ok() || booked.ok()) return ErrorCode::kCorrupt;
    EXPECT_EQ(found.error().code, booked.error().code);
    return found.error().code;
  }
};

std::vector<Instant> StartsOf(const SequencePlan& plan) {
  std::vector<Instant> starts;
  for (const BookRequest& step : plan.steps) starts.push_back(step.interval.start);
  return starts;
}

TEST_F(Sequence, RefusesWhatIsNoSequence) {
  const auto refused = [&](const std::function<void(SequenceQuery&)>& change) {
    SequenceQuery query = LaboratoryThenDoctor();
    change(query);
    return Refused(query);
  };
  const auto invalid = ErrorCode::kInvalidArgument;
  EXPECT_EQ(refused([](auto& q) { q.steps.clear(); }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps.resize(kMostSequenceSteps + 1, q.steps[1]); }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.apart = minutes{0}; }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].duration = minutes{0}; }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].gap_min = minutes{-1}; }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].gap_max = minutes{4}; }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].any_of = {kBob, kBob}; }), invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].any_of = {kAlice}; }), invalid);
  EXPECT_EQ(refused([](auto& q) {
              q.throughout.clear();
              q.steps[0].resources.clear();
            }),
            invalid);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].any_of = {IdNumber(99)}; }),
            ErrorCode::kUnknownResource);
  EXPECT_EQ(refused([](auto& q) { q.range = {At(9), At(9)}; }), ErrorCode::kBadInterval);
  EXPECT_EQ(refused([](auto& q) { q.steps[1].duration = hours{25}; }), ErrorCode::kTooLong);
}

TEST_F(Sequence, ReportsWhatComesFirstByCodeWhicheverStepItIs) {
  SequenceQuery query = LaboratoryThenDoctor();
  query.steps[0].duration = Duration::max();
  query.range = {At(9), At(8)};
  EXPECT_EQ(Refused(query), ErrorCode::kBadInterval);
  query.steps[1].resources = {IdNumber(99)};
  EXPECT_EQ(Refused(query), ErrorCode::kUnknownResource);
}

TEST_F(Sequence, StepsComeAsCloseAsTheyMay) {
  const auto plans = FindSequences(scheduler_, LaboratoryThenDoctor());
  ASSERT_TRUE(plans.ok()) << plans.error().message;
  ASSERT_EQ(plans->size(), 10U);
  // The doctor opens at nine; thirty minutes before that is the earliest that the gap allows.
  EXPECT_EQ(StartsOf(plans->front()), (std::vector{At(8, 30), At(9)}));
  EXPECT_EQ(StartsOf((*plans)[1]), (std::vector{At(8, 35), At(9)}));
  EXPECT_EQ(StartsOf((*plans)[5]), (std::vector{At(8, 55), At(9, 15)}));
  EXPECT_EQ(plans->front().steps[0].reason, "Blood");
  EXPECT_EQ(plans->front().interval(), (Interval{At(8, 30), At(9, 30)}));
}

TEST_F(Sequence, GapsMayBeAsLongAsTime) {
  SequenceQuery query = LaboratoryThenDoctor();
  query.steps[1].gap_max = Duration::max();
  query.limit = 1;
  EXPECT_EQ(StartsOf(FindSequences(scheduler_, query)->front()), (std::vector{At(8), At(9)}));
  query.steps[1].gap_min = Duration::max();
  EXPECT_TRUE(FindSequences(scheduler_, query)->empty());
  query = LaboratoryThenDoctor();
  query.apart = Duration::max();
  EXPECT_EQ(FindSequences(scheduler_, query)->size(), 1U);
}

TEST_F(Sequence, ChoosesWhoeverIsFreeFirst_AndWhoIsNamedFirstAmongThese) {
  SequenceQuery query = LaboratoryThenDoctor();
  query.steps[0] = {.any_of = {kRoom, kBob}, .duration = minutes{10}};
  EXPECT_EQ(FindSequences(scheduler_, query)->front().steps[0].resources,
            (std::vector{kAlice, kRoom}));
  ASSERT_TRUE(scheduler_.Book({.resources = {kRoom}, .interval = Visit(8, 0, 60)}).ok());
  const SequencePlan plan = FindSequences(scheduler_, query)->front();
  EXPECT_EQ(plan.steps[0].resources, (std::vector{kAlice, kBob}));
  EXPECT_EQ(StartsOf(plan), (std::vector{At(8, 30), At(9)}));
}

TEST_F(Sequence, BuffersOfWhatTwoStepsTakeLieBetweenThem) {
  Resource nurse = MakeResource(IdNumber(5), ResourceKind::kPractitioner);
  nurse.buffer_before = minutes{5};
  nurse.buffer_after = minutes{10};
  ASSERT_TRUE(scheduler_.AddResource(nurse).ok());
  SequenceQuery query{.steps = {{.resources = {nurse.id}, .duration = minutes{10}},
                                {.resources = {kRoom}, .duration = minutes{5}},
                                {.any_of = {nurse.id, kBob}, .duration = minutes{10}}},
                      .throughout = {kAlice},
                      .range = {At(8), At(9)}};
  // Bob can begin at once.
  EXPECT_EQ(StartsOf(FindSequences(scheduler_, query)->front()),
            (std::vector{At(8), At(8, 10), At(8, 15)}));
  query.steps[2] = {.any_of = {nurse.id}, .duration = minutes{10}};
  EXPECT_EQ(StartsOf(FindSequences(scheduler_, query)->front()),
            (std::vector{At(8), At(8, 10), At(8, 25)}));
  EXPECT_TRUE(BookSequence(scheduler_, query).ok());
}

TEST_F(Sequence, RefusesMoreChoicesThanItTellsApart) {
  std::vector<ResourceId> nurses;
  for (std::uint64_t i = 0; i < 33; ++i) {
    Resource nurse = MakeResource(IdNumber(100 + i), ResourceKind::kPractitioner);
    nurse.buffer_after = minutes{10};
    ASSERT_TRUE(scheduler_.AddResource(nurse).ok());
    nurses.push_back(nurse.id);
  }
  const SequenceStep step{.any_of = nurses, .duration = minutes{10}};
  SequenceQuery query{.steps = {step, step}, .throughout = {kAlice}, .range = {At(8), At(17)}};
  EXPECT_EQ(Refused(query), ErrorCode::kInvalidArgument);
  query.steps[1].gap_min = minutes{10};  // the buffers do not matter any more
  EXPECT_EQ(FindSequences(scheduler_, query)->size(), 10U);
}

TEST_F(Sequence, BookedAllOrNothing_AsOneSeries) {
  const auto booked = BookSequence(scheduler_, LaboratoryThenDoctor());
  ASSERT_TRUE(booked.ok()) << booked.error().message;
  ASSERT_EQ(booked->size(), 2U);
  EXPECT_TRUE((*booked)[0].series);
  EXPECT_EQ((*booked)[0].series, (*booked)[1].series);
  EXPECT_EQ(scheduler_.Find((*booked)[1].id)->interval, Visit(9));
}

TEST_F(Sequence, PlanThatWasOvertaken_LeavesNothingBehind) {
  const SequencePlan plan = FindSequences(scheduler_, LaboratoryThenDoctor())->front();
  ASSERT_TRUE(BookAt(Visit(9), kBob).ok());
  const auto refused = BookSequenceAt(scheduler_, plan);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().position, 1U);
  EXPECT_TRUE(scheduler_.BookingsOf(kAlice, {At(0), At(24)})->empty());
}

TEST_F(Sequence, NoneIsAnEmptyList_AndAConflictToBook) {
  SequenceQuery query = LaboratoryThenDoctor();
  query.range = {At(8), At(9, 29)};
  EXPECT_TRUE(FindSequences(scheduler_, query)->empty());
  EXPECT_EQ(BookSequence(scheduler_, query).error().code, ErrorCode::kConflict);
}

TEST_F(Sequence, JumpsOverAYearWithoutAFit) {
  // The scanner is free from 18:00 on only, when the doctor has gone; but on the last day.
  const ResourceId scanner = IdNumber(5);
  Resource resource = MakeResource(scanner, ResourceKind::kDevice);
  resource.hours = Resource::Hours::kByRules;
  ASSERT_TRUE(scheduler_.AddResource(resource).ok());
  AvailabilityRule evenings = Weekdays(2);
  evenings.start += hours{9};
  evenings.end += hours{6};
  ASSERT_TRUE(scheduler_.PutAvailability(scanner, evenings).ok());
  const CivilTime last{kFriday.time_since_epoch() + std::chrono::days{364}};
  ASSERT_TRUE(
      scheduler_.PutAvailability(scanner, {.start = last + hours{10}, .end = last + hours{11}})
          .ok());
  const SequenceQuery query{
      .steps = {{.resources = {scanner}, .duration = minutes{30}},
                {.resources = {kDoctor}, .duration = minutes{30}, .gap_max = hours{1}}},
      .throughout = {kAlice},
      .range = {At(0), At(0) + std::chrono::days{365}}};
  const auto plans = FindSequences(scheduler_, query);
  ASSERT_FALSE(plans->empty());
  EXPECT_EQ(plans->front().steps[0].interval.start, At(10) + std::chrono::days{364});
}

TEST(SequenceRace, SequencesNeverOverlap_AndNoneIsHalfBooked) {
  SimulatedClock clock(At(8));
  UuidV7Generator ids(clock, 1);
  Scheduler scheduler(clock, ids);
  Populate(scheduler);
  std::vector<std::thread> threads;
  std::atomic<int> booked = 0;
  for (const ResourceId patient : {kAlice, kBob}) {
    threads.emplace_back([&, patient] {
      const SequenceQuery query{
          .steps = {{.resources = {kRoom}, .duration = minutes{15}},
                    {.resources = {kDoctor}, .duration = minutes{15}, .gap_max = minutes{45}}},
          .throughout = {patient},
          .range = {At(8), At(17)}};
      for (int i = 0; i < 16; ++i) booked += BookSequence(scheduler, query).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(booked, 16);
  const auto bookings_of = [&](ResourceId id) {
    std::vector<Booking> bookings = *scheduler.BookingsOf(id, {At(0), At(24)});
    for (std::size_t i = 1; i < bookings.size(); ++i) {
      EXPECT_LE(bookings[i - 1].interval.end, bookings[i].interval.start);
    }
    return static_cast<int>(bookings.size());
  };
  EXPECT_EQ(bookings_of(kDoctor), booked);
  EXPECT_EQ(bookings_of(kRoom), booked);
  EXPECT_EQ(bookings_of(kAlice) + bookings_of(kBob), 2 * booked);
}

}  // namespace
}  // namespace clinic
