// Bookings on pools: any n of the resources that have a specialty.
#include <algorithm>
#include <set>

#include "clinic/branch.hpp"
#include "tests/engine/pools_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

using Rooms = std::vector<std::uint64_t>;

TEST_F(SchedulerPools, WhatCannotBeMeantIsRefusedInOrder) {
  const auto code = [&](BookRequest request) {
    if (request.interval == Interval{}) request.interval = Visit(10);
    const Result<void> checked = scheduler_.Check(request);
    const ErrorCode booked = CodeOf(scheduler_.Book(request));
    EXPECT_EQ(checked.error().code, booked);
    return booked;
  };
  const auto many = IdNumber(99);
  EXPECT_EQ(code({.pools = {{"exam", 0}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.pools = {{"exam", 1}, {"exam", 1}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.pools = {{"exam", 65}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.pools = {{"exam", SIZE_MAX}, {"x", SIZE_MAX}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.resources = {many, many}, .pools = {{"exam"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.resources = {many}, .pools = {{"exam"}}}), ErrorCode::kUnknownResource);
  EXPECT_EQ(code({.pools = {{"alchemy"}}}), ErrorCode::kUnknownResource);
  EXPECT_EQ(code({.pools = {{"exam", 4}}}), ErrorCode::kUnknownResource);
  EXPECT_EQ(code({.resources = {IdNumber(10)}, .pools = {{"exam", 3}}}),
            ErrorCode::kUnknownResource);
  EXPECT_EQ(code({.pools = {{"exam", 3}}, .interval = {At(11), At(10)}}), ErrorCode::kBadInterval);
  EXPECT_EQ(code({.pools = {{"exam", 3}}, .interval = Visit(7)}), ErrorCode::kInThePast);
  EXPECT_EQ(scheduler_.FindSlots({.pools = {{"exam"}}, .range = Visit(9)}).error().code,
            ErrorCode::kInvalidArgument);
}

TEST_F(SchedulerPools, PoolsThatShareMembersNeedEnoughBetweenThem) {
  AddRoom(13, {"ultrasound"});
  ASSERT_TRUE(
      scheduler_.AddResource({.id = IdNumber(14), .specialties = {"exam", "ultrasound"}}).ok());
  const auto code = [&](std::size_t exam, std::size_t ultrasound) {
    return CodeOf(scheduler_.Book(
        {.pools = {{"exam", exam}, {"ultrasound", ultrasound}}, .interval = Visit(10)}));
  };
  EXPECT_EQ(code(4, 2), ErrorCode::kUnknownResource);
  EXPECT_TRUE(
      scheduler_.Book({.pools = {{"exam", 4}, {"ultrasound", 1}}, .interval = Visit(10)}).ok());
  EXPECT_EQ(code(1, 1), ErrorCode::kConflict);
}

TEST_F(SchedulerPools, DifferentMembersAreTakenAndRemembered) {
  const auto booked = scheduler_.Book(
      {.resources = {kAlice, IdNumber(10)}, .pools = {{"exam", 2}}, .interval = Visit(10)});
  ASSERT_TRUE(booked.ok());
  EXPECT_EQ(booked->allocations, (std::vector<Allocation>{{kAlice, Visit(10)},
                                                          {IdNumber(10), Visit(10)},
                                                          {IdNumber(11), Visit(10), "exam"},
                                                          {IdNumber(12), Visit(10), "exam"}}));
  EXPECT_EQ(*scheduler_.Find(booked->id), *booked);
  EXPECT_EQ(CodeOf(BookAny(Visit(10))), ErrorCode::kConflict);
}

TEST_F(SchedulerPools, TheMemberWithTheTightestGapIsTaken) {
  ASSERT_TRUE(BookRoom(12, Visit(9)).ok());
  ASSERT_TRUE(BookRoom(11, Visit(9, 15)).ok());
  EXPECT_EQ(RoomsOf(BookAny(Visit(9, 30))->id), Rooms{12});
  EXPECT_EQ(RoomsOf(BookAny(Visit(9, 45))->id), Rooms{11});
  EXPECT_EQ(RoomsOf(BookAny(Visit(9, 30))->id), Rooms{10});
}

TEST_F(SchedulerPools, ARefusalSaysWhatStandsInTheWayAndWhatCanBeHad) {
  const auto named = BookRoom(10, Visit(10));
  const auto pooled = BookAny(Visit(10, 15), 2);
  const auto refused = BookAny(Visit(10));
  ASSERT_EQ(CodeOf(refused), ErrorCode::kConflict);
  std::set<BookingId> blocking;
  for (const Conflict& conflict : refused.error().conflicts) blocking.insert(conflict.booking);
  EXPECT_EQ(blocking, (std::set<BookingId>{named->id, pooled->id}));
  ASSERT_EQ(refused.error().alternatives.size(), 3U);
  for (const Interval& other : refused.error().alternatives) {
    EXPECT_TRUE(scheduler_.Check({.pools = {{"exam"}}, .interval = other}).ok());
  }
}

TEST_F(SchedulerPools, TheFirstReasonInTheOrderOfErrorsIsGiven) {
  Resource scanner = MakeDoctor(IdNumber(20));
  scanner.specialties = {"scan"};
  ASSERT_TRUE(scheduler_.AddResource(scanner).ok());
  ASSERT_TRUE(scheduler_.PutAvailability(scanner.id, Weekdays(20)).ok());
  ASSERT_TRUE(scheduler_.Book({.resources = {kAlice}, .interval = Visit(8, 30)}).ok());
  ASSERT_TRUE(scheduler_.Book({.resources = {kAlice}, .interval = Visit(12)}).ok());
  const auto code = [&](const Interval& visit) {
    return CodeOf(scheduler_.Book({.resources = {kAlice}, .pools = {{"scan"}}, .interval = visit}));
  };
  EXPECT_EQ(code(Visit(8, 30)), ErrorCode::kOutsideAvailability);
  EXPECT_EQ(code(Visit(12, 5)), ErrorCode::kOffGrid);
  EXPECT_EQ(code(Visit(12, 15)), ErrorCode::kConflict);
  EXPECT_TRUE(scheduler_.Check({.pools = {{"scan"}}, .interval = Visit(12, 15)}).ok());
}

TEST_F(SchedulerPools, ALongVisitHasAShortOneMakeWay) {
  ASSERT_TRUE(BookRoom(12, Visit(9, 0, 120)).ok());
  const auto early = BookAny(Visit(9));
  const auto blocker = BookRoom(RoomsOf(early->id).front(), Visit(10));
  const auto late = BookAny(Visit(10));
  ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
  ASSERT_NE(RoomsOf(early->id), RoomsOf(late->id));
  ASSERT_TRUE(BookAny(Visit(9, 0, 90)).ok());
  EXPECT_EQ(RoomsOf(early->id), RoomsOf(late->id));
}

TEST_F(SchedulerPools, ChainsOfMovesAreWrittenDownAsReassignments) {
  AddRoom(13, {"a"});
  AddRoom(14, {"a", "b"});
  AddRoom(15, {"b"});
  const auto any = [&](const char* pool) {
    return scheduler_.Book({.pools = {{pool}}, .interval = Visit(10)});
  };
  const auto blocker = BookRoom(15, Visit(10));
  const auto b = any("b");
  ASSERT_EQ(RoomsOf(b->id), Rooms{14});
  ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
  ASSERT_TRUE(BookRoom(13, Visit(10)).ok());
  const auto a = any("a");
  ASSERT_TRUE(a.ok()) << a.error().message;
  EXPECT_EQ(RoomsOf(a->id), Rooms{14});
  EXPECT_EQ(RoomsOf(b->id), Rooms{15});
  EXPECT_EQ(scheduler_.Find(b->id)->version, 2U);
  EXPECT_EQ(scheduler_.Find(b->id)->status, "booked");
  EXPECT_EQ(scheduler_.Find(b->id)->allocations[0].pool, "b");
  EXPECT_EQ(CodeOf(any("b")), ErrorCode::kConflict);
  EXPECT_EQ(scheduler_.BookingsOf(IdNumber(14), Visit(10))->size(), 1U);
}

/// Room 14 is taken by a booking of either kind, and wanted; 15 is free.
class MakingWay : public SchedulerPools {
 protected:
  void SetUp() override {
    SchedulerPools::SetUp();
    AddRoom(14, {"a", "b"});
    AddRoom(15, {"b"});
    const auto blocker = BookRoom(15, Visit(10));
    first_ = scheduler_.Book({.pools = {{"b"}}, .interval = Visit(10)})->id;
    ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
    ASSERT_EQ(RoomsOf(first_), Rooms{14});
  }

  bool MakesWay() { return scheduler_.Check({.pools = {{"a"}}, .interval = Visit(10, 15)}).ok(); }

  BookingId first_;
};

TEST_F(MakingWay, WhatMayDoesAndTheNewOneIsBooked) {
  EXPECT_TRUE(MakesWay());
  ASSERT_TRUE(scheduler_.Book({.pools = {{"a"}}, .interval = Visit(10, 15)}).ok());
  EXPECT_EQ(RoomsOf(first_), Rooms{15});
}

TEST_F(MakingWay, WhatHasBegunStays) {
  clock_.Set(At(10));
  EXPECT_FALSE(MakesWay());
}

TEST_F(MakingWay, WhatHasArrivedStays) {
  ASSERT_TRUE(scheduler_.Transition(first_, "arrive").ok());
  EXPECT_FALSE(MakesWay());
}

TEST_F(MakingWay, WhatWasAskedForByNameStays) {
  ASSERT_TRUE(scheduler_
                  .Reschedule(first_, {.interval = Visit(10),
                                       .resources = std::vector<ResourceId>{IdNumber(14)}})
                  .ok());
  EXPECT_FALSE(MakesWay());
}

TEST_F(MakingWay, WhatWasBookedOnPurposeStays) {
  ASSERT_TRUE(scheduler_.Cancel(first_).ok());
  const auto blocker = BookRoom(15, Visit(10));
  const auto over =
      scheduler_.Book({.pools = {{"b"}}, .interval = Visit(10), .waive = Waivers::Override()});
  ASSERT_EQ(RoomsOf(over->id), Rooms{14});
  ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
  EXPECT_FALSE(MakesWay());
}

TEST_F(MakingWay, WhatHalfOfItHasByNameIsNotGivenAway) {
  // The first one is moved for its pool alone; the room it has by name stays its own.
  ASSERT_TRUE(scheduler_.Cancel(first_).ok());
  const auto blocker = BookRoom(15, Visit(10));
  const auto both =
      scheduler_.Book({.resources = {IdNumber(10)}, .pools = {{"b"}}, .interval = Visit(10)});
  ASSERT_EQ(RoomsOf(both->id), (Rooms{10, 14}));
  ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
  const auto refused =
      scheduler_.Book({.resources = {IdNumber(10)}, .pools = {{"a"}}, .interval = Visit(10)});
  EXPECT_EQ(CodeOf(refused), ErrorCode::kConflict);
  EXPECT_EQ(RoomsOf(both->id), (Rooms{10, 14}));
}

TEST_F(MakingWay, NobodyMovesToWhereItIsClosed) {
  Resource room = *scheduler_.FindResource(IdNumber(15));
  room.hours = Resource::Hours::kByRules;
  ++room.version;
  ASSERT_TRUE(scheduler_.UpdateResource(room).ok());
  EXPECT_FALSE(MakesWay());
  ASSERT_TRUE(scheduler_.PutAvailability(room.id, Weekdays(15)).ok());
  EXPECT_TRUE(MakesWay());
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = room.id, .interval = Visit(10, 25, 5)}).ok());
  EXPECT_FALSE(MakesWay());
}

TEST_F(MakingWay, AHoldThatMovesStillRunsOutAndCanBeConfirmed) {
  ASSERT_TRUE(scheduler_.Cancel(first_).ok());
  const auto blocker = BookRoom(15, Visit(10));
  const auto held = scheduler_.Hold({.pools = {{"b"}}, .interval = Visit(10)}, minutes{5});
  ASSERT_TRUE(scheduler_.Cancel(blocker->id).ok());
  ASSERT_TRUE(scheduler_.Book({.pools = {{"a"}}, .interval = Visit(10)}).ok());
  EXPECT_EQ(RoomsOf(held->id), Rooms{15});
  EXPECT_EQ(scheduler_.Find(held->id)->expires_at, held->expires_at);
  clock_.Advance(minutes{4});
  ASSERT_TRUE(scheduler_.Confirm(held->id).ok());
  EXPECT_EQ(scheduler_.Find(held->id)->version, 3U);
  EXPECT_EQ(RoomsOf(held->id), Rooms{15});
}

TEST_F(MakingWay, InABranchAndOnceItIsCommitted) {
  Result<Branch> made = scheduler_.MakeBranch();
  ASSERT_TRUE(made.ok());
  Branch branch = std::move(made).value();
  const auto booked = branch->Book({.pools = {{"a"}}, .interval = Visit(10)});
  ASSERT_TRUE(booked.ok());
  EXPECT_EQ(branch.Differences().size(), 2U);
  EXPECT_EQ(RoomsOf(first_), Rooms{14});
  const auto committed = scheduler_.Commit(branch);
  ASSERT_TRUE(committed.ok()) << committed.error().message;
  EXPECT_EQ(RoomsOf(first_), Rooms{15});
  EXPECT_EQ(RoomsOf(booked->id), Rooms{14});
  EXPECT_EQ(scheduler_.Find(first_)->allocations[0].pool, "b");
}

TEST_F(MakingWay, SeveralAtOnceAllOrNothing) {
  const BookRequest a{.pools = {{"a"}}, .interval = Visit(10)};
  const std::vector<Change> two = {a, a};
  const auto refused = scheduler_.Apply(two);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().position, 1U);
  EXPECT_EQ(RoomsOf(first_), Rooms{14});

  const auto answers = scheduler_.CheckEach(std::vector{a, a});
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[1].error().code, ErrorCode::kConflict);
  const auto each = scheduler_.BookEach(std::vector{a, a});
  EXPECT_TRUE(each[0].ok());
  EXPECT_EQ(CodeOf(each[1]), ErrorCode::kConflict);
  EXPECT_EQ(RoomsOf(first_), Rooms{15});

  // The one that leaves makes room for the one that comes.
  const std::vector<Change> change = {Act{.booking = each[0]->id, .action = "cancel"}, a};
  ASSERT_TRUE(scheduler_.Apply(change).ok());
}

TEST_F(SchedulerPools, AMovedBookingDoesNotStandInItsOwnWay) {
  const auto booked = BookAny(Visit(10), 3);
  ASSERT_TRUE(booked.ok());
  const auto moved = scheduler_.Reschedule(booked->id, {.interval = Visit(10, 15)});
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->allocations.size(), 3U);
  EXPECT_EQ(moved->allocations[2].pool, "exam");
  EXPECT_TRUE(BookAny(Visit(9, 45)).ok());
  EXPECT_EQ(CodeOf(scheduler_.Reschedule(booked->id, {.interval = Visit(10)})),
            ErrorCode::kConflict);
  const auto fewer = scheduler_.Reschedule(
      booked->id, {.interval = Visit(10), .pools = std::vector<PoolRequest>{{"exam", 2}}});
  ASSERT_TRUE(fewer.ok());
  EXPECT_EQ(fewer->allocations.size(), 2U);
}

TEST_F(SchedulerPools, WhatTakesNoTimeYetChoosesAgainWhenItDoes) {
  const auto propose = [&] {
    return scheduler_.Book({.pools = {{"exam"}}, .interval = Visit(10), .status = "proposed"})->id;
  };
  const BookingId one = propose();
  const BookingId other = propose();
  const Rooms first = RoomsOf(one);
  ASSERT_TRUE(BookRoom(first.front(), Visit(10)).ok());
  ASSERT_TRUE(scheduler_.Confirm(one).ok());
  EXPECT_NE(RoomsOf(one), first);
  ASSERT_TRUE(BookAny(Visit(10)).ok());
  EXPECT_EQ(CodeOf(scheduler_.Confirm(other)), ErrorCode::kConflict);
  EXPECT_EQ(scheduler_.Find(other)->status, "proposed");
}

TEST_F(SchedulerPools, StaffMayBookOverWhatIsThere) {
  ASSERT_TRUE(BookAny(Visit(10), 3).ok());
  const auto over = scheduler_.Book(
      {.pools = {{"exam", 2}}, .interval = Visit(10), .waive = Waivers::Override()});
  ASSERT_TRUE(over.ok());
  EXPECT_EQ(over->allocations.size(), 2U);
}

TEST_F(SchedulerPools, FindSlotsCanAskForPoolsAloneOrBesideSomeone) {
  ASSERT_TRUE(BookAny(Visit(9), 2).ok());
  const auto alone = scheduler_.FindSlots(
      {.pools = {{"exam", 2}}, .range = {At(9), At(11)}, .duration = minutes{30}, .limit = 1});
  ASSERT_EQ(alone->size(), 1U);
  EXPECT_EQ(alone->front(), (Slot{ResourceId(), Visit(9, 30)}));
  const auto beside = scheduler_.FindSlots({.any_of = {kDoctor},
                                            .pools = {{"exam", 2}},
                                            .range = {At(9), At(11)},
                                            .duration = minutes{30},
                                            .limit = 1});
  ASSERT_EQ(beside->size(), 1U);
  EXPECT_EQ(beside->front(), (Slot{kDoctor, Visit(9, 30)}));
  SlotQuery late{.pools = {{"exam"}}, .range = {At(9), At(17)}, .duration = minutes{30}};
  late.times = {{.from = std::chrono::hours{14}, .until = std::chrono::hours{15}}};
  EXPECT_EQ(scheduler_.FindSlots(late).error().code, ErrorCode::kInvalidArgument);
  late.times_zone = "UTC";
  const auto inside = scheduler_.FindSlots(late);
  ASSERT_FALSE(inside->empty());
  EXPECT_EQ(inside->front().interval, Visit(14));
  EXPECT_EQ(inside->back().interval, Visit(14, 30));
}

TEST_F(SchedulerPools, AFullPoolIsNamedAsWhatBlocks) {
  ASSERT_TRUE(BookAny(Visit(9, 0, 120), 3).ok());
  const SlotQuery query{
      .any_of = {kDoctor}, .pools = {{"exam"}}, .range = {At(9), At(11)}, .duration = minutes{30}};
  const auto blocks = scheduler_.WhatBlocks(query);
  ASSERT_TRUE(blocks.ok());
  EXPECT_EQ(*blocks, (std::vector<Explanation>{{{Blocker::Kind::kPools}}}));
  EXPECT_EQ(scheduler_.WhatBlocks({.pools = {{"exam"}}, .range = Visit(9), .duration = minutes{5}})
                .error()
                .code,
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace clinic
