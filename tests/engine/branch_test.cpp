// Branches: what is tried in one is seen in it alone, until it is committed in one piece.
#include "clinic/branch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

class BranchTest : public SchedulerTest {
 protected:
  Branch NewBranch() { return std::move(scheduler_.MakeBranch()).value(); }
  static Result<Booking> BookIn(Scheduler& scheduler, const Interval& visit,
                                ResourceId patient = kAlice) {
    return scheduler.Book({.resources = {kDoctor, patient}, .interval = visit});
  }
};

TEST_F(BranchTest, HasNoBranchesOfItsOwn) {
  const Branch branch = NewBranch();
  EXPECT_EQ(branch->MakeBranch().error().code, ErrorCode::kInvalidArgument);
  Scheduler other(clock_, ids_);
  EXPECT_EQ(other.Commit(branch).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(BranchTest, WhatIsTriedInItIsNotSeenOutside) {
  const Booking booked = *BookAt(Visit(9));
  {
    const Branch branch = NewBranch();
    ASSERT_TRUE(branch->Cancel(booked.id).ok());
    ASSERT_TRUE(BookIn(*branch, Visit(9), kBob).ok());
    ASSERT_TRUE(BookIn(*branch, Visit(12)).ok());
    EXPECT_EQ(scheduler_.Find(booked.id)->status, "booked");
    EXPECT_EQ(scheduler_.BookingsOf(kDoctor, {At(0), At(24)})->size(), 1U);
    EXPECT_EQ(CodeOf(BookAt(Visit(9), kBob)), ErrorCode::kConflict);
    EXPECT_EQ(branch.Differences().size(), 3U);
  }
  EXPECT_TRUE(BookAt(Visit(12)).ok());
}

TEST_F(BranchTest, SeesNothingOfWhatHappensOutside) {
  const Booking booked = *BookAt(Visit(9));
  const Booking moved = *BookAt(Visit(10), kBob);
  const Branch branch = NewBranch();
  ASSERT_TRUE(scheduler_.Cancel(booked.id).ok());
  ASSERT_TRUE(scheduler_.Reschedule(moved.id, {.interval = Visit(14)}).ok());
  const Booking later = *BookAt(Visit(11));
  ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDoctor, .interval = Visit(15)}).ok());
  ASSERT_TRUE(scheduler_.AddResource(MakeResource(IdNumber(50), ResourceKind::kRoom)).ok());

  EXPECT_EQ(*branch->Find(booked.id), booked);
  EXPECT_EQ(*branch->Find(moved.id), moved);
  EXPECT_EQ(branch->Find(later.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(branch->FindResource(IdNumber(50)).error().code, ErrorCode::kUnknownResource);
  EXPECT_EQ(CodeOf(BookIn(*branch, Visit(9), kBob)), ErrorCode::kConflict);
  for (const int hour : {11, 14, 15}) EXPECT_TRUE(BookIn(*branch, Visit(hour), kBob).ok()) << hour;
  const auto bookings = *branch->BookingsOf(kAlice, {At(0), At(24)});
  ASSERT_EQ(bookings.size(), 1U);
  EXPECT_EQ(bookings[0], booked);
}

TEST_F(BranchTest, CommitMakesItTrueInOnePiece) {
  const Booking cancelled = *BookAt(Visit(9));
  const Booking moved = *BookAt(Visit(10), kBob);
  const Branch branch = NewBranch();
  ASSERT_TRUE(branch->Cancel(cancelled.id).ok());
  ASSERT_TRUE(branch->Reschedule(moved.id, {.interval = Visit(12)}).ok());
  ASSERT_TRUE(branch->Reschedule(moved.id, {.interval = Visit(9)}).ok());
  const Booking made = *BookIn(*branch, Visit(10));
  const Booking passing = *BookIn(*branch, Visit(16));
  ASSERT_TRUE(branch->Cancel(passing.id).ok());

  const auto committed = scheduler_.Commit(branch);
  ASSERT_TRUE(committed.ok()) << committed.error().message;
  EXPECT_EQ(committed->size(), 3U);
  EXPECT_EQ(scheduler_.Find(cancelled.id)->status, "cancelled");
  EXPECT_EQ(scheduler_.Find(moved.id)->interval, Visit(9));
  EXPECT_EQ(scheduler_.Find(moved.id)->version, 2U);
  EXPECT_EQ(scheduler_.Find(made.id)->interval, Visit(10));
  EXPECT_EQ(scheduler_.Find(passing.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(BookAt(Visit(9))), ErrorCode::kConflict);
  EXPECT_TRUE(BookAt(Visit(12)).ok());
  // What it made stands now: it has been overtaken by itself.
  EXPECT_FALSE(scheduler_.Commit(branch).ok());
}

TEST_F(BranchTest, CommitOfNothingIsNothing) {
  const Branch branch = NewBranch();
  ASSERT_TRUE(BookAt(Visit(9)).ok());
  EXPECT_TRUE(scheduler_.Commit(branch)->empty());
}

TEST_F(BranchTest, OvertakenOneIsRefused) {
  const Booking booked = *BookAt(Visit(9));
  const auto refused_after = [&](const auto& meanwhile) {
    const Branch branch = NewBranch();
    EXPECT_TRUE(BookIn(*branch, Visit(12)).ok());
    meanwhile();
    const auto committed = scheduler_.Commit(branch);
    EXPECT_FALSE(committed.ok());
    return committed.ok() ? ErrorCode::kCorrupt : committed.error().code;
  };
  EXPECT_EQ(refused_after([&] { ASSERT_TRUE(BookAt(Visit(15), kBob).ok()); }),
            ErrorCode::kStaleVersion);
  EXPECT_EQ(refused_after([&] { ASSERT_TRUE(scheduler_.Cancel(booked.id).ok()); }),
            ErrorCode::kStaleVersion);
  EXPECT_EQ(refused_after([&] {
              ASSERT_TRUE(scheduler_.PutTimeOff({.resource = kDoctor, .interval = Visit(16)}).ok());
            }),
            ErrorCode::kStaleVersion);
  EXPECT_TRUE(BookAt(Visit(12)).ok());
}

TEST_F(BranchTest, WhatHappensElsewhereDoesNotOvertakeIt) {
  const Branch branch = NewBranch();
  ASSERT_TRUE(BookIn(*branch, Visit(12)).ok());
  ASSERT_TRUE(scheduler_.Book({.resources = {kRoom, kBob}, .interval = Visit(12)}).ok());
  EXPECT_TRUE(scheduler_.Commit(branch).ok());
}

TEST_F(BranchTest, ABookingThatWasChangedOutsideOvertakesIt) {
  const Booking booked = *BookAt(Visit(9));
  const Branch branch = NewBranch();
  ASSERT_TRUE(branch->Transition(booked.id, "arrive").ok());
  ASSERT_TRUE(scheduler_.Transition(booked.id, "check-in").ok());
  EXPECT_EQ(scheduler_.Commit(branch).error().code, ErrorCode::kStaleVersion);
  EXPECT_EQ(scheduler_.Find(booked.id)->status, "checked-in");
}

TEST_F(BranchTest, HoldsGoIntoItAndOutOfIt) {
  const Booking held =
      *scheduler_.Hold({.resources = {kDoctor, kAlice}, .interval = Visit(9)}, minutes{5});
  const Branch branch = NewBranch();
  ASSERT_TRUE(branch->Confirm(held.id).ok());
  const Booking hold =
      *branch->Hold({.resources = {kDoctor, kBob}, .interval = Visit(10)}, minutes{5});
  ASSERT_TRUE(scheduler_.Commit(branch).ok());
  EXPECT_EQ(scheduler_.Find(held.id)->status, "booked");
  EXPECT_EQ(scheduler_.Find(hold.id)->status, "pending");
  clock_.Advance(minutes{5});
  EXPECT_EQ(scheduler_.Find(held.id)->status, "booked");
  EXPECT_EQ(scheduler_.Find(hold.id)->status, "cancelled");
}

TEST_F(BranchTest, HoldThatRanOutBeforeTheCommitRefusesIt) {
  const Branch branch = NewBranch();
  ASSERT_TRUE(branch->Hold({.resources = {kDoctor, kBob}, .interval = Visit(10)}, minutes{5}).ok());
  ASSERT_TRUE(BookIn(*branch, Visit(11)).ok());
  clock_.Advance(minutes{5});
  EXPECT_EQ(scheduler_.Commit(branch).error().code, ErrorCode::kHoldExpired);
  EXPECT_TRUE(BookAt(Visit(11)).ok());
}

// What a scheduler shows of some resources, from every side.
std::map<BookingId, Booking> Everything(const Scheduler& scheduler) {
  std::map<BookingId, Booking> all;
  for (const ResourceId id : {kDoctor, kAlice, kBob, kRoom}) {
    for (const Booking& booking : *scheduler.BookingsOf(id, {At(0), At(24)})) {
      EXPECT_EQ(*scheduler.Find(booking.id), booking);
      all.emplace(booking.id, booking);
    }
  }
  return all;
}

std::vector<Slot> Offers(const Scheduler& scheduler) {
  return *scheduler.FindSlots({.specialty = "cardiology",
                               .together = {kRoom},
                               .range = {At(0), At(24)},
                               .duration = minutes{30},
                               .limit = 1'000});
}

// Random changes in an origin and in up to three branches of it. Whatever happens elsewhere, each
// goes on showing what it showed; a commit gives the origin what the branch showed, or nothing.
TEST(BranchRandom, IsIsolated) {
  std::mt19937_64 random(11);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  int committed = 0;
  int overtaken = 0;
  for (int round = 0; round < 60; ++round) {
    SimulatedClock clock(At(8));
    UuidV7Generator ids(clock, 1);
    Scheduler origin(clock, ids);
    Populate(origin);
    const auto change = [&](Scheduler& scheduler) {
      const auto visit = Visit(9 + static_cast<int>(below(8)), 30 * static_cast<int>(below(2)));
      const auto now = Everything(scheduler);
      auto any = now.begin();
      if (!now.empty()) std::advance(any, static_cast<std::ptrdiff_t>(below(now.size())));
      switch (below(now.empty() ? 2 : 5)) {
        case 0:
        case 1:
          (void)scheduler.Book(
              {.resources = {kDoctor, below(2) == 0 ? kAlice : kBob, kRoom}, .interval = visit});
          break;
        case 2:
          (void)scheduler.Reschedule(any->first, {.interval = visit});
          break;
        case 3:
          (void)scheduler.Cancel(any->first);
          break;
        default:
          (void)scheduler.Transition(any->first, "arrive");
          break;
      }
    };
    struct Seen {
      Branch branch;
      std::map<BookingId, Booking> bookings;
      std::vector<Slot> offers;
    };
    std::vector<Seen> branches;
    for (int step = 0; step < 80; ++step) {
      const auto choice = below(10);
      if (choice == 0 && branches.size() < 3) {
        branches.push_back(
            {std::move(origin.MakeBranch()).value(), Everything(origin), Offers(origin)});
      } else if (choice == 1 && !branches.empty()) {
        const auto index = below(branches.size());
        const auto before = Everything(origin);
        const Seen& seen = branches[index];
        const auto done = origin.Commit(seen.branch);
        if (done.ok()) {
          ++committed;
          for (const Difference& difference : seen.branch.Differences()) {
            EXPECT_EQ(origin.Find(difference.after.id)->status, difference.after.status);
            EXPECT_EQ(origin.Find(difference.after.id)->interval, difference.after.interval);
          }
        } else {
          ++overtaken;
          EXPECT_EQ(done.error().code, ErrorCode::kStaleVersion) << done.error().message;
          EXPECT_EQ(Everything(origin), before);
        }
        branches.erase(branches.begin() + static_cast<std::ptrdiff_t>(index));
      } else if (choice < 5 && !branches.empty()) {
        Seen& seen = branches[below(branches.size())];
        ASSERT_EQ(Everything(*seen.branch), seen.bookings);
        ASSERT_EQ(Offers(*seen.branch), seen.offers);
        change(*seen.branch);
        seen.bookings = Everything(*seen.branch);
        seen.offers = Offers(*seen.branch);
      } else {
        change(origin);
      }
      for (const Seen& seen : branches) {
        if (below(8) != 0) continue;  // a branch that nobody has looked at yet shows the past too
        ASSERT_EQ(Everything(*seen.branch), seen.bookings);
        ASSERT_EQ(Offers(*seen.branch), seen.offers);
      }
    }
  }
  EXPECT_GT(committed, 20);
  EXPECT_GT(overtaken, 20);
}

// Branches that are made while bookings on two resources come and go see both sides of each, or
// none.
TEST_F(BranchTest, SeesAllOfAChangeOrNothing) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    while (!stop) {
      const auto booked = scheduler_.Book({.resources = {kRoom, kBob}, .interval = Visit(9)});
      ASSERT_TRUE(booked.ok());
      ASSERT_TRUE(scheduler_.Reschedule(booked->id, {.interval = Visit(10)}).ok());
      ASSERT_TRUE(scheduler_.Cancel(booked->id).ok());
    }
  });
  for (int i = 0; i < 300; ++i) {
    const Branch branch = NewBranch();
    const auto rooms = *branch->BookingsOf(kRoom, {At(0), At(24)});
    std::this_thread::yield();
    ASSERT_EQ(*branch->BookingsOf(kBob, {At(0), At(24)}), rooms);
    ASSERT_EQ(*branch->BookingsOf(kRoom, {At(0), At(24)}), rooms);
    for (const Booking& booking : rooms) ASSERT_EQ(*branch->Find(booking.id), booking);
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace clinic
