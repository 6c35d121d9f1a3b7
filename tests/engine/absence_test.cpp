#include "clinic/absence.hpp"

#include "clinic/branch.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

using Fate = DisplacedBooking::Fate;

const ResourceId kDrOkafor = IdNumber(10);
const ResourceId kDrWeiss = IdNumber(11);
const Interval kToday{At(0), At(24)};

/// Two more doctors: one of the same specialty, and one of another.
class Absence : public SchedulerTest {
 protected:
  void SetUp() override {
    SchedulerTest::SetUp();
    AddDoctor(kDrOkafor, "cardiology");
    AddDoctor(kDrWeiss, "neurology");
  }

  void AddDoctor(ResourceId id, const std::string& specialty) {
    Resource doctor = MakeDoctor(id);
    doctor.specialties = {specialty};
    ASSERT_TRUE(scheduler_.AddResource(doctor).ok());
    ASSERT_TRUE(scheduler_.PutAvailability(id, Weekdays(id.uuid().low)).ok());
  }

  Booking MustBook(std::vector<ResourceId> resources, const Interval& visit) {
    const auto booked = scheduler_.Book({.resources = std::move(resources), .interval = visit});
    EXPECT_TRUE(booked.ok());
    return *booked;
  }

  AbsencePlan MustPlan(const AbsenceRequest& request) {
    const auto plan = PlanAbsence(scheduler_, request);
    EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.error().message);
    return plan.ok() ? *plan : AbsencePlan();
  }

  ErrorCode Refusal(const AbsenceRequest& request) {
    const auto plan = PlanAbsence(scheduler_, request);
    EXPECT_FALSE(plan.ok());
    return plan.ok() ? ErrorCode::kCorrupt : plan.error().code;
  }

  const AbsenceRequest today_{.practitioner = kDoctor, .time = kToday};
};

TEST_F(Absence, RefusesARequestThatMakesNoSense) {
  std::vector<AbsenceRequest> bad(12, today_);
  bad[0].most_earlier = Duration{-1};
  bad[1].most_later = Duration{-1};
  bad[2].look_back = Duration::max();
  bad[3].most_candidates = 0;
  bad[4].costs.minute_of_shift = -1;
  bad[5].costs.left_out = kMostTotalCost + 1;
  bad[6].candidates = {kDrOkafor};
  bad[6].specialty = "cardiology";
  bad[7].candidates = {kDrOkafor, kDrOkafor};
  bad[8].candidates = {kRoom};
  bad[9].practitioner = kAlice;
  bad[10].time = {At(1), At(0)};
  bad[10].candidates = {kRoom};  // what is named first in ErrorCode is reported
  bad[11].candidates = {kDrOkafor};
  bad[11].specialty = "";
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(Refusal(bad[i]), ErrorCode::kInvalidArgument) << i;
  }
}

TEST_F(Absence, RefusesWhomNobodyKnowsAndTimesThatAreNone) {
  EXPECT_EQ(Refusal({.practitioner = IdNumber(99), .time = kToday}), ErrorCode::kUnknownResource);
  EXPECT_EQ(
      Refusal({.practitioner = kDoctor, .time = {At(0), At(0)}, .candidates = {IdNumber(99)}}),
      ErrorCode::kUnknownResource);
  EXPECT_EQ(Refusal({.practitioner = kDoctor, .time = {At(2), At(2)}}), ErrorCode::kBadInterval);
  EXPECT_EQ(Refusal({.practitioner = kDoctor, .time = {At(2), kLatest + Duration{1}}}),
            ErrorCode::kBadInterval);
}

TEST_F(Absence, RefusesPricesThatAddUpToMoreThanCanBeCounted) {
  MustBook({kDoctor, kAlice}, Visit(10));
  MustBook({kDoctor, kBob}, Visit(11));
  AbsenceRequest request = today_;
  request.costs.left_out = kMostTotalCost / 2 + 1;
  EXPECT_EQ(Refusal(request), ErrorCode::kInvalidArgument);
  request.costs.left_out = kMostTotalCost / 2;
  EXPECT_EQ(MustPlan(request).displaced.size(), 2U);
}

TEST_F(Absence, IsNotPlannedInABranch) {
  const Branch branch = *scheduler_.MakeBranch();
  EXPECT_EQ(PlanAbsence(*branch, today_).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Absence, WhoHasNothingBookedIsSimplyAway) {
  const AbsencePlan plan = MustPlan(today_);
  EXPECT_TRUE(plan.displaced.empty());
  EXPECT_TRUE(plan.proven_optimal);
  const auto outcome = ApplyAbsence(scheduler_, plan, {.reason = "ill"});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(scheduler_.TimeOffOf(kDoctor)->at(0).reason, "ill");
  EXPECT_EQ(scheduler_.TimeOffOf(kDoctor)->at(0).interval, kToday);
  EXPECT_EQ(CodeOf(BookAt(Visit(10))), ErrorCode::kOutsideAvailability);
}

TEST_F(Absence, PlanningChangesNothing) {
  const Booking booking = MustBook({kDoctor, kAlice}, Visit(10));
  const AbsencePlan plan = MustPlan(today_);
  EXPECT_EQ(MustPlan(today_), plan);
  EXPECT_EQ(*scheduler_.Find(booking.id), booking);
  EXPECT_TRUE(scheduler_.TimeOffOf(kDoctor)->empty());
  EXPECT_TRUE(BookAt(Visit(11), kBob).ok());
}

TEST_F(Absence, TheSameTimeWithAColleagueOfTheSameSpecialty) {
  const Booking booking = MustBook({kDoctor, kAlice, kRoom}, Visit(10));
  const AbsencePlan plan = MustPlan(today_);
  ASSERT_EQ(plan.displaced.size(), 1U);
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDrOkafor, Visit(10)}));
  EXPECT_EQ(plan.cost, ReassignmentCosts().unknown_practitioner);
  EXPECT_TRUE(plan.proven_optimal);
  const auto outcome = ApplyAbsence(scheduler_, plan);
  ASSERT_TRUE(outcome.ok());
  ASSERT_EQ(outcome->changed.size(), 1U);
  EXPECT_TRUE(outcome->remaining.empty());
  const Booking moved = *scheduler_.Find(booking.id);
  EXPECT_EQ(moved.version, 2U);
  EXPECT_EQ(moved.interval, Visit(10));
  EXPECT_EQ(
      moved.allocations,
      (std::vector<Allocation>{{kAlice, Visit(10)}, {kRoom, Visit(10)}, {kDrOkafor, Visit(10)}}));
}

TEST_F(Absence, WhoKnowsThePatientComesBeforeWhoDoesNot) {
  MustBook({kDrWeiss, kBob}, Visit(9));
  clock_.Set(At(10));
  MustBook({kDoctor, kBob}, Visit(11));
  MustBook({kDrWeiss}, Visit(11));
  AbsenceRequest request = today_;
  request.candidates = {kDrOkafor, kDrWeiss};
  AbsencePlan plan = MustPlan(request);
  // A quarter of an hour twice, and somebody known, are cheaper than somebody new.
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDrWeiss, Visit(10, 30)}));
  EXPECT_EQ(plan.cost, 30 + ReassignmentCosts().known_practitioner);
  request.look_back = minutes{30};
  plan = MustPlan(request);
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDrOkafor, Visit(11)}));
}

TEST_F(Absence, TheAbsentOneSeesThePatientLaterWhereThatIsCheaper) {
  MustBook({kDoctor, kAlice}, Visit(9));
  const AbsencePlan plan = MustPlan({.practitioner = kDoctor, .time = {At(9), At(10)}});
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDoctor, Visit(10)}));
  EXPECT_EQ(plan.cost, 60);
  ASSERT_TRUE(ApplyAbsence(scheduler_, plan).ok());
}

TEST_F(Absence, ADoctorWithoutHoursIsNotOfferedWhileAway) {
  Resource always = MakeResource(IdNumber(20), ResourceKind::kPractitioner);
  ASSERT_TRUE(scheduler_.AddResource(always).ok());
  MustBook({always.id, kAlice}, Visit(10, 7));
  const AbsencePlan plan = MustPlan({.practitioner = always.id, .time = {At(10), At(12)}});
  // Whole slot steps from the planned start, and done before the absence begins.
  EXPECT_EQ(plan.displaced[0].to, (Slot{always.id, Visit(9, 27)}));
}

TEST_F(Absence, NeverIntoThePastNorOutOfReach) {
  clock_.Set(At(9, 50));
  MustBook({kDoctor, kAlice}, Visit(10));
  MustBook({kDrOkafor, kBob}, Visit(10, 0, 60));
  AbsenceRequest request = today_;
  request.most_later = hours{1};
  AbsencePlan plan = MustPlan(request);
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDrOkafor, Visit(11)}));
  request.most_later = hours{1} - Duration{1};
  plan = MustPlan(request);
  EXPECT_EQ(plan.displaced[0].fate, Fate::kNothingInReach);
  EXPECT_EQ(plan.displaced[0].to, std::nullopt);
  EXPECT_TRUE(plan.weighed_all);
  EXPECT_EQ(plan.cost, request.costs.left_out);
}

TEST_F(Absence, WhatHasBegunOrArrivedIsKept) {
  const Booking begun = MustBook({kDoctor, kAlice}, Visit(9));
  const Booking arrived = MustBook({kDoctor, kBob}, Visit(10));
  const Booking held =
      *scheduler_.Hold({.resources = {kDoctor, kBob}, .interval = Visit(11)}, hours{3});
  const Booking before = MustBook({kDoctor}, {At(72 + 9), At(72 + 10)});
  ASSERT_TRUE(scheduler_.Transition(arrived.id, "arrive").ok());
  clock_.Set(At(9));
  const AbsencePlan plan = MustPlan(today_);
  ASSERT_EQ(plan.kept.size(), 2U);
  EXPECT_EQ(plan.kept[0].booking.id, begun.id);
  EXPECT_EQ(plan.kept[0].why, ErrorCode::kInThePast);
  EXPECT_EQ(plan.kept[1].booking.id, arrived.id);
  EXPECT_EQ(plan.kept[1].why, ErrorCode::kIllegalTransition);
  ASSERT_EQ(plan.displaced.size(), 1U);
  EXPECT_EQ(plan.displaced[0].booking, held);
  const auto outcome = ApplyAbsence(scheduler_, plan);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->remaining.size(), 2U);
  EXPECT_EQ(scheduler_.Find(held.id)->expires_at, held.expires_at);
  EXPECT_EQ(*scheduler_.Find(before.id), before);
}

TEST_F(Absence, DisplacedBookingsTakeEachOthersTime) {
  // One colleague, who is free when the other one's patient is due, and the room only then.
  const Booking alice = MustBook({kDoctor, kAlice, kRoom}, Visit(9));
  const Booking bob = MustBook({kDoctor, kBob, kRoom}, Visit(9, 30));
  MustBook({kDrOkafor}, Visit(9));
  MustBook({kDrOkafor}, {At(10), At(17)});
  MustBook({kRoom}, {At(10), At(17)});
  AbsenceRequest request = today_;
  request.most_earlier = request.most_later = hours{8};
  AbsencePlan plan = MustPlan(request);
  EXPECT_EQ(plan.displaced[0].fate, Fate::kGivesWay);
  EXPECT_EQ(plan.displaced[1].to, (Slot{kDrOkafor, Visit(9, 30)}));
  // Where Bob is not asked, Alice takes the room at his time, unless he stays.
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDrOkafor, .interval = Visit(9, 30)}).ok());
  EXPECT_EQ(MustPlan(request).cost, 2 * request.costs.left_out);
}

TEST_F(Absence, WhoIsLeftOutKeepsPatientAndRoomUnlessCancelled) {
  // The room is all that both want: Bob's visit is too long for any gap of Dr Okafor's.
  const Booking bob = MustBook({kDoctor, kBob, kRoom}, Visit(9, 0, 60));
  const Booking alice = MustBook({kDoctor, kAlice, kRoom}, Visit(10));
  MustBook({kDrOkafor}, Visit(9));
  MustBook({kDrOkafor}, {At(10), At(17)});
  AbsenceRequest request = today_;
  request.most_earlier = request.most_later = hours{7};
  AbsencePlan plan = MustPlan(request);
  EXPECT_EQ(plan.cost, 2 * request.costs.left_out);
  ASSERT_TRUE(ApplyAbsence(scheduler_, plan).ok());
  EXPECT_EQ(*scheduler_.Find(alice.id), alice);

  request.left_out = LeftOut::kIsCancelled;
  plan = MustPlan(request);
  EXPECT_EQ(plan.displaced[1].to, (Slot{kDrOkafor, Visit(9, 30)}));
  EXPECT_TRUE(plan.proven_optimal);
  const auto outcome = ApplyAbsence(scheduler_, plan);
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(scheduler_.Find(bob.id)->status, "cancelled");
  EXPECT_TRUE(outcome->remaining.empty());
}

TEST_F(Absence, APlanThatWasOvertakenIsRefusedAndChangesNothing) {
  const Booking alice = MustBook({kDoctor, kAlice}, Visit(9));
  const Booking bob = MustBook({kDoctor, kBob}, Visit(10));
  const AbsencePlan plan = MustPlan(today_);
  const auto refused_with = [&](ErrorCode code, std::size_t position) {
    const auto outcome = ApplyAbsence(scheduler_, plan);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, code);
    EXPECT_EQ(outcome.error().position, position);
    EXPECT_TRUE(scheduler_.TimeOffOf(kDoctor)->empty());
    EXPECT_EQ(*scheduler_.Find(alice.id), alice);
    EXPECT_TRUE(scheduler_.Check({.resources = {kDoctor}, .interval = Visit(12)}).ok());
  };
  const Booking taken = MustBook({kDrOkafor}, Visit(10));
  refused_with(ErrorCode::kConflict, 1);
  ASSERT_TRUE(scheduler_.Cancel(taken.id).ok());
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDrOkafor, .interval = Visit(9)}).ok());
  refused_with(ErrorCode::kOutsideAvailability, 0);
  ASSERT_TRUE(scheduler_.Reschedule(bob.id, {.interval = Visit(11)}).ok());
  refused_with(ErrorCode::kStaleVersion, 1);
}

TEST_F(Absence, WhatWasBookedAfterThePlanRemains) {
  const AbsencePlan plan = MustPlan(today_);
  const Booking late = MustBook({kDoctor, kBob}, Visit(10));
  const auto outcome = ApplyAbsence(scheduler_, plan);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->remaining, std::vector{late});
}

TEST_F(Absence, OnlyTheCheapestTimesAreWeighedWhereFewAreAskedFor) {
  MustBook({kDoctor, kAlice}, Visit(9));
  MustBook({kDoctor, kBob}, Visit(9, 30));
  AbsenceRequest request = today_;
  request.most_candidates = 1;
  const AbsencePlan plan = MustPlan(request);
  for (const DisplacedBooking& each : plan.displaced) EXPECT_EQ(each.candidates, 1U);
  EXPECT_FALSE(plan.weighed_all);
  EXPECT_EQ(plan.displaced[0].to, (Slot{kDrOkafor, Visit(9)}));
}

TEST_F(Absence, AGroupMovesAsOneToWhoHasRoomForIt) {
  for (const std::uint64_t number : {30, 31}) {
    Resource doctor = MakeDoctor(IdNumber(number));
    doctor.capacity = 2;
    doctor.specialties = {"therapy"};
    ASSERT_TRUE(scheduler_.AddResource(doctor).ok());
    ASSERT_TRUE(scheduler_.PutAvailability(doctor.id, Weekdays(number)).ok());
  }
  MustBook({IdNumber(30), kAlice}, Visit(10));
  MustBook({IdNumber(30), kBob}, Visit(10));
  const AbsenceRequest request{.practitioner = IdNumber(30), .time = kToday};
  AbsencePlan plan = MustPlan(request);
  for (const DisplacedBooking& each : plan.displaced) {
    EXPECT_EQ(each.to, (Slot{IdNumber(31), Visit(10)}));
  }
  EXPECT_TRUE(plan.proven_optimal);
  // With one seat taken they have to be seen one by one, which is not said to be best.
  MustBook({IdNumber(31)}, Visit(10));
  plan = MustPlan(request);
  EXPECT_EQ(plan.cost, 2 * 120 + 15 + 15);
  EXPECT_FALSE(plan.proven_optimal);
  ASSERT_TRUE(ApplyAbsence(scheduler_, plan).ok());
}

TEST_F(Absence, WhatWasBookedOverEachOtherCanStay) {
  MustBook({kDoctor, kAlice, kRoom}, Visit(9));
  ASSERT_TRUE(scheduler_
                  .Book({.resources = {kDoctor, kBob, kRoom},
                         .interval = Visit(9, 15),
                         .waive = Waivers::Override()})
                  .ok());
  AbsenceRequest request = today_;
  request.candidates = {kDrWeiss};
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDrWeiss, .interval = {At(0), At(24 * 40)}}).ok());
  const AbsencePlan plan = MustPlan(request);
  EXPECT_EQ(plan.cost, 2 * request.costs.left_out);
  EXPECT_TRUE(plan.proven_optimal);
}

}  // namespace
}  // namespace clinic
