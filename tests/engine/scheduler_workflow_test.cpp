// A scheduler that follows another workflow than FHIR's, read while running: a practice that is
// asked for a time, offers one and waits for an answer.
#include <gtest/gtest.h>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Time = StateDefinition::Time;
using Ending = StateDefinition::Ending;

// The words are gone when the workflow is used.
Workflow ReadWorkflow() {
  const std::string asked = "asked for", offered = "offered to the patient", sure = "sure",
                    seen = "seen", lapsed = "lapsed without an answer", off = "called off";
  const StateDefinition states[] = {{asked, Time::kFree},
                                    {offered, Time::kHeld},
                                    {sure},
                                    {seen, Time::kOccupied, Ending::kTerminal},
                                    {lapsed, Time::kFree},
                                    {off, Time::kFree, Ending::kTerminal}};
  const TransitionDefinition transitions[] = {
      {asked, "offer", offered}, {asked, "cancel", off},      {offered, "confirm", sure},
      {offered, "release", off}, {offered, "expire", lapsed}, {lapsed, "offer", offered},
      {lapsed, "cancel", off},   {sure, "see", seen},         {sure, "cancel", off}};
  const std::string_view initial[] = {asked, offered, sure};
  return Workflow::Make({states, transitions, initial, sure, offered}).value();
}

class SchedulerWithOwnWorkflow : public SchedulerTest {
 protected:
  void SetUp() override { Populate(practice_); }

  BookRequest Request(ResourceId patient = kAlice) const {
    return {.resources = {kDoctor, patient}, .interval = Visit(10)};
  }

  const Workflow workflow_ = ReadWorkflow();
  Scheduler practice_{clock_, ids_, {.default_hold = minutes{2}, .workflow = &workflow_}};
};

TEST_F(SchedulerWithOwnWorkflow, AHoldThatRunsOutEndsWhereExpireLeads) {
  const auto held = practice_.Hold(Request(), seconds{300});
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(held->status, "offered to the patient");
  clock_.Advance(seconds{299});
  EXPECT_EQ(CodeOf(practice_.Book(Request(kBob))), ErrorCode::kConflict);
  clock_.Advance(seconds{1});
  EXPECT_TRUE(practice_.Book(Request(kBob)).ok());
  EXPECT_EQ(practice_.Find(held->id)->status, "lapsed without an answer");
  EXPECT_EQ(CodeOf(practice_.Transition(held->id, "offer")), ErrorCode::kConflict);
}

TEST_F(SchedulerWithOwnWorkflow, AHoldIsConfirmedOrReleasedIntoItsOwnStates) {
  const auto held = practice_.Hold(Request(), seconds{300});
  ASSERT_TRUE(practice_.Release(held->id).ok());
  EXPECT_EQ(practice_.Find(held->id)->status, "called off");
  const auto again = practice_.Hold(Request(kBob), seconds{300});
  ASSERT_TRUE(again.ok());
  const auto confirmed = practice_.Confirm(again->id);
  ASSERT_TRUE(confirmed.ok());
  EXPECT_EQ(confirmed->status, "sure");
  EXPECT_EQ(confirmed->expires_at, std::nullopt);
}

TEST_F(SchedulerWithOwnWorkflow, ATransitionIntoAHeldStateRunsOutAsWell) {
  BookRequest request = Request();
  request.status = "asked for";
  const auto asked = practice_.Book(request);
  ASSERT_TRUE(asked.ok());
  EXPECT_FALSE(asked->occupies);
  const auto offered = practice_.Transition(asked->id, "offer");
  ASSERT_TRUE(offered.ok());
  EXPECT_EQ(offered->expires_at, clock_.Now() + minutes{2});
  EXPECT_EQ(CodeOf(practice_.Book(Request(kBob))), ErrorCode::kConflict);
  clock_.Advance(minutes{2});
  EXPECT_EQ(CodeOf(practice_.Confirm(asked->id)), ErrorCode::kHoldExpired);
  // What lapsed may be offered again, which it may not be under FHIR's words.
  EXPECT_TRUE(practice_.Transition(asked->id, "offer").ok());
  EXPECT_TRUE(practice_.Confirm(asked->id).ok());
}

TEST_F(SchedulerWithOwnWorkflow, WordsOfFhirAreNotItsWords) {
  BookRequest request = Request();
  request.status = "waitlist";
  EXPECT_EQ(CodeOf(practice_.Book(request)), ErrorCode::kInvalidArgument);
  const auto booked = practice_.Book(Request());
  ASSERT_TRUE(booked.ok());
  const auto refused = practice_.Transition(booked->id, "arrive");
  ASSERT_EQ(CodeOf(refused), ErrorCode::kIllegalTransition);
  EXPECT_EQ(refused.error().allowed, (std::vector<std::string>{"see", "cancel"}));
}

}  // namespace
}  // namespace clinic
