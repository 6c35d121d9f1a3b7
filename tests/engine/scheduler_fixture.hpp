// A small clinic for tests: a doctor who works 09:00 to 17:00 UTC on weekdays from Friday
// 2024-03-01 on, two patients and a room. It is 08:00 on that Friday.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "clinic/scheduler.hpp"

namespace clinic {

inline constexpr Instant kFriday = std::chrono::sys_days{std::chrono::year{2024} / 3 / 1};

/// A time of that Friday.
constexpr Instant At(int hours, int minutes = 0) {
  return kFriday + std::chrono::hours{hours} + std::chrono::minutes{minutes};
}

inline Interval Visit(int hours, int minutes = 0, int length_minutes = 30) {
  return {At(hours, minutes), At(hours, minutes) + std::chrono::minutes{length_minutes}};
}

inline ResourceId IdNumber(std::uint64_t number) { return ResourceId(Uuid{0, number}); }

inline const ResourceId kDoctor = IdNumber(1);
inline const ResourceId kAlice = IdNumber(2);
inline const ResourceId kBob = IdNumber(3);
inline const ResourceId kRoom = IdNumber(4);

inline Resource MakeDoctor(ResourceId id) {
  return {.id = id,
          .kind = ResourceKind::kPractitioner,
          .name = "Doctor",
          .hours = Resource::Hours::kByRules,
          .slot_step = std::chrono::minutes{15},
          .specialties = {"cardiology"}};
}

inline Resource MakeResource(ResourceId id, ResourceKind kind, std::int32_t capacity = 1) {
  return {.id = id, .kind = kind, .name = "Other", .capacity = capacity};
}

inline AvailabilityRule Weekdays(std::uint64_t number = 1) {
  const CivilTime midnight{kFriday.time_since_epoch()};
  return {.id = RuleId(Uuid{0, number}),
          .start = midnight + std::chrono::hours{9},
          .end = midnight + std::chrono::hours{17},
          .rule = RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR").value()};
}

/// Adds the people above to a scheduler.
inline void Populate(Scheduler& scheduler) {
  ASSERT_TRUE(scheduler.AddResource(MakeDoctor(kDoctor)).ok());
  ASSERT_TRUE(scheduler.AddResource(MakeResource(kAlice, ResourceKind::kPatient)).ok());
  ASSERT_TRUE(scheduler.AddResource(MakeResource(kBob, ResourceKind::kPatient)).ok());
  ASSERT_TRUE(scheduler.AddResource(MakeResource(kRoom, ResourceKind::kRoom)).ok());
  ASSERT_TRUE(scheduler.PutAvailability(kDoctor, Weekdays()).ok());
}

class SchedulerTest : public testing::Test {
 protected:
  void SetUp() override { Populate(scheduler_); }

  Result<Booking> BookAt(const Interval& visit, ResourceId patient = kAlice) {
    return scheduler_.Book({.resources = {kDoctor, patient}, .interval = visit});
  }

  static ErrorCode CodeOf(const Result<Booking>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? ErrorCode::kCorrupt : result.error().code;
  }

  std::vector<Interval> Offered(const Interval& range, Duration duration) {
    const auto slots = scheduler_.FindSlots(
        {.any_of = {kDoctor}, .range = range, .duration = duration, .limit = 10'000});
    EXPECT_TRUE(slots.ok());
    std::vector<Interval> times;
    for (const Slot& slot : *slots) times.push_back(slot.interval);
    return times;
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  Scheduler scheduler_{clock_, ids_};
};

}  // namespace clinic
