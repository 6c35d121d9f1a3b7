#include "clinic/booking.hpp"

#include <gtest/gtest.h>

namespace clinic {
namespace {

constexpr Instant At(int minutes) { return Instant{} + std::chrono::minutes{minutes}; }

constexpr ResourceId kDoctor{Uuid{1, 1}};
constexpr ResourceId kRoom{Uuid{1, 2}};

Booking Sample() {
  Booking booking;
  booking.interval = {At(60), At(90)};
  booking.allocations = {{kDoctor, {At(55), At(95)}}, {kRoom, {At(60), At(90)}}};
  return booking;
}

TEST(TimeToClaim, IsNoneForWhatTakesUpNoTime) {
  Booking booking = Sample();
  booking.occupies = false;
  EXPECT_TRUE(TimeToClaim(booking, nullptr).empty());
  booking = Sample();
  booking.overrides = true;
  EXPECT_TRUE(TimeToClaim(booking, nullptr).empty());
  booking = Sample();
  booking.updated_at = At(5);
  booking.expires_at = At(5);
  EXPECT_TRUE(TimeToClaim(booking, nullptr).empty());
}

TEST(TimeToClaim, IsEverythingForWhatIsNewOrTookUpNoTime) {
  Booking booking = Sample();
  booking.updated_at = At(5);
  EXPECT_EQ(TimeToClaim(booking, nullptr), booking.allocations);
  Booking before = Sample();
  before.occupies = false;
  EXPECT_EQ(TimeToClaim(booking, &before), booking.allocations);
  before = Sample();
  before.expires_at = At(5);
  EXPECT_EQ(TimeToClaim(booking, &before), booking.allocations);
}

TEST(TimeToClaim, LeavesOutWhatIsWithinTheOldTimeOfTheSameResource) {
  const Booking before = Sample();
  Booking booking = Sample();
  EXPECT_TRUE(TimeToClaim(booking, &before).empty());
  booking.allocations[0].occupied = {At(60), At(90)};
  booking.allocations[1].occupied = {At(59), At(90)};
  EXPECT_EQ(TimeToClaim(booking, &before), std::vector{booking.allocations[1]});
}

}  // namespace
}  // namespace clinic
