#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(SchedulerTest, Hold_TakesTimeUntilItRunsOutAndNotASecondLonger) {
  const auto held =
      scheduler_.Hold({.resources = {kDoctor, kAlice}, .interval = Visit(10)}, seconds{300});
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(held->status, "pending");
  EXPECT_EQ(held->expires_at, At(8, 5));
  clock_.Advance(seconds{299});
  EXPECT_EQ(CodeOf(BookAt(Visit(10), kBob)), ErrorCode::kConflict);
  clock_.Advance(seconds{1});
  EXPECT_TRUE(BookAt(Visit(10), kBob).ok());
  EXPECT_EQ(scheduler_.Find(held->id)->status, "cancelled");
  EXPECT_EQ(CodeOf(scheduler_.Confirm(held->id)), ErrorCode::kHoldExpired);
}

TEST_F(SchedulerTest, Hold_ConfirmedStays) {
  const auto held =
      scheduler_.Hold({.resources = {kDoctor, kAlice}, .interval = Visit(10)}, seconds{300});
  ASSERT_TRUE(held.ok());
  const auto confirmed = scheduler_.Confirm(held->id);
  ASSERT_TRUE(confirmed.ok());
  EXPECT_EQ(confirmed->status, "booked");
  EXPECT_EQ(confirmed->expires_at, std::nullopt);
  EXPECT_EQ(confirmed->version, 2U);
  clock_.Advance(hours{1});
  EXPECT_EQ(CodeOf(BookAt(Visit(10), kBob)), ErrorCode::kConflict);
}

TEST_F(SchedulerTest, Hold_RefusesALengthThatIsNone) {
  const BookRequest request{.resources = {kDoctor, kAlice}, .interval = Visit(10)};
  for (const Duration ttl : {seconds{0}, seconds{-1}, Duration{hours{25}}}) {
    EXPECT_EQ(CodeOf(scheduler_.Hold(request, ttl)), ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(BookAt(Visit(10)).ok());
}

TEST_F(SchedulerTest, Hold_ReleasedIsFreeAtOnce) {
  const auto held =
      scheduler_.Hold({.resources = {kDoctor, kAlice}, .interval = Visit(10)}, seconds{300});
  ASSERT_TRUE(scheduler_.Release(held->id).ok());
  EXPECT_TRUE(BookAt(Visit(10), kBob).ok());
  clock_.Advance(hours{1});  // what was released does not run out later
  EXPECT_EQ(scheduler_.Find(held->id)->version, 2U);
}

TEST_F(SchedulerTest, Transition_GoesThroughAVisit) {
  const auto booked = BookAt(Visit(10));
  std::uint32_t version = 1;
  for (const auto& [action, status] :
       {std::pair("arrive", "arrived"), std::pair("check-in", "checked-in"),
        std::pair("complete", "fulfilled")}) {
    const auto next = scheduler_.Transition(booked->id, action);
    ASSERT_TRUE(next.ok()) << action;
    EXPECT_EQ(next->status, status);
    EXPECT_EQ(next->version, ++version);
  }
  const auto refused = scheduler_.Cancel(booked->id);
  ASSERT_EQ(CodeOf(refused), ErrorCode::kIllegalTransition);
  EXPECT_TRUE(refused.error().allowed.empty());
}

TEST_F(SchedulerTest, Transition_RefusalSaysWhatIsPossible) {
  const auto booked = BookAt(Visit(10));
  const auto refused = scheduler_.Transition(booked->id, "complete");
  ASSERT_EQ(CodeOf(refused), ErrorCode::kIllegalTransition);
  EXPECT_EQ(refused.error().allowed, (std::vector<std::string>{"arrive", "check-in", "cancel",
                                                               "no-show", "enter-in-error"}));
  EXPECT_EQ(CodeOf(scheduler_.Transition(BookingId(Uuid{1, 1}), "arrive")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(scheduler_.Transition(booked->id, "arrive", {.expected_version = 7})),
            ErrorCode::kStaleVersion);
}

TEST_F(SchedulerTest, Cancel_FreesTheTime) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(scheduler_.Cancel(booked->id).ok());
  EXPECT_TRUE(BookAt(Visit(10), kBob).ok());
}

TEST_F(SchedulerTest, Cancel_OfManyThreadsOneSucceeds) {
  const auto booked = BookAt(Visit(10));
  std::atomic<int> cancelled = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { cancelled += scheduler_.Cancel(booked->id).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cancelled, 1);
}

TEST_F(SchedulerTest, Reschedule_MovesAndFreesTheOldTime) {
  const auto booked = BookAt(Visit(10));
  const auto moved = scheduler_.Reschedule(booked->id, {.interval = Visit(11)});
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->interval, Visit(11));
  EXPECT_EQ(moved->status, "booked");
  EXPECT_TRUE(BookAt(Visit(10), kBob).ok());
  EXPECT_EQ(CodeOf(BookAt(Visit(11), kBob)), ErrorCode::kConflict);
}

TEST_F(SchedulerTest, Reschedule_MayOverlapItsOwnOldTime) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(scheduler_.Reschedule(booked->id, {.interval = Visit(10, 15)}).ok());
  EXPECT_TRUE(BookAt(Visit(10, 0, 15), kBob).ok());
  EXPECT_EQ(CodeOf(BookAt(Visit(10, 30), kBob)), ErrorCode::kConflict);
  EXPECT_TRUE(BookAt(Visit(10, 45), kBob).ok());
}

TEST_F(SchedulerTest, Reschedule_RefusedKeepsTheOldTime) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(BookAt(Visit(11), kBob).ok());
  const auto refused = scheduler_.Reschedule(booked->id, {.interval = Visit(11)});
  ASSERT_EQ(CodeOf(refused), ErrorCode::kConflict);
  EXPECT_FALSE(refused.error().alternatives.empty());
  EXPECT_EQ(CodeOf(scheduler_.Reschedule(booked->id, {.interval = Visit(20)})),
            ErrorCode::kOutsideAvailability);
  EXPECT_EQ(scheduler_.Find(booked->id)->interval, Visit(10));
  EXPECT_EQ(CodeOf(BookAt(Visit(10), kBob)), ErrorCode::kConflict);
}

TEST_F(SchedulerTest, Reschedule_ToAnotherDoctor) {
  const ResourceId other = IdNumber(10);
  ASSERT_TRUE(scheduler_.AddResource(MakeDoctor(other)).ok());
  ASSERT_TRUE(scheduler_.PutAvailability(other, Weekdays(2)).ok());
  const auto booked = BookAt(Visit(10));
  const auto moved = scheduler_.Reschedule(
      booked->id, {.interval = Visit(10), .resources = std::vector{other, kAlice}});
  ASSERT_TRUE(moved.ok());
  EXPECT_TRUE(BookAt(Visit(10), kBob).ok());
  EXPECT_EQ(CodeOf(scheduler_.Book({.resources = {other}, .interval = Visit(10)})),
            ErrorCode::kConflict);
}

TEST_F(SchedulerTest, Reschedule_RefusesAVisitThatHasBegun) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(scheduler_.Transition(booked->id, "check-in").ok());
  EXPECT_EQ(CodeOf(scheduler_.Reschedule(booked->id, {.interval = Visit(11)})),
            ErrorCode::kIllegalTransition);
}

TEST_F(SchedulerTest, Reschedule_RefusesWhatHasEnded) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(scheduler_.Cancel(booked->id).ok());
  EXPECT_EQ(CodeOf(scheduler_.Reschedule(booked->id, {.interval = Visit(11)})),
            ErrorCode::kIllegalTransition);
}

TEST_F(SchedulerTest, OwnWorkflow_IsFollowed) {
  static constexpr StateDefinition kStates[] = {
      {"draft", StateDefinition::Time::kFree},
      {"planned"},
      {"operated", StateDefinition::Time::kOccupied, StateDefinition::Ending::kTerminal},
      {"dropped", StateDefinition::Time::kFree, StateDefinition::Ending::kTerminal}};
  static constexpr TransitionDefinition kTransitions[] = {{"draft", "plan", "planned"},
                                                          {"planned", "operate", "operated"},
                                                          {"planned", "cancel", "dropped"}};
  static constexpr std::string_view kInitial[] = {"draft", "planned"};
  const auto workflow = Workflow::Make({.states = kStates,
                                        .transitions = kTransitions,
                                        .initial = kInitial,
                                        .booked = "planned",
                                        .held = ""});
  ASSERT_TRUE(workflow.ok());
  Scheduler theatre(clock_, ids_, {.workflow = &*workflow});
  ASSERT_TRUE(theatre.AddResource(MakeResource(kRoom, ResourceKind::kRoom)).ok());
  const auto draft = theatre.Book({.resources = {kRoom}, .interval = Visit(10), .status = "draft"});
  ASSERT_TRUE(draft.ok());
  ASSERT_TRUE(theatre.Book({.resources = {kRoom}, .interval = Visit(10)}).ok());
  EXPECT_EQ(CodeOf(theatre.Transition(draft->id, "plan")), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(theatre.Hold({.resources = {kRoom}, .interval = Visit(12)}, seconds{60})),
            ErrorCode::kIllegalTransition);
}

}  // namespace
}  // namespace clinic
