// The small clinic on a full day, and two more patients.
#pragma once

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {

inline const ResourceId kCarol = IdNumber(5);
inline const ResourceId kDan = IdNumber(6);

class WaitlistTest : public SchedulerTest {
 protected:
  void SetUp() override {
    SchedulerTest::SetUp();
    for (const ResourceId id : {kCarol, kDan}) {
      ASSERT_TRUE(scheduler_.AddResource(MakeResource(id, ResourceKind::kPatient)).ok());
    }
    // The doctor's day is full, by visits of half an hour, but for what a test frees.
    for (int i = 0; i < 16; ++i) {
      const auto booked = BookAt(Visit(9, 30 * i));
      ASSERT_TRUE(booked.ok());
      day_.push_back(booked->id);
    }
  }

  static WaitlistEntry Waiting(ResourceId patient, int length_minutes = 30) {
    WaitlistEntry entry;
    entry.patient = patient;
    entry.resource = kDoctor;
    entry.range = {At(9), At(17)};
    entry.duration = std::chrono::minutes{length_minutes};
    return entry;
  }
  WaitlistId Join(const WaitlistEntry& entry) {
    const auto joined = scheduler_.JoinWaitlist(entry);
    EXPECT_TRUE(joined.ok()) << joined.error().message;
    return joined->id;
  }
  WaitlistId Join(ResourceId patient, int length_minutes = 30) {
    return Join(Waiting(patient, length_minutes));
  }
  ErrorCode Refusal(WaitlistEntry entry) {
    const auto joined = scheduler_.JoinWaitlist(std::move(entry));
    EXPECT_FALSE(joined.ok());
    return joined.ok() ? ErrorCode::kCorrupt : joined.error().code;
  }
  /// The visit at half past nine, at ten, ...
  BookingId AtHalfHour(int half_hours) const { return day_[static_cast<std::size_t>(half_hours)]; }

  std::optional<Booking> OfferOf(WaitlistId id) {
    const auto entry = scheduler_.FindWaitlistEntry(id);
    if (!entry.ok() || !entry->offer) return std::nullopt;
    return *scheduler_.Find(*entry->offer);
  }
  std::optional<Interval> TimeOffered(WaitlistId id) {
    const auto offer = OfferOf(id);
    return offer ? std::optional(offer->interval) : std::nullopt;
  }

  std::vector<BookingId> day_;
};

}  // namespace clinic
