// Units of work: all or nothing, one after the other, and readers in between.
#include <atomic>
#include <thread>

#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

Error Refusal() { return {ErrorCode::kTooLong, "a rule of the caller's own"}; }

class Units : public StoreContract {};
CLINIC_ON_EVERY_STORE(Units);

TEST_P(Units, AUnitThatFailsLeavesNothingBehind) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  const Result<void> failed = Write([&](UnitOfWork& work) -> Result<void> {
    EXPECT_TRUE(work.bookings().Insert(SampleBooking(2, Minutes(30, 60), {1})).ok());
    Booking moved = Changed(SampleBooking(1, Minutes(60, 90), {2}));
    EXPECT_TRUE(work.bookings().Update(moved).ok());
    EXPECT_TRUE(work.bookings().Append({moved.id, 2, "reschedule", "", "", kNow, "", ""}).ok());
    EXPECT_TRUE(work.resources().Insert(SampleResource(9)).ok());
    EXPECT_TRUE(
        work.resources()
            .PutTimeOff({IdNumber<TimeOffId>(1), IdNumber<ResourceId>(1), Minutes(0, 1), ""})
            .ok());
    EXPECT_TRUE(work.directory().Insert(SampleAccount(1, "ada@example.com")).ok());
    EXPECT_TRUE(work.audit().Append({}).ok());
    EXPECT_TRUE(work.outbox().Append({}).ok());
    EXPECT_TRUE(work.idempotency().Insert({}).ok());
    return Refusal();
  });
  EXPECT_EQ(Outcome(failed), "too_long");

  EXPECT_EQ(GetBooking(1).value(), SampleBooking(1, Minutes(0, 30), {1}));
  EXPECT_EQ(AllBookings(), Bookings({1}));
  const Result<void> read = store().Read([&](UnitOfWork& work) -> Result<void> {
    EXPECT_TRUE(work.bookings().History(IdNumber<BookingId>(1)).value().empty());
    EXPECT_EQ(Outcome(work.resources().Get(IdNumber<ResourceId>(9))), "not_found");
    EXPECT_TRUE(work.resources().TimeOffOf(IdNumber<ResourceId>(1)).value().empty());
    EXPECT_EQ(Outcome(work.directory().FindAccount("ada@example.com")), "not_found");
    EXPECT_TRUE(work.audit().ReadAfter(0, 10).value().empty());
    EXPECT_TRUE(work.outbox().ReadAfter(0, 10).value().empty());
    EXPECT_EQ(work.idempotency().Find("", "").value(), std::nullopt);
    return {};
  });
  EXPECT_EQ(Outcome(read), "ok");
  // The time that the undone ones took is free, and what was undone stands no more in the way.
  EXPECT_EQ(Outcome(Insert(SampleBooking(3, Minutes(30, 60), {1}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(4, Minutes(60, 90), {2}))), "ok");
  EXPECT_EQ(Outcome(Insert(SampleBooking(5, Minutes(0, 30), {1}))), "conflict");
}

TEST_P(Units, ARefusedWriteUndoesTheUnitAlsoWhereTheWorkLetsItPass) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  std::string told;  // in the run that counts
  const Result<void> result = Write([&](UnitOfWork& work) -> Result<void> {
    EXPECT_TRUE(work.audit().Append({}).ok());
    told = Outcome(work.bookings().Insert(SampleBooking(2, Minutes(0, 30), {1, 2})));
    return {};
  });
  EXPECT_EQ(Outcome(result), "conflict");
  EXPECT_EQ(told, "conflict");
  EXPECT_EQ(AllBookings(), Bookings({1}));
  EXPECT_TRUE(Get([](UnitOfWork& work) { return work.audit().ReadAfter(0, 1); }).value().empty());
}

TEST_P(Units, NotFindingWhatWasReadForIsNoRefusal) {
  EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) {
              EXPECT_EQ(Outcome(work.bookings().Get(IdNumber<BookingId>(1))), "not_found");
              return work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {1}));
            })),
            "ok");
  EXPECT_EQ(AllBookings(), Bookings({1}));
}

TEST_P(Units, AnAttemptUndoesOnlyItsPart) {
  const Result<void> result = Write([&](UnitOfWork& work) -> Result<void> {
    const auto attempt = [&](std::uint64_t number, int start) {
      return Outcome(work.Attempt([&] {
        EXPECT_TRUE(work.audit().Append({.subject = std::to_string(number)}).ok());
        return work.bookings().Insert(SampleBooking(number, Minutes(start, start + 30), {1, 2}));
      }));
    };
    EXPECT_EQ(attempt(1, 0), "ok");
    EXPECT_EQ(attempt(2, 15), "conflict");
    EXPECT_EQ(attempt(3, 30), "ok");
    EXPECT_EQ(attempt(1, 60), "already_exists");
    EXPECT_EQ(Outcome(work.Attempt([&]() -> Result<void> {
                EXPECT_TRUE(work.bookings().Insert(SampleBooking(4, Minutes(90, 120), {1})).ok());
                return Refusal();
              })),
              "too_long");
    EXPECT_EQ(attempt(5, 90), "ok");
    return {};
  });
  EXPECT_EQ(Outcome(result), "ok");
  EXPECT_EQ(AllBookings(), Bookings({1, 3, 5}));
  const auto entries = Get([](UnitOfWork& work) { return work.audit().ReadAfter(0, 10); }).value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[1].subject, "3");
}

TEST_P(Units, AnAttemptThatLetsARefusalPassIsRefused) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  const Result<void> result = Write([&](UnitOfWork& work) -> Result<void> {
    EXPECT_EQ(Outcome(work.Attempt([&]() -> Result<void> {
                EXPECT_FALSE(work.bookings().Insert(SampleBooking(2, Minutes(0, 30), {1})).ok());
                return {};
              })),
              "conflict");
    return work.bookings().Insert(SampleBooking(3, Minutes(30, 60), {1}));
  });
  EXPECT_EQ(Outcome(result), "ok");
  EXPECT_EQ(AllBookings(), Bookings({1, 3}));
}

TEST_P(Units, AnAttemptDoesNotExcuseARefusalBeforeIt) {
  std::vector<std::string> told;  // in the run that counts
  const Result<void> result = Write([&](UnitOfWork& work) -> Result<void> {
    told = {Outcome(work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {99}))),
            Outcome(work.Attempt([&] { return work.audit().Append({}); }))};
    return {};
  });
  EXPECT_EQ(Outcome(result), "unknown_resource");
  EXPECT_EQ(told, (std::vector<std::string>{"unknown_resource", "ok"}));
  EXPECT_TRUE(Get([](UnitOfWork& work) { return work.audit().ReadAfter(0, 1); }).value().empty());
}

TEST_P(Units, AUnitSeesWhatItWrote) {
  EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
              const Booking booking = SampleBooking(1, Minutes(0, 30), {1});
              EXPECT_TRUE(work.bookings().Insert(booking).ok());
              EXPECT_EQ(work.bookings().Get(booking.id).value(), booking);
              EXPECT_EQ(work.bookings().List({}).value(), std::vector{booking});
              return work.bookings().Update(Changed(booking));
            })),
            "ok");
  EXPECT_EQ(GetBooking(1)->version, 2U);
}

TEST_P(Units, WritingWhileReadingIsRefused) {
  const Result<void> result = store().Read([&](UnitOfWork& work) -> Result<void> {
    EXPECT_EQ(Outcome(work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {1}))),
              "unavailable");
    EXPECT_EQ(Outcome(work.audit().Append({})), "unavailable");
    return {};
  });
  EXPECT_EQ(Outcome(result), "unavailable");
  EXPECT_TRUE(AllBookings().empty());
}

TEST_P(Units, ReadReturnsTheWorksOwnError) {
  EXPECT_EQ(Outcome(store().Read([](UnitOfWork&) -> Result<void> { return Refusal(); })),
            "too_long");
}

TEST_P(Units, AnExceptionOfTheWorksOwnUndoesTheUnit) {
  EXPECT_THROW((void)Write([&](UnitOfWork& work) -> Result<void> {
                 EXPECT_TRUE(work.bookings().Insert(SampleBooking(1, Minutes(0, 30), {1})).ok());
                 throw std::runtime_error("the caller's");
               }),
               std::runtime_error);
  EXPECT_TRUE(AllBookings().empty());
  EXPECT_EQ(Outcome(Insert(SampleBooking(2, Minutes(0, 30), {1}))), "ok");
}

TEST_P(Units, OfThoseWhoWantOneTimeExactlyOneGetsIt) {
  constexpr int kThreads = 8;
  constexpr int kTimes = 30;
  std::array<std::atomic<int>, kTimes> winners{};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kTimes; ++i) {
        const int time = (i + thread * 7) % kTimes;
        const auto number = static_cast<std::uint64_t>(thread * kTimes + time);
        const Booking booking = SampleBooking(number, Minutes(time * 10, time * 10 + 10), {1, 2});
        const std::string outcome = Outcome(Insert(booking));
        if (outcome == "ok") ++winners[static_cast<std::size_t>(time)];
        EXPECT_TRUE(outcome == "ok" || outcome == "conflict") << outcome;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& won : winners) EXPECT_EQ(won, 1);
  EXPECT_EQ(AllBookings().size(), static_cast<std::size_t>(kTimes));
}

// A reader that finds a booking finds the event that was written with it, and neither more nor
// less.
TEST_P(Units, ReadersSeeWholeUnitsWhileOthersWrite) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      std::size_t last = 0;
      while (!done) {
        std::size_t bookings = 0;
        std::size_t events = 0;
        const Result<void> read = store().Read([&](UnitOfWork& work) -> Result<void> {
          bookings = work.bookings().List({.limit = 1000}).value().size();
          std::this_thread::yield();
          events = work.outbox().ReadAfter(0, 1000).value().size();
          return {};
        });
        EXPECT_EQ(Outcome(read), "ok");
        EXPECT_EQ(bookings, events);
        EXPECT_GE(bookings, last);
        last = bookings;
      }
    });
  }
  for (std::uint64_t i = 0; i < 100; ++i) {
    const int start = static_cast<int>(i) * 10;
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
                const Booking booking = SampleBooking(i, Minutes(start, start + 10), {1});
                if (auto done_ = work.bookings().Insert(booking); !done_.ok()) return done_;
                return work.outbox().Append({0, "appointment.booked", booking.id.uuid(), 1, kNow});
              })),
              "ok");
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace clinic
