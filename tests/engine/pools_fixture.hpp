// A clinic with three rooms, 10 to 12, any of which will do for an examination.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {

class SchedulerPools : public SchedulerTest {
 protected:
  void SetUp() override {
    Populate(scheduler_);
    for (std::uint64_t number = 10; number < 13; ++number) AddRoom(number, {"exam"});
  }

  void AddRoom(std::uint64_t number, std::vector<std::string> specialties,
               std::int32_t capacity = 1) {
    Resource room = MakeResource(IdNumber(number), ResourceKind::kRoom, capacity);
    room.specialties = std::move(specialties);
    ASSERT_TRUE(scheduler_.AddResource(room).ok());
  }

  Result<Booking> BookAny(const Interval& visit, std::size_t count = 1) {
    return scheduler_.Book({.pools = {{"exam", count}}, .interval = visit});
  }

  Result<Booking> BookRoom(std::uint64_t number, const Interval& visit) {
    return scheduler_.Book({.resources = {IdNumber(number)}, .interval = visit});
  }

  /// The numbers of what a booking takes, as it stands.
  std::vector<std::uint64_t> RoomsOf(BookingId id) {
    const Booking booking = *scheduler_.Find(id);
    std::vector<std::uint64_t> rooms;
    for (const Allocation& allocation : booking.allocations) {
      rooms.push_back(allocation.resource.uuid().low);
    }
    return rooms;
  }
};

}  // namespace clinic
