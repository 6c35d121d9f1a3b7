// What one scheduler does, and another one over the same store learns from the feed.
#include "tests/contract/several_schedulers.hpp"

#include "clinic/branch.hpp"

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Feed : public SeveralSchedulers {
 protected:
  /// Whether the second scheduler and one that loads the store now see the same.
  void ExpectSecondIsRight(std::vector<ResourceId> resources = {kDoctor, kAlice, kBob, kRoom}) {
    EXPECT_EQ(PictureOf(node(1), resources), PictureOf(*Fresh(), resources));
  }

  WaitlistEntry Join(std::size_t number, ResourceId patient) {
    WaitlistEntry entry;
    entry.patient = patient;
    entry.specialty = "cardiology";
    entry.range = {At(9), At(17)};
    entry.duration = minutes{30};
    return node(number).JoinWaitlist(entry).value();
  }
};
CLINIC_SEVERAL_OVER_EVERY_STORE(Feed);

TEST_P(Feed, NothingNew_ChangesNothing) {
  const auto before = PictureOf(node(1), {kDoctor});
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  EXPECT_EQ(PictureOf(node(1), {kDoctor}), before);
}

TEST_P(Feed, StoreThatIsAway_IsCaughtUpWithLater) {
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  failing_.failing_reads = true;
  EXPECT_EQ(WordOf(node(1).CatchUp()), "unavailable");
  failing_.failing_reads = false;
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  ExpectSecondIsRight();
}

TEST_P(Feed, StoreThatIsAway_LeavesNobodyToSayThatThereIsNoSuchThing) {
  const Booking known = node(0).Book(VisitOf(kAlice, Visit(9))).value();
  CatchUp();
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  ASSERT_EQ(WordOf(node(0).Transition(known.id, "arrive")), "ok");
  failing_.failing_reads = true;
  EXPECT_EQ(WordOf(node(1).Find(booked.id)), "unavailable");
  EXPECT_EQ(WordOf(node(1).Cancel(booked.id)), "unavailable");
  EXPECT_EQ(WordOf(node(1).Transition(known.id, "complete")), "unavailable");
  EXPECT_EQ(WordOf(node(1).Find(known.id)), "ok");
  EXPECT_EQ(WordOf(node(1).Book(VisitOf(kBob, Visit(9)))), "conflict");
  failing_.failing_reads = false;
  EXPECT_EQ(WordOf(node(1).Find(booked.id)), "ok");
  EXPECT_EQ(WordOf(node(1).Find(BookingId(Uuid{9, 9}))), "not_found");
}

TEST_P(Feed, BookingsAreFollowedThroughTheirLife) {
  const auto follow = [&] {
    EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
    ExpectSecondIsRight();
  };
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  follow();
  EXPECT_EQ(node(1).Find(booked.id).value(), booked);
  ASSERT_TRUE(node(0).Reschedule(booked.id, {.interval = Visit(11)}).ok());
  follow();
  EXPECT_EQ(node(1).BookingsOf(kDoctor, Visit(10))->size(), 0U);
  ASSERT_TRUE(node(0).Transition(booked.id, "arrive").ok());
  follow();
  const Booking held = node(0).Hold(VisitOf(kBob, Visit(12)), minutes{5}).value();
  follow();
  ASSERT_TRUE(node(0).Confirm(held.id).ok());
  follow();
  ASSERT_TRUE(node(0).Cancel(held.id).ok());
  follow();
  EXPECT_EQ(node(1).Find(held.id)->status, "cancelled");
}

TEST_P(Feed, ManyChangesOfMany_AreTakenUpAtOnce) {
  for (int i = 0; i < 1'500; ++i) {
    const Instant start = At(9) + minutes{30 * i};
    ASSERT_TRUE(
        node(0).Book({.resources = {kRoom}, .interval = {start, start + minutes{30}}}).ok());
  }
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  EXPECT_EQ(node(1).BookingsOf(kRoom, {kEarliest, kLatest})->size(), 1'500U);
}

TEST_P(Feed, ResourcesAndTheirHoursAreFollowed) {
  const ResourceId other = IdNumber(9);
  const std::vector<ResourceId> both = {kDoctor, other};
  const auto follow = [&] {
    EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
    ExpectSecondIsRight(both);
  };
  ASSERT_TRUE(node(0).AddResource(MakeDoctor(other)).ok());
  follow();
  ASSERT_TRUE(node(0).PutAvailability(other, Weekdays(5)).ok());
  follow();
  EXPECT_EQ(node(1).ResourcesWithSpecialty("cardiology").size(), 2U);
  Resource changed = MakeDoctor(other);
  changed.name = "Doctor Who";
  changed.specialties = {"surgery"};
  ASSERT_TRUE(node(0).UpdateResource(changed).ok());
  follow();
  EXPECT_EQ(node(1).ResourcesWithSpecialty("cardiology").size(), 1U);
  EXPECT_EQ(node(1).ResourcesWithSpecialty("surgery").size(), 1U);
  const TimeOff off = node(0).PutTimeOff({.resource = other, .interval = Visit(10)}).value();
  follow();
  ASSERT_TRUE(node(0).DeleteTimeOff(other, off.id).ok());
  follow();
  ASSERT_TRUE(node(0).DeleteAvailability(other, RuleId(Uuid{0, 5})).ok());
  follow();
}

TEST_P(Feed, ARuleThatAnotherHasChanged_IsNotReplacedUnseen) {
  AvailabilityRule before = Weekdays(1);
  ASSERT_TRUE(node(0).PutAvailability(kDoctor, before).ok());
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  AvailabilityRule shorter = before;
  shorter.end -= std::chrono::hours{1};
  ASSERT_TRUE(node(0).ReplaceAvailability(kDoctor, before, shorter).ok());

  // The second one does not know of it yet, and must not undo it.
  AvailabilityRule later = before;
  later.start += std::chrono::hours{1};
  EXPECT_EQ(WordOf(node(1).ReplaceAvailability(kDoctor, before, later)), "stale_version");
  EXPECT_EQ(node(1).AvailabilityOf(kDoctor).value(), node(0).AvailabilityOf(kDoctor).value());
  EXPECT_EQ(WordOf(node(1).ReplaceAvailability(kDoctor, shorter, later)), "ok");

  before.id = RuleId(Uuid{0, 77});
  EXPECT_EQ(WordOf(node(0).ReplaceAvailability(kDoctor, before, later)), "not_found");
}

TEST_P(Feed, TheWaitlistIsFollowed_AndOneEntryIsOfferedOnce) {
  const auto follow = [&] {
    EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
    ExpectSecondIsRight();
  };
  const Booking first = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  const Booking second = node(0).Book(VisitOf(kAlice, Visit(12))).value();
  const WaitlistEntry bob = Join(0, kBob);
  follow();
  ASSERT_TRUE(node(0).Cancel(first.id).ok());
  // It does not know of the offer yet, and frees another time that would do.
  ASSERT_TRUE(node(1).Cancel(second.id).ok());
  follow();
  EXPECT_EQ(node(1).BookingsOf(kBob, {At(0), At(24)})->size(), 1U);
  EXPECT_EQ(node(1).FindWaitlistEntry(bob.id)->version, 2U);
  const BookingId offer = *node(1).FindWaitlistEntry(bob.id)->offer;
  ASSERT_TRUE(node(2).Confirm(offer).ok());
  follow();
  EXPECT_EQ(WordOf(node(1).FindWaitlistEntry(bob.id)), "not_found");
  const WaitlistEntry again = Join(2, kBob);
  ASSERT_TRUE(node(1).LeaveWaitlist(again.id).ok());
  EXPECT_EQ(WordOf(node(2).LeaveWaitlist(again.id)), "not_found");
}

TEST_P(Feed, WhoIsNotUpToDate_RefusesWithWhatStandsInTheWayAndAlternatives) {
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  const auto refused = node(1).Book(VisitOf(kBob, Visit(10, 15)));
  ASSERT_EQ(WordOf(refused), "conflict");
  ASSERT_EQ(refused.error().conflicts.size(), 1U);
  EXPECT_EQ(refused.error().conflicts[0].booking, booked.id);
  EXPECT_EQ(refused.error().alternatives.size(), 3U);
  for (const Interval& other : refused.error().alternatives) {
    EXPECT_FALSE(Overlaps(other, booked.interval));
  }
  const Booking moves = node(2).Book(VisitOf(kBob, Visit(16))).value();
  const auto moved = node(1).Reschedule(moves.id, {.interval = Visit(10)});
  ASSERT_EQ(WordOf(moved), "conflict");
  EXPECT_EQ(moved.error().conflicts.size(), 1U);
  EXPECT_EQ(node(1).Find(moves.id)->interval, Visit(16));
}

TEST_P(Feed, WhoIsNotUpToDate_DoesNotRefuseWhatWasFreed) {
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  CatchUp();
  ASSERT_TRUE(node(0).Cancel(booked.id).ok());
  EXPECT_EQ(WordOf(node(1).Book(VisitOf(kBob, Visit(10)))), "ok");
}

TEST_P(Feed, WhatWasAcknowledgedOnOne_CanBeReadAndChangedOnAnotherAtOnce) {
  const Booking booked = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  EXPECT_EQ(node(1).Find(booked.id).value(), booked);
  ASSERT_TRUE(node(0).Reschedule(booked.id, {.interval = Visit(11)}).ok());
  const auto moved = node(1).Reschedule(booked.id, {.interval = Visit(12)});
  ASSERT_EQ(WordOf(moved), "ok");
  EXPECT_EQ(moved->version, 3U);
  EXPECT_EQ(WordOf(node(2).Transition(booked.id, "cancel", {.expected_version = 3})), "ok");
  EXPECT_EQ(WordOf(node(0).Transition(booked.id, "cancel", {.expected_version = 2})),
            "stale_version");
  EXPECT_EQ(WordOf(node(0).Cancel(booked.id)), "illegal_transition");

  ASSERT_TRUE(node(0).AddResource(MakeDoctor(IdNumber(9))).ok());
  EXPECT_EQ(WordOf(node(1).FindResource(IdNumber(9))), "ok");
  ASSERT_TRUE(node(0).AddResource(MakeDoctor(IdNumber(10))).ok());
  EXPECT_EQ(
      WordOf(node(1).Book(
          {.resources = {IdNumber(10)}, .interval = Visit(10), .waive = {.availability = true}})),
      "ok");
  EXPECT_EQ(WordOf(node(2).AddResource(MakeDoctor(IdNumber(9)))), "already_exists");
}

TEST_P(Feed, OneIdOnTwo_IsOneBooking) {
  BookRequest request = VisitOf(kAlice, Visit(10));
  request.id = BookingId(Uuid{7, 7});
  ASSERT_TRUE(node(0).Book(request).ok());
  EXPECT_EQ(WordOf(node(1).Book(request)), "already_exists");
  request.interval = Visit(12);
  EXPECT_EQ(WordOf(node(2).Book(request)), "already_exists");
  ExpectSecondIsRight();
  EXPECT_EQ(node(2).Find(*request.id)->interval, Visit(10));
}

TEST_P(Feed, AStalePool_TriesAnotherMember) {
  for (const std::uint64_t number : {20, 21, 22}) {
    Resource room = MakeResource(IdNumber(number), ResourceKind::kRoom);
    room.specialties = {"theatre"};
    ASSERT_TRUE(node(0).AddResource(room).ok());
  }
  const BookRequest any{.pools = {{"theatre", 1}}, .interval = Visit(10)};
  CatchUp();
  EXPECT_EQ(WordOf(node(0).Book(any)), "ok");
  EXPECT_EQ(WordOf(node(1).Book(any)), "ok");
  EXPECT_EQ(WordOf(node(2).Book(any)), "ok");
  EXPECT_EQ(WordOf(node(0).Book(any)), "conflict");
}

TEST_P(Feed, ManyAtOnce_AreJudgedByWhatOthersDid) {
  ASSERT_TRUE(node(0).Book(VisitOf(kAlice, Visit(10))).ok());
  const std::vector<BookRequest> requests = {VisitOf(kBob, Visit(9)), VisitOf(kBob, Visit(10)),
                                             VisitOf(kBob, Visit(11))};
  std::size_t told = 0;
  const auto results =
      node(1).BookEach(requests, {}, [&](UnitOfWork&, const std::vector<Result<Booking>>& booked) {
        told = static_cast<std::size_t>(
            std::ranges::count_if(booked, [](const auto& one) { return one.ok(); }));
        return Result<void>();
      });
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(told, 2U);
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(results[1].error().conflicts.size(), 1U);
  EXPECT_FALSE(results[1].error().alternatives.empty());
  EXPECT_TRUE(results[2].ok());
}

TEST_P(Feed, SeveralChangesAtOnce_AreAllOrNothingOnWhatOthersDid) {
  const Booking first = node(0).Book(VisitOf(kAlice, Visit(10))).value();
  const Booking second = node(0).Book(VisitOf(kBob, Visit(11))).value();
  const std::vector<Change> swap = {Move{.booking = first.id, .to = {.interval = Visit(11)}},
                                    Move{.booking = second.id, .to = {.interval = Visit(10)}}};
  ASSERT_EQ(WordOf(node(1).Apply(swap)), "ok");
  const std::vector<Change> back = {Move{.booking = first.id, .to = {.interval = Visit(10)}},
                                    VisitOf(kBob, Visit(12))};
  ASSERT_EQ(WordOf(node(2).Apply(back)), "conflict");
  EXPECT_EQ(WordOf(node(0).CatchUp()), "ok");
  EXPECT_EQ(node(0).Find(first.id)->interval, Visit(11));
  EXPECT_EQ(node(0).BookingsOf(kDoctor, Visit(12))->size(), 0U);
}

TEST_P(Feed, AHoldThatRanOut_EndsOnceAndIsOfferedOnce) {
  const Booking held = node(0).Hold(VisitOf(kAlice, Visit(10)), minutes{5}).value();
  const WaitlistEntry bob = Join(0, kBob);
  CatchUp();
  clock_.Advance(minutes{6});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(WordOf(node(i).ExpireHolds()), "ok");
  CatchUp();
  EXPECT_EQ(node(2).Find(held.id)->version, 2U);
  EXPECT_EQ(node(2).BookingsOf(kDoctor, {At(0), At(24)})->size(), 1U);
  EXPECT_EQ(node(2).FindWaitlistEntry(bob.id)->version, 2U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(PictureOf(node(i), {kDoctor, kBob}), PictureOf(*Fresh(), {kDoctor, kBob}));
  }
}

// The clock of one says that the hold is over before it hears that it was confirmed.
TEST_P(Feed, AHoldThatWasConfirmedElsewhere_DoesNotRunOut) {
  const Booking held = node(0).Hold(VisitOf(kAlice, Visit(10)), minutes{5}).value();
  CatchUp();
  ASSERT_TRUE(node(0).Confirm(held.id).ok());
  clock_.Advance(minutes{6});
  EXPECT_EQ(node(1).BookingsOf(kDoctor, Visit(10))->size(), 0U);
  EXPECT_EQ(WordOf(node(1).ExpireHolds()), "ok");
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  EXPECT_EQ(node(1).Find(held.id)->status, "booked");
  ExpectSecondIsRight();
  EXPECT_EQ(WordOf(node(2).Cancel(held.id)), "ok");
}

TEST_P(Feed, ABranchDoesNotSeeWhatOthersDidSince_AndIsOvertakenByIt) {
  const auto branch = node(1).MakeBranch();
  ASSERT_TRUE(branch.ok());
  ASSERT_TRUE(node(0).Book(VisitOf(kAlice, Visit(10))).ok());
  EXPECT_EQ(WordOf(node(1).CatchUp()), "ok");
  EXPECT_EQ((*branch)->BookingsOf(kDoctor, Visit(10))->size(), 0U);
  ASSERT_TRUE((*branch)->Book(VisitOf(kBob, Visit(12))).ok());
  EXPECT_EQ(WordOf(node(1).Commit(*branch)), "stale_version");
}

TEST_P(Feed, WhatTheStoreKeptThoughItSaidOtherwise_IsTakenUp) {
  failing_.failing_after = true;
  EXPECT_EQ(WordOf(node(0).Book(VisitOf(kAlice, Visit(10)))), "unavailable");
  failing_.failing_after = false;
  EXPECT_EQ(WordOf(node(0).Book(VisitOf(kBob, Visit(10)))), "conflict");
  EXPECT_EQ(PictureOf(node(0), {kDoctor}), PictureOf(*Fresh(), {kDoctor}));
}

TEST_P(Feed, AStoreThatWasReset_IsNoticed) {
  TemporaryFolder folder;
  const auto other = GetParam().open(folder.path()).value();
  ASSERT_TRUE(node(0).Book(VisitOf(kAlice, Visit(10))).ok());
  CatchUp();
  failing_.stands_for = other.get();
  EXPECT_EQ(WordOf(node(1).CatchUp()), "corrupt");
  // Also where it has come as far by then, with other events.
  const auto restored = Scheduler::Open(*other, clock_, fresh_ids_).value();
  Populate(*restored);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(restored->Book(VisitOf(kAlice, Visit(10 + i))).ok());
  }
  EXPECT_EQ(WordOf(node(1).CatchUp()), "corrupt");
  EXPECT_EQ(WordOf(node(2).CatchUp()), "corrupt");
  EXPECT_EQ(WordOf(restored->CatchUp()), "ok");
}

}  // namespace
}  // namespace clinic
