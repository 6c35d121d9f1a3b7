#include <gtest/gtest.h>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;

TEST_F(SchedulerTest, Resources_RefuseAnIdThatIsTaken) {
  const auto again = scheduler_.AddResource(MakeResource(kRoom, ResourceKind::kDevice));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(scheduler_.FindResource(kRoom)->kind, ResourceKind::kRoom);
}

TEST_F(SchedulerTest, Resources_WithoutAnIdAreGivenOneEach) {
  const auto first = scheduler_.AddResource({.kind = ResourceKind::kRoom, .name = "Room 1"});
  const auto second = scheduler_.AddResource({.kind = ResourceKind::kRoom, .name = "Room 2"});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(first->id.is_nil());
  EXPECT_NE(first->id, second->id);
  EXPECT_EQ(scheduler_.FindResource(second->id)->name, "Room 2");
}

TEST_F(SchedulerTest, Availability_WithoutAnIdIsAddedAndNotReplaced) {
  AvailabilityRule evening = Weekdays();
  evening.id = {};
  evening.start += std::chrono::hours{9};
  evening.end += std::chrono::hours{3};
  const auto first = scheduler_.PutAvailability(kDoctor, evening);
  const auto second = scheduler_.PutAvailability(kDoctor, evening);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->id, second->id);
  EXPECT_EQ(scheduler_.AvailabilityOf(kDoctor)->size(), 3U);
  EXPECT_TRUE(scheduler_.DeleteAvailability(kDoctor, first->id).ok());
  EXPECT_TRUE(BookAt(Visit(18)).ok());
}

TEST_F(SchedulerTest, TimeOff_WithoutAnIdIsAddedAndNotReplaced) {
  const auto today = scheduler_.PutTimeOff({.resource = kDoctor, .interval = {At(9), At(17)}});
  const auto later =
      scheduler_.PutTimeOff({.resource = kDoctor, .interval = {At(9) + days{3}, At(17) + days{3}}});
  ASSERT_TRUE(today.ok() && later.ok());
  EXPECT_NE(today->id, later->id);
  EXPECT_EQ(CodeOf(BookAt(Visit(10))), ErrorCode::kOutsideAvailability);
  ASSERT_TRUE(scheduler_.DeleteTimeOff(kDoctor, today->id).ok());
  EXPECT_TRUE(BookAt(Visit(10)).ok());
  EXPECT_EQ(CodeOf(BookAt({At(10) + days{3}, At(11) + days{3}})), ErrorCode::kOutsideAvailability);
}

}  // namespace
}  // namespace clinic
