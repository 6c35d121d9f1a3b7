#include "engine/packed_booking.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace clinic::internal {
namespace {

class Draw {
 public:
  std::uint64_t Bits(int bits) { return bits == 0 ? 0 : random_() >> (64 - bits); }
  std::uint64_t Bits() { return Bits(static_cast<int>(random_() % 65)); }
  bool Coin() { return random_() % 2 == 0; }

  /// Any instant, most often one of these years.
  Instant Time() {
    if (Coin()) return Instant(Duration(1'700'000'000 + static_cast<std::int64_t>(Bits(26))));
    const std::uint64_t count = Coin() ? Bits() : ~Bits();
    return Instant(Duration(static_cast<std::int64_t>(count)));
  }

  Uuid AnyUuid() { return {random_(), random_()}; }

 private:
  std::mt19937_64 random_{20240105};
};

Booking AnyBooking(Draw& draw) {
  Booking booking;
  booking.id = BookingId(draw.AnyUuid());
  booking.interval = {draw.Time(), draw.Time()};
  booking.allocations.resize(draw.Bits(7) == 0 ? 1000 : draw.Bits(2));
  for (Allocation& allocation : booking.allocations) {
    allocation = {ResourceId(draw.AnyUuid()), {draw.Time(), draw.Time()}};
  }
  if (draw.Coin()) {
    for (Allocation& allocation : booking.allocations) {
      allocation.pool.assign(draw.Bits(draw.Coin() ? 6 : 1), static_cast<char>(draw.Bits(8)));
    }
  }
  booking.status = "booked";
  booking.occupies = draw.Coin();
  booking.overrides = draw.Coin();
  if (draw.Coin()) booking.expires_at = draw.Time();
  if (draw.Coin()) booking.series = SeriesId(draw.AnyUuid());
  booking.reason.assign(draw.Bits(draw.Coin() ? 10 : 2), static_cast<char>(draw.Bits(8)));
  booking.version = static_cast<std::uint32_t>(draw.Bits(32));
  booking.created_at = draw.Time();
  booking.updated_at = draw.Time();
  return booking;
}

TEST(PackedBooking, GivesBackWhateverWasPacked) {
  Draw draw;
  for (int round = 0; round < 20'000; ++round) {
    const Booking booking = AnyBooking(draw);
    const auto status = static_cast<std::uint8_t>(draw.Bits(8));
    const PackedBooking packed(booking, status);
    ASSERT_EQ(packed.status(), status);
    ASSERT_EQ(packed.Unpack(booking.id, "booked"), booking) << "round " << round;
  }
}

TEST(PackedBooking, TheEndsOfTheTimeLineAreTimesLikeOthers) {
  Booking booking;
  booking.interval = {Instant::min(), Instant::max()};
  booking.allocations = {{ResourceId(), {Instant::max(), Instant::min()}}};
  booking.created_at = Instant::max();
  booking.updated_at = Instant::min();
  booking.expires_at = Instant::max();
  booking.version = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(PackedBooking(booking, 0).Unpack(booking.id, ""), booking);
}

TEST(PackedBooking, IsNoneUntilOneIsPacked) {
  EXPECT_FALSE(PackedBooking());
  EXPECT_TRUE(PackedBooking(Booking(), 0));
}

}  // namespace
}  // namespace clinic::internal
