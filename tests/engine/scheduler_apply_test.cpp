// Several changes at once: all of them, or none.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

class SchedulerApply : public SchedulerTest {
 protected:
  Result<std::vector<Booking>> Apply(std::vector<Change> changes) {
    return scheduler_.Apply(changes);
  }
};

TEST_F(SchedulerApply, RefusesABookingThatComesUpTwice) {
  const Booking booking = *BookAt(Visit(10));
  const auto refused = Apply({Act{.booking = booking.id, .action = "arrive"},
                              Act{.booking = booking.id, .action = "cancel"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(scheduler_.Find(booking.id)->status, "booked");
}

TEST_F(SchedulerApply, NothingHappensWhereTheLastChangeIsRefused) {
  const Booking booking = *BookAt(Visit(10));
  const Booking held = *scheduler_.Hold({.resources = {kRoom}, .interval = Visit(9)}, minutes{5});
  const auto refused = Apply(
      {Act{.booking = booking.id, .action = "cancel"}, Act{.booking = held.id, .action = "confirm"},
       BookRequest{.resources = {kDoctor, kBob}, .interval = Visit(11)},
       BookRequest{.resources = {kDoctor, kAlice}, .interval = Visit(11, 15)}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().position, 3U);
  EXPECT_FALSE(refused.error().alternatives.empty());
  EXPECT_EQ(scheduler_.Find(booking.id)->status, "booked");
  EXPECT_EQ(scheduler_.Find(held.id)->status, "pending");
  EXPECT_EQ(CodeOf(BookAt(Visit(10), kBob)), ErrorCode::kConflict);
  EXPECT_TRUE(BookAt(Visit(11), kBob).ok());
  EXPECT_TRUE(scheduler_.Confirm(held.id).ok());
}

TEST_F(SchedulerApply, NamesTheFirstChangeThatCannotBe) {
  const auto refused = Apply({BookRequest{.resources = {kDoctor}, .interval = Visit(9)},
                              BookRequest{.resources = {IdNumber(99)}, .interval = Visit(9)},
                              Act{.booking = BookingId(Uuid{0, 7}), .action = "cancel"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnknownResource);
  EXPECT_EQ(refused.error().position, 1U);
  EXPECT_TRUE(BookAt(Visit(9)).ok());
}

TEST_F(SchedulerApply, TwoBookingsChangePlaces) {
  const Booking early = *BookAt(Visit(9));
  const Booking late = *BookAt(Visit(9, 30), kBob);
  const auto swapped = Apply({Move{.booking = early.id, .to = {.interval = late.interval}},
                              Move{.booking = late.id, .to = {.interval = early.interval}}});
  ASSERT_TRUE(swapped.ok()) << swapped.error().message;
  EXPECT_EQ((*swapped)[0].interval, late.interval);
  EXPECT_EQ(scheduler_.Find(late.id)->interval, early.interval);
  EXPECT_EQ(CodeOf(BookAt(Visit(9))), ErrorCode::kConflict);
  ASSERT_TRUE(scheduler_.Cancel(late.id).ok());
  EXPECT_TRUE(BookAt(Visit(9)).ok());
}

TEST_F(SchedulerApply, WhatIsCancelledMakesRoomForWhatIsHeld) {
  const Booking booked = *BookAt(Visit(9));
  const auto done =
      Apply({Act{.booking = booked.id, .action = "cancel"},
             BookRequest{.resources = {kDoctor, kBob}, .interval = Visit(9), .hold = minutes{5}}});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ((*done)[1].status, "pending");
  clock_.Advance(minutes{5});
  EXPECT_EQ(scheduler_.Find((*done)[1].id)->status, "cancelled");
  EXPECT_TRUE(BookAt(Visit(9)).ok());
}

TEST_F(SchedulerApply, BookingsOfAreThoseThatTakeTimeThere) {
  const Booking first = *BookAt(Visit(9));
  const Booking second = *BookAt(Visit(10), kBob);
  const Booking cancelled = *BookAt(Visit(11), kBob);
  ASSERT_TRUE(scheduler_.Cancel(cancelled.id).ok());
  const auto ids = [&](ResourceId id, const Interval& range) {
    std::vector<BookingId> found;
    for (const Booking& booking : *scheduler_.BookingsOf(id, range)) found.push_back(booking.id);
    return found;
  };
  EXPECT_EQ(ids(kDoctor, {At(0), At(24)}), (std::vector{first.id, second.id}));
  EXPECT_EQ(ids(kDoctor, {At(9, 30), At(10, 1)}), (std::vector{second.id}));
  EXPECT_EQ(ids(kBob, {At(0), At(24)}), (std::vector{second.id}));
  EXPECT_EQ(scheduler_.BookingsOf(IdNumber(99), Visit(9)).error().code,
            ErrorCode::kUnknownResource);
  EXPECT_EQ(scheduler_.BookingsOf(kDoctor, {At(9), At(9)}).error().code, ErrorCode::kBadInterval);
}

TEST_F(SchedulerApply, EarliestStartIsTheFirstThatCanBeBooked) {
  ASSERT_TRUE(BookAt(Visit(9)).ok());
  const std::vector<ResourceId> both = {kDoctor, kAlice};
  EXPECT_EQ(**scheduler_.EarliestStart(both, At(0), minutes{30}, At(24)), At(9, 30));
  EXPECT_EQ(*scheduler_.EarliestStart(both, At(0), minutes{30}, At(9, 59)), std::nullopt);
  EXPECT_EQ(scheduler_.EarliestStart(both, At(0), minutes{0}, At(24)).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(scheduler_.EarliestStart({}, At(0), minutes{30}, At(24)).error().code,
            ErrorCode::kInvalidArgument);
}

// Random changes to three rooms against a list of who is where, in which all changes are made and
// the outcome is then judged.
TEST(SchedulerApplyRandom, AgreesWithJudgingTheOutcome) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  const auto visit = [&] {
    const Instant start = At(9) + minutes{5 * static_cast<int>(below(12))};
    return Interval{start, start + minutes{5 * static_cast<int>(1 + below(4))}};
  };
  struct Place {
    ResourceId room;
    Interval interval;
  };
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    SimulatedClock clock(At(8));
    UuidV7Generator ids(clock, 1);
    Scheduler scheduler(clock, ids);
    for (std::uint64_t room = 0; room < 3; ++room) {
      ASSERT_TRUE(
          scheduler.AddResource(MakeResource(IdNumber(room + 1), ResourceKind::kRoom)).ok());
    }
    std::map<BookingId, Place> model;
    for (int command = 0; command < 30; ++command) {
      std::map<BookingId, Place> outcome = model;
      std::vector<Change> changes;
      for (const auto& [id, place] : model) {
        const auto choice = below(4);
        if (choice == 0) {
          changes.push_back(Act{.booking = id, .action = "cancel"});
          outcome.erase(id);
        } else if (choice == 1) {
          const Place to{IdNumber(1 + below(3)), visit()};
          changes.push_back(
              Move{.booking = id, .to = {.interval = to.interval, .resources = {{to.room}}}});
          outcome[id] = to;
        }
      }
      for (auto more = below(3); more > 0; --more) {
        const BookingId id(ids.NewUuid());
        const Place to{IdNumber(1 + below(3)), visit()};
        changes.push_back(BookRequest{.resources = {to.room}, .interval = to.interval, .id = id});
        outcome[id] = to;
      }
      std::ranges::shuffle(changes, random);
      bool possible = true;
      for (const auto& [id, a] : outcome) {
        for (const auto& [other, b] : outcome) {
          possible &= id == other || a.room != b.room || !Overlaps(a.interval, b.interval);
        }
      }
      const auto applied = scheduler.Apply(changes);
      ASSERT_EQ(applied.ok(), possible) << "round " << round << ", command " << command;
      if (possible) model = outcome;
      ++(possible ? accepted : refused);
      std::size_t standing = 0;
      for (std::uint64_t room = 1; room <= 3; ++room) {
        for (const Booking& b : *scheduler.BookingsOf(IdNumber(room), {At(0), At(24)})) {
          ASSERT_TRUE(model.contains(b.id));
          EXPECT_EQ(model.at(b.id).interval, b.interval);
          EXPECT_EQ(model.at(b.id).room, IdNumber(room));
          ++standing;
        }
      }
      ASSERT_EQ(standing, model.size());
    }
  }
  EXPECT_GT(accepted, 1'000);
  EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace clinic
