#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TEST_F(SchedulerTest, FindSlots_RefusesQuestionsWithoutSense) {
  const auto code = [&](const SlotQuery& query) {
    return scheduler_.FindSlots(query).error().code;
  };
  EXPECT_EQ(code({.range = Visit(9)}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.any_of = {kDoctor}, .range = Visit(9), .duration = minutes{0}}),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.any_of = {IdNumber(99)}, .range = Visit(9)}), ErrorCode::kUnknownResource);
  EXPECT_EQ(code({.any_of = {kDoctor}, .range = {At(10), At(9)}}), ErrorCode::kBadInterval);
  EXPECT_EQ(code({.any_of = {kDoctor}, .range = Visit(9), .duration = hours{25}}),
            ErrorCode::kTooLong);
  EXPECT_TRUE(scheduler_.FindSlots({.specialty = "alchemy", .range = Visit(9)})->empty());
}

TEST_F(SchedulerTest, HasAtHand_IsTrueOnceTheNextWeeksOfThoseWhoAreKnownWereAskedFor) {
  const Interval weeks{At(8), At(8) + std::chrono::days{28}};
  const auto has = [&](std::vector<ResourceId> ids) { return scheduler_.HasAtHand(ids, weeks); };
  EXPECT_TRUE(has({kAlice})) << "who has no hours";
  EXPECT_FALSE(has({IdNumber(99)}));
  EXPECT_FALSE(has({kDoctor})) << "nobody has asked yet";
  const SlotQuery query{.any_of = {kDoctor}, .range = weeks, .limit = 1};
  ASSERT_EQ(scheduler_.FindSlots(query)->size(), 1U);
  EXPECT_TRUE(has({kDoctor, kAlice}));
  EXPECT_FALSE(has({kDoctor, IdNumber(99)}));
  EXPECT_FALSE(scheduler_.HasAtHand({&kDoctor, 1}, {weeks.start, At(8) + std::chrono::days{400}}));
}

TEST_F(SchedulerTest, HasAtHand_ComesBackWhenTimeHasGoneOn) {
  for (int day = 0; day < 300; ++day, clock_.Advance(std::chrono::days{1})) {
    const Interval weeks{clock_.Now(), clock_.Now() + std::chrono::days{28}};
    ASSERT_TRUE(scheduler_.FindSlots({.any_of = {kDoctor}, .range = weeks, .limit = 1}).ok());
    ASSERT_TRUE(scheduler_.HasAtHand({&kDoctor, 1}, weeks)) << "day " << day;
  }
}

TEST_F(SchedulerTest, FindSlots_OffersNothingThatHasPassedOrLiesBeyondTheHorizon) {
  clock_.Set(At(12, 7));
  EXPECT_EQ(Offered({At(9), At(13)}, minutes{30}).front(), Visit(12, 15));
  EXPECT_TRUE(Offered({At(9) + days{800}, At(17) + days{800}}, minutes{30}).empty());
}

TEST_F(SchedulerTest, FindSlots_SkipsWeekendsAndTimeOff) {
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDoctor, .interval = {At(9), At(17)}}).ok());
  const auto slots = Offered({At(0), At(0) + days{7}}, minutes{30});
  ASSERT_FALSE(slots.empty());
  EXPECT_EQ(slots.front().start, At(9) + days{3});
}

TEST_F(SchedulerTest, FindSlots_TimeOffThatIsTakenBackIsOfferedAgain) {
  const auto off = scheduler_.PutTimeOff({.resource = kDoctor, .interval = {At(9), At(17)}});
  ASSERT_TRUE(off.ok());
  EXPECT_TRUE(Offered({At(9), At(17)}, minutes{30}).empty());
  ASSERT_TRUE(scheduler_.DeleteTimeOff(kDoctor, off->id).ok());
  EXPECT_EQ(Offered({At(9), At(17)}, minutes{30}).size(), 31U);
}

TEST_F(SchedulerTest, FindSlots_OverASpecialtyAreTheEarliestOfAll) {
  std::set<ResourceId> others;
  for (std::uint64_t i = 10; i < 20; ++i) {
    ASSERT_TRUE(scheduler_.AddResource(MakeDoctor(IdNumber(i))).ok());
    AvailabilityRule rule = Weekdays(i);
    rule.start += minutes{15} * static_cast<int>(i - 10);
    ASSERT_TRUE(scheduler_.PutAvailability(IdNumber(i), rule).ok());
  }
  const auto slots = scheduler_.FindSlots(
      {.specialty = "cardiology", .range = {At(0), At(24)}, .duration = minutes{30}, .limit = 40});
  ASSERT_TRUE(slots.ok());
  ASSERT_EQ(slots->size(), 40U);
  EXPECT_TRUE(std::ranges::is_sorted(
      *slots, {}, [](const Slot& slot) { return std::pair(slot.interval.start, slot.resource); }));
  EXPECT_EQ(slots->front().interval.start, At(9));
  EXPECT_EQ((*slots)[3].interval.start, At(9, 15));
}

TEST_F(SchedulerTest, FindSlots_TogetherMeansThatAllAreFree) {
  ASSERT_TRUE(scheduler_.Book({.resources = {kAlice}, .interval = Visit(9, 0, 70)}).ok());
  ASSERT_TRUE(scheduler_.Book({.resources = {kRoom}, .interval = Visit(10, 15, 60)}).ok());
  const auto slots = scheduler_.FindSlots({.any_of = {kDoctor},
                                           .together = {kAlice, kRoom},
                                           .range = {At(9), At(17)},
                                           .duration = minutes{30},
                                           .limit = 1});
  ASSERT_EQ(slots->size(), 1U);
  EXPECT_EQ(slots->front().interval, Visit(11, 15));
}

TEST_F(SchedulerTest, FindSlots_ADoctorWithoutRulesIsNeverFree) {
  ASSERT_TRUE(scheduler_.AddResource(MakeDoctor(IdNumber(10))).ok());
  EXPECT_TRUE(scheduler_.FindSlots({.any_of = {IdNumber(10)}, .range = {At(0), At(0) + days{365}}})
                  ->empty());
}

// Everything that FindSlots offers is accepted by Check, and nothing else is, in a calendar with
// buffers, time off, holds, bookings over others, and rules that came and went.
TEST_F(SchedulerTest, FindSlots_OffersExactlyWhatCanBeBooked) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    std::mt19937 random(seed);
    clock_.Set(At(8));
    Scheduler scheduler(clock_, ids_);
    Populate(scheduler);
    Resource doctor = MakeDoctor(kDoctor);
    doctor.buffer_before = minutes{5 * (seed % 2)};
    doctor.buffer_after = minutes{10 * (seed % 3)};
    ASSERT_TRUE(scheduler.UpdateResource(doctor).ok());
    std::vector<BookingId> booked;
    for (int step = 0; step < 120; ++step) {
      const Instant start = At(8) + minutes{5 * (random() % 130)} + days{random() % 4};
      const Interval visit{start, start + minutes{5 + 5 * (random() % 12)}};
      BookRequest request{.resources = {kDoctor}, .interval = visit};
      switch (random() % 6) {
        case 0:
          request.waive = Waivers::Override();
          [[fallthrough]];
        case 1:
        case 2:
          if (const auto result = scheduler.Book(request); result.ok())
            booked.push_back(result->id);
          break;
        case 3:
          if (const auto held = scheduler.Hold(request, minutes{1 + random() % 30}); held.ok()) {
            booked.push_back(held->id);
          }
          clock_.Advance(minutes{random() % 3});
          break;
        case 4:
          if (!booked.empty()) (void)scheduler.Cancel(booked[random() % booked.size()]);
          if (!booked.empty()) {
            (void)scheduler.Reschedule(booked[random() % booked.size()], {.interval = visit});
          }
          break;
        case 5:
          if (step % 2 == 0) {
            ASSERT_TRUE(scheduler.PutTimeOff({.resource = kDoctor, .interval = visit}).ok());
          }
          break;
      }
    }
    const Duration length = minutes{10 + 5 * seed};
    const Interval range{At(0), At(0) + days{5}};
    const auto slots = scheduler.FindSlots(
        {.any_of = {kDoctor}, .range = range, .duration = length, .limit = 100'000});
    std::set<Instant> offered;
    for (const Slot& slot : *slots) offered.insert(slot.interval.start);
    std::size_t bookable = 0;
    for (Instant at = range.start; at + length <= range.end; at += minutes{1}) {
      const bool accepted =
          scheduler.Check({.resources = {kDoctor}, .interval = {at, at + length}}).ok();
      ASSERT_EQ(accepted, offered.contains(at)) << seed << " " << (at - At(0)).count() / 60;
      bookable += accepted;
    }
    EXPECT_EQ(bookable, offered.size());
    EXPECT_GT(bookable, 0U);
  }
}

TEST_F(SchedulerTest, Availability_ChangesTakeEffectAtOnceAndNameWhatIsLeftOutside) {
  const auto booked = BookAt(Visit(16));
  ASSERT_TRUE(booked.ok());
  AvailabilityRule shorter = Weekdays();
  shorter.end -= hours{2};
  ASSERT_TRUE(scheduler_.PutAvailability(kDoctor, shorter).ok());
  EXPECT_EQ(CodeOf(BookAt(Visit(15))), ErrorCode::kOutsideAvailability);
  const auto outside = scheduler_.OutsideAvailability(kDoctor);
  ASSERT_EQ(outside->size(), 1U);
  EXPECT_EQ(outside->front().id, booked->id);
  ASSERT_TRUE(scheduler_.DeleteAvailability(kDoctor, shorter.id).ok());
  EXPECT_TRUE(Offered({At(0), At(0) + days{30}}, minutes{15}).empty());
}

TEST_F(SchedulerTest, Availability_RefusesRulesThatOpenMoreOftenThanAnyoneWorks) {
  AvailabilityRule rule = Weekdays();
  rule.end = rule.start + minutes{5};
  rule.rule = RecurrenceRule::Parse("FREQ=MINUTELY;INTERVAL=10").value();
  const auto refused = scheduler_.PutAvailability(kDoctor, rule);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnbounded);
  EXPECT_EQ(Offered({At(9), At(17)}, minutes{30}).size(), 31U);
}

TEST_F(SchedulerTest, FindSlots_OffersNothingLongerThanABookingMayBe) {
  Scheduler scheduler(clock_, ids_, {.longest_booking = minutes{20}});
  Populate(scheduler);
  EXPECT_TRUE(scheduler.FindSlots({.any_of = {kDoctor}, .range = {At(9), At(17)}})->empty());
}

TEST_F(SchedulerTest, Availability_RoundTheClockReachesOverMidnight) {
  ASSERT_TRUE(scheduler_.AddResource(MakeDoctor(IdNumber(10))).ok());
  AvailabilityRule always = Weekdays(10);
  always.start -= hours{9};
  always.end = always.start + days{1};
  always.rule = RecurrenceRule::Parse("FREQ=DAILY").value();
  ASSERT_TRUE(scheduler_.PutAvailability(IdNumber(10), always).ok());
  const Interval overnight{At(23, 45) + days{3}, At(24, 15) + days{3}};
  EXPECT_TRUE(scheduler_.Check({.resources = {IdNumber(10)}, .interval = overnight}).ok());
  const auto slots =
      scheduler_.FindSlots({.any_of = {IdNumber(10)}, .range = overnight, .duration = minutes{30}});
  ASSERT_EQ(slots->size(), 1U);
  EXPECT_EQ(slots->front().interval, overnight);
}

TEST_F(SchedulerTest, Availability_IsWrittenInTheDoctorsZone) {
  Resource doctor = MakeDoctor(IdNumber(30));
  doctor.timezone = "America/New_York";
  ASSERT_TRUE(scheduler_.AddResource(doctor).ok());
  ASSERT_TRUE(scheduler_.PutAvailability(doctor.id, Weekdays(30)).ok());
  const auto before =
      scheduler_.FindSlots({.any_of = {doctor.id}, .range = {At(0), At(24)}, .limit = 1});
  EXPECT_EQ(before->front().interval.start, At(14));  // EST
  const Instant later = At(0) + days{14};
  const auto after =
      scheduler_.FindSlots({.any_of = {doctor.id}, .range = {later, later + days{1}}, .limit = 1});
  EXPECT_EQ(after->front().interval.start, later + hours{13});  // EDT
}

}  // namespace
}  // namespace clinic
