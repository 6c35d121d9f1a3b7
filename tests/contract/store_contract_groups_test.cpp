// Many who write at the same time, whether or not the store lets them share a transaction.
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class Groups : public StoreContract {
 protected:
  static constexpr int kThreads = 16;
  static constexpr int kWrites = 20;

  /// Calls `write` with different numbers from many threads.
  static void FromManyThreads(const std::function<void(int number)>& write) {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kWrites; ++i) write(thread * kWrites + i);
      });
    }
  }

  static Booking BookingNumber(int number) {
    return SampleBooking(static_cast<std::uint64_t>(number), Minutes(number * 10, number * 10 + 10),
                         {1});
  }
};

CLINIC_ON_EVERY_STORE(Groups);

TEST_P(Groups, ARefusedUnitTakesNothingOfItsNeighboursAlong) {
  FromManyThreads([&](int number) {
    const Booking booking = BookingNumber(number);
    const auto unit = [&](UnitOfWork& work) -> Result<void> {
      if (auto done = work.bookings().Insert(booking); !done.ok()) return done;
      if (number % 5 == 3) throw std::runtime_error("the caller's own");
      if (number % 5 == 4) return Error{ErrorCode::kTooLong, "the caller thought better of it"};
      if (number % 5 == 2) return work.bookings().Insert(booking);
      return work.outbox().Append({0, "appointment.booked", booking.id.uuid(), 1, kNow});
    };
    if (number % 5 == 3) {
      EXPECT_THROW((void)Write(unit), std::runtime_error);
    } else {
      EXPECT_EQ(Outcome(Write(unit)), number % 5 == 4   ? "too_long"
                                      : number % 5 == 2 ? "already_exists"
                                                        : "ok");
    }
  });
  std::set<BookingId> expected;
  for (int number = 0; number < kThreads * kWrites; ++number) {
    if (number % 5 < 2) expected.insert(BookingNumber(number).id);
  }
  const std::vector<BookingId> found = AllBookings();
  EXPECT_EQ(std::set(found.begin(), found.end()), expected);
  const auto events = Get([](UnitOfWork& work) { return work.outbox().ReadAfter(0, 1'000'000); });
  EXPECT_EQ(events->size(), expected.size());
}

TEST_P(Groups, AnAnswerIsThereForTheNextReader) {
  FromManyThreads([&](int number) {
    const Booking booking = BookingNumber(number);
    EXPECT_EQ(Outcome(Insert(booking)), "ok");
    const auto found = Get([&](UnitOfWork& work) { return work.bookings().Get(booking.id); });
    ASSERT_EQ(Outcome(found), "ok");
    EXPECT_EQ(*found, booking);
  });
}

TEST_P(Groups, EachHasItsOwnAttempts) {
  FromManyThreads([&](int number) {
    const Booking kept = BookingNumber(2 * number);
    const Booking undone = BookingNumber(2 * number + 1);
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
                const Result<void> part = work.Attempt([&]() -> Result<void> {
                  if (auto done = work.bookings().Insert(undone); !done.ok()) return done;
                  return Error{ErrorCode::kTooLong, "not this one"};
                });
                EXPECT_EQ(Outcome(part), "too_long");
                return work.bookings().Insert(kept);
              })),
              "ok");
  });
  EXPECT_EQ(AllBookings().size(), std::size_t{kThreads * kWrites});
  EXPECT_EQ(Outcome(GetBooking(1)), "not_found");
  EXPECT_EQ(Outcome(GetBooking(2)), "ok");
}

}  // namespace
}  // namespace clinic
