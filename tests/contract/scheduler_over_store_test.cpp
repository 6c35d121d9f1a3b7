// The scheduler over every store: what it acknowledges is there when the store is opened again,
// what the store refuses never happened, and what goes with a change is written with it.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "clinic/absence.hpp"
#include "tests/contract/failing_store.hpp"
#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class SchedulerOverStore : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override {
    Reopen();
    Populate(*scheduler_);
  }

  void Reopen() {
    scheduler_.reset();
    auto opened = Scheduler::Open(failing_, clock_, ids_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    scheduler_ = *std::move(opened);
  }

  Result<Booking> BookAt(const Interval& visit, ResourceId patient = kAlice) {
    return scheduler_->Book(
        {.resources = {kDoctor, patient}, .interval = visit, .reason = "Checkup"},
        {.actor = "alice", .source = "10.0.0.1", .request = "r1"});
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
  FailingStore failing_{*store_};
  std::unique_ptr<Scheduler> scheduler_;
};

INSTANTIATE_TEST_SUITE_P(AllStores, SchedulerOverStore, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(SchedulerOverStore, OpenedAgain_IsTheSame) {
  const auto booked = BookAt(Visit(10));
  const auto moved = BookAt(Visit(11), kBob);
  ASSERT_TRUE(scheduler_->Reschedule(moved->id, {.interval = Visit(12)}).ok());
  const auto cancelled = BookAt(Visit(13));
  ASSERT_TRUE(scheduler_->Cancel(cancelled->id).ok());
  const auto held =
      scheduler_->Hold({.resources = {kDoctor, kBob}, .interval = Visit(15)}, hours{1});
  ASSERT_TRUE(scheduler_->PutTimeOff({.resource = kDoctor, .interval = Visit(16)}).ok());
  const SlotQuery query{.any_of = {kDoctor}, .range = {At(9), At(17)}, .limit = 1000};
  const auto before = scheduler_->FindSlots(query);
  Reopen();
  EXPECT_EQ(*scheduler_->FindSlots(query), *before);
  for (const BookingId id : {booked->id, moved->id, cancelled->id, held->id}) {
    EXPECT_EQ(scheduler_->Find(id)->version, id == booked->id || id == held->id ? 1U : 2U);
  }
  EXPECT_EQ(*scheduler_->Find(booked->id), *booked);
  EXPECT_EQ(scheduler_->Find(moved->id)->interval, Visit(12));
  EXPECT_TRUE(scheduler_->Confirm(held->id).ok());
  EXPECT_FALSE(BookAt(Visit(10), kBob).ok());
}

TEST_P(SchedulerOverStore, AppliedAtOnce_AllOfItOrNothing) {
  const auto first = BookAt(Visit(10));
  const auto second = BookAt(Visit(11), kBob);
  const std::vector<Change> swap = {Move{.booking = first->id, .to = {.interval = Visit(11)}},
                                    Move{.booking = second->id, .to = {.interval = Visit(10)}},
                                    BookRequest{.resources = {kRoom}, .interval = Visit(10)}};
  failing_.failing = true;
  EXPECT_EQ(scheduler_->Apply(swap).error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  EXPECT_EQ(scheduler_->Find(first->id)->interval, Visit(10));
  std::size_t told = 0;
  const auto refuse = [&](UnitOfWork&, const std::vector<Booking>& bookings) -> Result<void> {
    told = bookings.size();
    return Error{ErrorCode::kAlreadyExists, "said before"};
  };
  EXPECT_EQ(scheduler_->Apply(swap, {}, refuse).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(told, 3U);
  ASSERT_TRUE(scheduler_->Apply(swap).ok());
  Reopen();
  EXPECT_EQ(scheduler_->Find(first->id)->interval, Visit(11));
  EXPECT_EQ(scheduler_->Find(second->id)->interval, Visit(10));
  EXPECT_EQ(scheduler_->Find(second->id)->version, 2U);
  EXPECT_EQ(scheduler_->BookingsOf(kRoom, {At(0), At(24)})->size(), 1U);
}

TEST_P(SchedulerOverStore, Absence_IsWrittenWithItsMovesOrNotAtAll) {
  const ResourceId colleague = IdNumber(20);
  ASSERT_TRUE(scheduler_->AddResource(MakeDoctor(colleague)).ok());
  ASSERT_TRUE(scheduler_->PutAvailability(colleague, Weekdays(20)).ok());
  const auto first = BookAt(Visit(10));
  const auto second = BookAt(Visit(11), kBob);
  const auto plan = PlanAbsence(*scheduler_, {.practitioner = kDoctor, .time = {At(9), At(17)}});
  ASSERT_TRUE(plan.ok());
  const auto expect_untouched = [&] {
    for (const auto& booked : {first, second}) {
      EXPECT_EQ(*scheduler_->Find(booked->id), *booked);
    }
    EXPECT_TRUE(scheduler_->TimeOffOf(kDoctor)->empty());
    EXPECT_TRUE(scheduler_->Check({.resources = {kDoctor}, .interval = Visit(12)}).ok());
    EXPECT_TRUE(scheduler_->BookingsOf(colleague, {At(0), At(24)})->empty());
  };
  failing_.failing = true;
  EXPECT_EQ(ApplyAbsence(*scheduler_, *plan).error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  expect_untouched();
  const auto refuse = [](UnitOfWork&, const std::vector<Booking>&) -> Result<void> {
    return Error{ErrorCode::kAlreadyExists, "said before"};
  };
  EXPECT_EQ(ApplyAbsence(*scheduler_, *plan, {}, refuse).error().code, ErrorCode::kAlreadyExists);
  expect_untouched();
  Reopen();
  expect_untouched();

  ASSERT_TRUE(ApplyAbsence(*scheduler_, *plan, {.reason = "ill"}).ok());
  Reopen();
  EXPECT_EQ(scheduler_->BookingsOf(colleague, {At(0), At(24)})->size(), 2U);
  EXPECT_TRUE(scheduler_->BookingsOf(kDoctor, {At(0), At(24)})->empty());
  EXPECT_EQ(scheduler_->TimeOffOf(kDoctor)->at(0).reason, "ill");
}

TEST_P(SchedulerOverStore, HoldThatRanOutWhileClosed_IsFree) {
  const auto held =
      scheduler_->Hold({.resources = {kDoctor, kBob}, .interval = Visit(15)}, minutes{1});
  ASSERT_TRUE(held.ok());
  clock_.Advance(minutes{2});
  Reopen();
  EXPECT_TRUE(BookAt(Visit(15)).ok());
  EXPECT_EQ(*scheduler_->ExpireHolds(), 1U);
  Reopen();
  EXPECT_EQ(scheduler_->Find(held->id)->status, "cancelled");
}

TEST_P(SchedulerOverStore, StoreThatFails_LeavesNothingBehind) {
  const auto booked = BookAt(Visit(10));
  failing_.failing = true;
  EXPECT_EQ(BookAt(Visit(11)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(scheduler_->Reschedule(booked->id, {.interval = Visit(12)}).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(scheduler_->Cancel(booked->id).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(scheduler_->PutTimeOff({.resource = kDoctor, .interval = Visit(14)}).ok());
  const BookRequest both[] = {{.resources = {kDoctor, kBob}, .interval = Visit(15)},
                              {.resources = {kDoctor, kBob}, .interval = Visit(16)}};
  for (const auto& result : scheduler_->BookEach(both)) {
    EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  }
  failing_.failing = false;
  EXPECT_EQ(*scheduler_->Find(booked->id), *booked);
  for (const int hour : {11, 12, 14, 15, 16}) EXPECT_TRUE(BookAt(Visit(hour), kBob).ok()) << hour;
  EXPECT_EQ(BookAt(Visit(10), kBob).error().code, ErrorCode::kConflict);
}

TEST_P(SchedulerOverStore, HoldThatCouldNotBeConfirmed_StillRunsOut) {
  const auto held =
      scheduler_->Hold({.resources = {kDoctor, kBob}, .interval = Visit(15)}, minutes{1});
  failing_.failing = true;
  EXPECT_EQ(scheduler_->Confirm(held->id).error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  clock_.Advance(minutes{2});
  EXPECT_TRUE(BookAt(Visit(15)).ok());
}

TEST_P(SchedulerOverStore, BookingOfAnotherProgram_IsRefusedByTheStoreItself) {
  Booking foreign{.id = BookingId(Uuid{9, 9}),
                  .interval = Visit(10),
                  .allocations = {{kDoctor, Visit(10)}},
                  .status = "booked",
                  .created_at = At(8),
                  .updated_at = At(8)};
  ASSERT_TRUE(
      store_->Write([&](UnitOfWork& work) { return work.bookings().Insert(foreign); }).ok());
  const auto refused = BookAt(Visit(10, 15));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  ASSERT_EQ(refused.error().conflicts.size(), 1U);
  EXPECT_EQ(refused.error().conflicts[0].booking, foreign.id);
}

TEST_P(SchedulerOverStore, AChange_IsWrittenWithItsHistoryAuditAndEvent) {
  const auto booked = BookAt(Visit(10));
  ASSERT_TRUE(scheduler_->Cancel(booked->id, {.actor = "rosa", .reason = "ill"}).ok());
  std::vector<Transition> history;
  std::vector<OutboxEvent> events;
  std::vector<AuditEntry> audit;
  ASSERT_TRUE(store_
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    history = work.bookings().History(booked->id).value();
                    events = work.outbox().ReadAfter(0, 100).value();
                    audit = work.audit().ReadAfter(0, 100).value();
                    return {};
                  })
                  .ok());
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].to, "booked");
  EXPECT_EQ(history[1].from, "booked");
  EXPECT_EQ(history[1].to, "cancelled");
  EXPECT_EQ(history[1].by, "rosa");
  EXPECT_EQ(history[1].reason, "ill");
  std::erase_if(events,
                [&](const OutboxEvent& event) { return event.subject != booked->id.uuid(); });
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, "appointment.booked");
  EXPECT_EQ(events[1].type, "appointment.cancelled");
  EXPECT_EQ(events[1].version, 2U);
  const AuditEntry& last = audit.back();
  EXPECT_EQ(last.action, "appointment.cancel");
  EXPECT_EQ(last.patient, kAlice);
}

TEST_P(SchedulerOverStore, WhatIsWrittenAlongside_StandsOrFallsWithTheBooking) {
  const Alongside<Booking> fails = [](UnitOfWork&, const Booking&) -> Result<void> {
    return Error{ErrorCode::kAlreadyExists, "the key was used"};
  };
  const BookRequest request{.resources = {kDoctor, kAlice}, .interval = Visit(10)};
  EXPECT_EQ(scheduler_->Book(request, {}, fails).error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(BookAt(Visit(10)).ok());
  Reopen();
  EXPECT_EQ(BookAt(Visit(10), kBob).error().conflicts.size(), 1U);
}

TEST_P(SchedulerOverStore, ExceptionAlongside_IsARefusalLikeAnyOther) {
  const Alongside<Booking> throws = [](UnitOfWork&, const Booking&) -> Result<void> {
    throw std::runtime_error("no memory");
  };
  const BookRequest request{.resources = {kDoctor, kAlice}, .interval = Visit(10)};
  EXPECT_EQ(scheduler_->Book(request, {}, throws).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(BookAt(Visit(10)).ok());
}

TEST_P(SchedulerOverStore, HoldThatAnotherProgramEnded_DoesNotStandInTheWayOfOthers) {
  const auto one =
      scheduler_->Hold({.resources = {kDoctor, kBob}, .interval = Visit(15)}, minutes{1});
  const auto two =
      scheduler_->Hold({.resources = {kDoctor, kBob}, .interval = Visit(16)}, minutes{1});
  Booking ended = *one;
  ended.version = 2;
  ended.status = "cancelled";
  ended.occupies = false;
  ASSERT_TRUE(store_->Write([&](UnitOfWork& work) { return work.bookings().Update(ended); }).ok());
  clock_.Advance(minutes{2});
  ASSERT_TRUE(scheduler_->ExpireHolds().ok());
  const auto booked = BookAt(Visit(10));
  EXPECT_TRUE(scheduler_->Cancel(booked->id).ok());
  Reopen();
  EXPECT_EQ(scheduler_->Find(two->id)->status, "cancelled");
}

TEST_P(SchedulerOverStore, TimeOffOfWhatIsAlwaysOpen_IsThereWhenItsHoursChange) {
  ASSERT_TRUE(scheduler_->PutTimeOff({.resource = kRoom, .interval = Visit(10)}).ok());
  Reopen();
  EXPECT_EQ(scheduler_->TimeOffOf(kRoom)->size(), 1U);
}

TEST_P(SchedulerOverStore, ManyThreads_NeverBookATimeTwice) {
  std::atomic<int> booked = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 16; ++i) {
        const auto result = BookAt(Visit(9, 30 * i), t % 2 == 0 ? kAlice : kBob);
        booked += result.ok();
        if (result.ok() && i % 4 == 0) booked -= scheduler_->Cancel(result->id).ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Reopen();
  std::size_t occupied = 0;
  for (int i = 0; i < 16; ++i) {
    occupied += !scheduler_->Check({.resources = {kDoctor}, .interval = Visit(9, 30 * i)}).ok();
  }
  EXPECT_EQ(occupied, static_cast<std::size_t>(booked.load()));
}

}  // namespace
}  // namespace clinic
