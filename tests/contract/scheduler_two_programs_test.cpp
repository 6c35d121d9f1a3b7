// Two programs on one SQLite file: each has a store and a scheduler of its own.
#include <gtest/gtest.h>

#include "adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

struct Program {
  Program(const std::string& path, const Clock& clock, std::uint64_t seed)
      : ids(clock, seed),
        store(SqliteStore::Open(path).value()),
        signal(store->Watch().value()),
        scheduler(Scheduler::Open(*store, clock, ids).value()) {}

  UuidV7Generator ids;
  std::unique_ptr<Store> store;
  std::unique_ptr<ChangeSignal> signal;
  std::unique_ptr<Scheduler> scheduler;
};

TEST(TwoPrograms, OnOneFile_FollowEachOther) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "clinic.db").string();
  SimulatedClock clock{At(8)};
  Program one(path, clock, 1);
  Program other(path, clock, 2);
  Populate(*one.scheduler);
  const BookRequest request{.resources = {kDoctor, kAlice}, .interval = Visit(10)};
  const Booking booked = one.scheduler->Book(request).value();
  EXPECT_TRUE(other.signal->Wait(std::chrono::minutes{1}).value());
  ASSERT_TRUE(other.scheduler->CatchUp().ok());
  EXPECT_EQ(other.scheduler->BookingsOf(kDoctor, Visit(10)).value(), std::vector{booked});
  const auto slots =
      other.scheduler->FindSlots({.any_of = {kDoctor}, .range = {At(9), At(11)}, .limit = 100});
  for (const Slot& slot : slots.value()) EXPECT_FALSE(Overlaps(slot.interval, Visit(10)));

  ASSERT_TRUE(other.scheduler->Cancel(booked.id).ok());
  EXPECT_TRUE(one.signal->Wait(std::chrono::minutes{1}).value());
  ASSERT_TRUE(one.scheduler->CatchUp().ok());
  EXPECT_EQ(one.scheduler->Find(booked.id)->status, "cancelled");
}

}  // namespace
}  // namespace clinic
