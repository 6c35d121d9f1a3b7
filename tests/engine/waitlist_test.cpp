// The waitlist: what is freed is offered to who comes first, in the same step.
#include "clinic/waitlist.hpp"

#include <gtest/gtest.h>

#include "clinic/branch.hpp"
#include "tests/engine/waitlist_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(WaitlistTest, WhoCannotWaitIsRefused) {
  const auto with = [](auto change) {
    WaitlistEntry entry = Waiting(kBob);
    change(entry);
    return entry;
  };
  EXPECT_EQ(Refusal(with([](auto& e) { e.resource.reset(); })), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(with([](auto& e) { e.specialty = "cardiology"; })),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(with([](auto& e) { e.resource = kBob; })), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(with([](auto& e) { e.patient = IdNumber(99), e.duration = minutes{0}; })),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(with([](auto& e) {
              e.patient = IdNumber(99), e.range = {At(9), At(9)};
            })),
            ErrorCode::kUnknownResource);
  EXPECT_EQ(Refusal(with([](auto& e) { e.resource = IdNumber(99); })), ErrorCode::kUnknownResource);
  EXPECT_EQ(Refusal(with([](auto& e) { e.range = {At(9), At(9, 29)}; })), ErrorCode::kBadInterval);
  EXPECT_EQ(Refusal(with([](auto& e) { e.range = {At(7), At(8, 30)}; })), ErrorCode::kInThePast);
  EXPECT_EQ(Refusal(with([](auto& e) {
              e.range.end = At(96);
              e.duration = hours{25};
            })),
            ErrorCode::kTooLong);
  EXPECT_EQ(scheduler_.LeaveWaitlist(WaitlistId(Uuid{0, 1})).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(scheduler_.FindWaitlistEntry(WaitlistId(Uuid{0, 1})).error().code,
            ErrorCode::kNotFound);
  EXPECT_TRUE(scheduler_.Waitlist().empty());

  const WaitlistId id = Join(kBob);
  EXPECT_EQ(Refusal(with([&](auto& e) { e.id = id; })), ErrorCode::kAlreadyExists);
  const auto branch = scheduler_.MakeBranch();
  EXPECT_EQ((*branch)->JoinWaitlist(Waiting(kBob)).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(WaitlistTest, AWorkflowWithoutHoldsHasNothingToOffer) {
  using Time = StateDefinition::Time;
  using Ending = StateDefinition::Ending;
  const StateDefinition states[] = {{"planned"}, {"off", Time::kFree, Ending::kTerminal}};
  const TransitionDefinition transitions[] = {{"planned", "cancel", "off"}};
  const std::string_view initial[] = {"planned"};
  const auto workflow = Workflow::Make({states, transitions, initial, "planned", ""});
  ASSERT_TRUE(workflow.ok());
  Scheduler scheduler(clock_, ids_, {.workflow = &*workflow});
  Populate(scheduler);
  EXPECT_EQ(scheduler.JoinWaitlist(Waiting(kBob)).error().code, ErrorCode::kIllegalTransition);
}

TEST_F(WaitlistTest, ACancellationIsOfferedInTheSameStep) {
  WaitlistEntry entry = Waiting(kBob);
  entry.reason = "the knee";
  const WaitlistId id = Join(entry);
  EXPECT_EQ(scheduler_.FindWaitlistEntry(id)->since, At(8));
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  const auto offer = OfferOf(id);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->interval, Visit(11));
  EXPECT_EQ(offer->status, "pending");
  EXPECT_EQ(offer->reason, "the knee");
  EXPECT_EQ(offer->expires_at, At(8, 15));
  EXPECT_EQ(CodeOf(BookAt(Visit(11), kCarol)), ErrorCode::kConflict);
  EXPECT_EQ(scheduler_.BookingsOf(kBob, {At(0), At(24)})->size(), 1U);

  EXPECT_EQ(scheduler_.Confirm(offer->id)->status, "booked");
  EXPECT_EQ(scheduler_.FindWaitlistEntry(id).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(scheduler_.Waitlist().empty());
}

TEST_F(WaitlistTest, WhoDoesNotFitIsNotOffered) {
  WaitlistEntry later = Waiting(kBob);
  later.range = {At(11, 15), At(17)};
  WaitlistEntry another = Waiting(kBob);
  another.resource.reset();
  another.specialty = "dermatology";
  WaitlistEntry busy = Waiting(kDan);
  ASSERT_TRUE(scheduler_.Book({.resources = {kDan}, .interval = Visit(11, 15, 5)}).ok());
  const WaitlistId ids[] = {Join(later), Join(another), Join(busy), Join(kCarol, 45),
                            Join(kAlice)};  // who gives the time up
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  for (const WaitlistId id : ids) EXPECT_FALSE(OfferOf(id));
  EXPECT_TRUE(BookAt(Visit(11), kBob).ok());
}

TEST_F(WaitlistTest, SpecialtyWaitsForAnyWhoHasIt) {
  WaitlistEntry entry = Waiting(kBob);
  entry.resource.reset();
  entry.specialty = "cardiology";
  const WaitlistId id = Join(entry);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  EXPECT_EQ(TimeOffered(id), Visit(11));
}

TEST_F(WaitlistTest, FirstByFitThenByPriorityThenByAge) {
  const WaitlistId older = Join(kBob);
  clock_.Advance(seconds{1});
  WaitlistEntry entry = Waiting(kCarol);
  entry.priority = 1;
  const WaitlistId urgent = Join(entry);
  WaitlistEntry longest = Waiting(kDan, 60);
  longest.priority = -5;
  const WaitlistId fits = Join(longest);
  const std::vector<Change> two = {Act{.booking = AtHalfHour(2), .action = "cancel"},
                                   Act{.booking = AtHalfHour(3), .action = "cancel"}};
  ASSERT_TRUE(scheduler_.Apply(two).ok());
  EXPECT_EQ(TimeOffered(fits), Visit(10, 0, 60));
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(6)).ok());
  EXPECT_EQ(TimeOffered(urgent), Visit(12));
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(8)).ok());
  EXPECT_EQ(TimeOffered(older), Visit(13));
}

TEST_F(WaitlistTest, OneFreedTimeServesAllWhomItHolds) {
  for (const int i : {2, 3}) ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(i)).ok());
  const auto whole = BookAt(Visit(10, 0, 60));
  const WaitlistId ids[] = {Join(kBob), Join(kCarol), Join(kDan)};
  ASSERT_TRUE(scheduler_.Cancel(whole->id).ok());
  EXPECT_EQ(TimeOffered(ids[0]), Visit(10));
  EXPECT_EQ(TimeOffered(ids[1]), Visit(10, 30));
  EXPECT_FALSE(TimeOffered(ids[2]));
}

TEST_F(WaitlistTest, WhatIsLetGoOfGoesToTheNextAndNotBack) {
  const WaitlistId bob = Join(kBob);
  clock_.Advance(seconds{1});
  const WaitlistId carol = Join(kCarol);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  ASSERT_TRUE(scheduler_.Release(OfferOf(bob)->id).ok());
  EXPECT_FALSE(OfferOf(bob));
  EXPECT_EQ(TimeOffered(carol), Visit(11));
  ASSERT_TRUE(scheduler_.Release(OfferOf(carol)->id).ok());
  EXPECT_FALSE(OfferOf(bob));
  EXPECT_FALSE(OfferOf(carol));
  EXPECT_EQ(scheduler_.FindWaitlistEntry(bob)->declined,
            (std::vector<DeclinedVisit>{{kDoctor, Visit(11)}}));
  EXPECT_TRUE(BookAt(Visit(11), kDan).ok());
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(5)).ok());
  EXPECT_EQ(TimeOffered(bob), Visit(11, 30));
}

TEST_F(WaitlistTest, AnOfferThatRanOutGoesToTheNext) {
  const WaitlistId bob = Join(kBob);
  clock_.Advance(seconds{1});
  const WaitlistId carol = Join(kCarol);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  ASSERT_TRUE(OfferOf(bob));
  clock_.Advance(minutes{15});
  ASSERT_TRUE(scheduler_.ExpireHolds().ok());
  EXPECT_FALSE(OfferOf(bob));
  EXPECT_EQ(TimeOffered(carol), Visit(11));
  clock_.Advance(minutes{15});
  // By the clock the time is free: who is faster has it.
  ASSERT_TRUE(BookAt(Visit(11), kDan).ok());
  ASSERT_TRUE(scheduler_.ExpireHolds().ok());
  EXPECT_FALSE(OfferOf(bob));
  EXPECT_FALSE(OfferOf(carol));
}

TEST_F(WaitlistTest, AnyHoldThatRanOutIsOffered) {
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  const WaitlistId bob = Join(kBob);
  EXPECT_FALSE(OfferOf(bob));
  ASSERT_TRUE(
      scheduler_.Hold({.resources = {kDoctor, kDan}, .interval = Visit(11)}, minutes{5}).ok());
  clock_.Advance(minutes{5});
  EXPECT_EQ(*scheduler_.ExpireHolds(), 1U);
  EXPECT_EQ(TimeOffered(bob), Visit(11));
}

TEST_F(WaitlistTest, AnOfferEndsWhenTheVisitBegins) {
  clock_.Set(At(10, 50));
  const WaitlistId bob = Join(kBob);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  EXPECT_EQ(OfferOf(bob)->expires_at, At(11));
  clock_.Set(At(11, 30));
  const WaitlistId carol = Join(kCarol);
  // What begins now is not offered.
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(5)).ok());
  EXPECT_FALSE(OfferOf(carol));
}

TEST_F(WaitlistTest, WhatARescheduleLeavesIsOffered) {
  const WaitlistId bob = Join(kBob);
  const Interval monday{At(72 + 9), At(72 + 9, 30)};
  ASSERT_TRUE(scheduler_.Reschedule(AtHalfHour(4), {.interval = monday}).ok());
  EXPECT_EQ(TimeOffered(bob), Visit(11));
  // A visit that is moved by a quarter of an hour leaves a quarter.
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(9)).ok());
  const WaitlistId carol = Join(kCarol, 15);
  ASSERT_TRUE(scheduler_.Reschedule(AtHalfHour(8), {.interval = Visit(13, 15)}).ok());
  EXPECT_EQ(TimeOffered(carol), Visit(13, 0, 15));
}

TEST_F(WaitlistTest, LeavingLetsGoOfTheOffer) {
  const WaitlistId bob = Join(kBob);
  clock_.Advance(seconds{1});
  const WaitlistId carol = Join(kCarol);
  const WaitlistId dan = Join(kDan, 45);
  ASSERT_TRUE(scheduler_.LeaveWaitlist(dan).ok());
  EXPECT_EQ(scheduler_.LeaveWaitlist(dan).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  const BookingId offer = OfferOf(bob)->id;
  ASSERT_TRUE(scheduler_.LeaveWaitlist(bob).ok());
  EXPECT_EQ(scheduler_.Find(offer)->status, "cancelled");
  EXPECT_EQ(scheduler_.FindWaitlistEntry(bob).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(TimeOffered(carol), Visit(11));
  clock_.Advance(minutes{20});
  ASSERT_TRUE(scheduler_.LeaveWaitlist(carol).ok());
  EXPECT_TRUE(scheduler_.Waitlist().empty());
}

TEST_F(WaitlistTest, IsListedByAge) {
  const WaitlistId bob = Join(kBob);
  clock_.Advance(seconds{1});
  const WaitlistId carol = Join(kCarol);
  clock_.Advance(seconds{1});
  const WaitlistId again = Join(kBob, 60);
  const auto ids = [&](const WaitlistQuery& query) {
    std::vector<WaitlistId> found;
    for (const WaitlistEntry& entry : scheduler_.Waitlist(query)) found.push_back(entry.id);
    return found;
  };
  EXPECT_EQ(ids({}), (std::vector{bob, carol, again}));
  EXPECT_EQ(ids({.limit = 2}), (std::vector{bob, carol}));
  EXPECT_EQ(ids({.after = std::pair(At(8), bob)}), (std::vector{carol, again}));
  EXPECT_EQ(ids({.patient = kBob}), (std::vector{bob, again}));
  EXPECT_EQ(ids({.patient = kBob, .after = std::pair(At(8), bob)}), (std::vector{again}));
  EXPECT_TRUE(ids({.patient = kDan}).empty());
}

TEST_F(WaitlistTest, ABranchOffersNothingAndItsCommitDoes) {
  const WaitlistId bob = Join(kBob);
  const auto branch = scheduler_.MakeBranch();
  ASSERT_TRUE((*branch)->Cancel(AtHalfHour(4)).ok());
  EXPECT_TRUE((*branch)->Waitlist().empty());
  EXPECT_TRUE((*branch)->Check({.resources = {kDoctor, kCarol}, .interval = Visit(11)}).ok());
  EXPECT_FALSE(OfferOf(bob));
  const auto committed = scheduler_.Commit(*branch);
  ASSERT_TRUE(committed.ok());
  EXPECT_EQ(committed->size(), 1U);
  EXPECT_EQ(TimeOffered(bob), Visit(11));
}

TEST_F(WaitlistTest, AnOfferConfirmedInABranchServesWhenItIsCommitted) {
  const WaitlistId bob = Join(kBob);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  const auto branch = scheduler_.MakeBranch();
  ASSERT_TRUE((*branch)->Confirm(OfferOf(bob)->id).ok());
  EXPECT_TRUE(OfferOf(bob));
  ASSERT_TRUE(scheduler_.Commit(*branch).ok());
  EXPECT_TRUE(scheduler_.Waitlist().empty());
}

TEST_F(WaitlistTest, WhoWaitsElsewhereIsNotAsked) {
  for (int i = 0; i < 200; ++i) {
    WaitlistEntry other = Waiting(kBob);
    other.resource = kRoom;
    Join(other);
    other = Waiting(kCarol);
    other.range = {At(24 * (i + 1)), At(24 * (i + 2))};
    Join(other);
  }
  WaitlistEntry wide = Waiting(kDan);
  wide.range = {kEarliest, kLatest};
  const WaitlistId dan = Join(wide);
  ASSERT_TRUE(scheduler_.Cancel(AtHalfHour(4)).ok());
  EXPECT_EQ(TimeOffered(dan), Visit(11));
}

}  // namespace
}  // namespace clinic
