// The waitlist over every store: an offer is written with what freed its time, or neither is.
#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/failing_store.hpp"
#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

class WaitlistOverStore : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override {
    Reopen();
    Populate(*scheduler_);
    const auto booked =
        scheduler_->Book({.resources = {kDoctor, kAlice}, .interval = Visit(10)}, {});
    ASSERT_TRUE(booked.ok());
    booked_ = booked->id;
  }

  void Reopen() {
    scheduler_.reset();
    auto opened = Scheduler::Open(failing_, clock_, ids_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    scheduler_ = *std::move(opened);
  }

  WaitlistId Join(ResourceId patient) {
    WaitlistEntry entry;
    entry.patient = patient;
    entry.specialty = "cardiology";
    entry.range = {At(9), At(17)};
    entry.duration = minutes{30};
    const auto joined = scheduler_->JoinWaitlist(entry, {.actor = "rosa"});
    EXPECT_TRUE(joined.ok()) << joined.error().message;
    return joined->id;
  }

  WaitlistEntry Entry(WaitlistId id) { return scheduler_->FindWaitlistEntry(id).value(); }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
  FailingStore failing_{*store_};
  std::unique_ptr<Scheduler> scheduler_;
  BookingId booked_;
};

INSTANTIATE_TEST_SUITE_P(AllStores, WaitlistOverStore, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(WaitlistOverStore, StoreThatFails_LeavesNothingBehind) {
  const WaitlistId bob = Join(kBob);
  const WaitlistEntry before = Entry(bob);
  failing_.failing = true;
  WaitlistEntry another = before;
  another.id = {};
  EXPECT_EQ(scheduler_->JoinWaitlist(another).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(scheduler_->LeaveWaitlist(bob).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(scheduler_->Cancel(booked_).error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  EXPECT_EQ(scheduler_->Find(booked_)->status, "booked");
  EXPECT_EQ(scheduler_->Waitlist(), std::vector{before});
  EXPECT_TRUE(scheduler_->BookingsOf(kBob, {At(0), At(24)})->empty());
  // Whoever was to be offered the time still waits for it.
  ASSERT_TRUE(scheduler_->Cancel(booked_).ok());
  EXPECT_TRUE(Entry(bob).offer);
  Reopen();
  EXPECT_EQ(scheduler_->Waitlist().size(), 1U);
}

TEST_P(WaitlistOverStore, OpenOffers_AreThereWhenOpenedAgain) {
  const WaitlistId bob = Join(kBob);
  clock_.Advance(minutes{1});
  const WaitlistId alice = Join(kAlice);
  ASSERT_TRUE(scheduler_->Cancel(booked_).ok());
  const WaitlistEntry offered = Entry(bob);
  ASSERT_TRUE(offered.offer);
  const std::vector<WaitlistEntry> all = scheduler_->Waitlist();
  Reopen();
  EXPECT_EQ(scheduler_->Waitlist(), all);
  EXPECT_EQ(scheduler_->Find(*offered.offer)->interval, Visit(10));
  ASSERT_TRUE(scheduler_->Confirm(*offered.offer).ok());
  Reopen();
  EXPECT_EQ(scheduler_->FindWaitlistEntry(bob).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(scheduler_->FindWaitlistEntry(alice).ok());
}

TEST_P(WaitlistOverStore, AnOfferThatRanOutWhileClosed_GoesToTheNext) {
  const WaitlistId bob = Join(kBob);
  ASSERT_TRUE(scheduler_->AddResource(MakeResource(IdNumber(5), ResourceKind::kPatient)).ok());
  clock_.Advance(minutes{1});
  const WaitlistId carol = Join(IdNumber(5));
  ASSERT_TRUE(scheduler_->Cancel(booked_).ok());
  ASSERT_TRUE(Entry(bob).offer);
  clock_.Advance(minutes{16});
  Reopen();
  ASSERT_TRUE(scheduler_->ExpireHolds().ok());
  Reopen();
  EXPECT_FALSE(Entry(bob).offer);
  EXPECT_EQ(Entry(bob).declined, (std::vector<DeclinedVisit>{{kDoctor, Visit(10)}}));
  ASSERT_TRUE(Entry(carol).offer);
  EXPECT_EQ(scheduler_->Find(*Entry(carol).offer)->interval, Visit(10));
}

TEST_P(WaitlistOverStore, ExpiryThatCouldNotBeWritten_IsOfferedTheNextTime) {
  const auto hold =
      scheduler_->Hold({.resources = {kDoctor, kAlice}, .interval = Visit(12)}, minutes{1});
  ASSERT_TRUE(hold.ok());
  const WaitlistId bob = Join(kBob);
  clock_.Advance(minutes{2});
  failing_.failing = true;
  EXPECT_FALSE(scheduler_->ExpireHolds().ok());
  EXPECT_FALSE(Entry(bob).offer);
  failing_.failing = false;
  ASSERT_TRUE(scheduler_->ExpireHolds().ok());
  ASSERT_TRUE(Entry(bob).offer);
  EXPECT_EQ(scheduler_->Find(*Entry(bob).offer)->interval, Visit(12));
}

TEST_P(WaitlistOverStore, CancellationAndOffer_AreOneTransaction) {
  const WaitlistId bob = Join(kBob);
  failing_.writes = 0;
  ASSERT_TRUE(scheduler_->Cancel(booked_, {.actor = "alice", .request = "r1"}).ok());
  EXPECT_EQ(failing_.writes, 1);
  const BookingId offer = *Entry(bob).offer;
  std::vector<OutboxEvent> events;
  std::vector<AuditEntry> audit;
  std::vector<Transition> history;
  ASSERT_TRUE(store_
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    events = work.outbox().ReadAfter(0, 100).value();
                    audit = work.audit().ReadAfter(0, 100).value();
                    history = work.bookings().History(offer).value();
                    return {};
                  })
                  .ok());
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].action, "offer");
  EXPECT_EQ(history[0].by, "system");
  EXPECT_EQ(events.back().type, "waitlist.offered");
  EXPECT_EQ(events.back().subject, bob.uuid());
  EXPECT_EQ(audit.back().action, "waitlist.offer");
  EXPECT_EQ(audit.back().subject, ToString(bob));
  EXPECT_EQ(audit.back().patient, kBob);
  EXPECT_EQ(audit.back().request, "r1");
  ASSERT_TRUE(scheduler_->LeaveWaitlist(bob, {.actor = "bob"}).ok());
  EXPECT_EQ(failing_.writes, 2);
}

TEST_P(WaitlistOverStore, OfferThatTheStoreRefuses_LeavesAPlainCancellation) {
  const WaitlistId bob = Join(kBob);
  // Another program booked the patient, which the scheduler does not know.
  const Booking foreign{.id = BookingId(Uuid{9, 9}),
                        .interval = Visit(10),
                        .allocations = {{kBob, Visit(10)}},
                        .status = "booked",
                        .created_at = At(8),
                        .updated_at = At(8)};
  ASSERT_TRUE(
      store_->Write([&](UnitOfWork& work) { return work.bookings().Insert(foreign); }).ok());
  ASSERT_TRUE(scheduler_->Cancel(booked_).ok());
  EXPECT_FALSE(Entry(bob).offer);
  EXPECT_EQ(scheduler_->Find(booked_)->status, "cancelled");
  EXPECT_TRUE(scheduler_->BookingsOf(kBob, Visit(10))->empty());
  EXPECT_TRUE(scheduler_->Book({.resources = {kDoctor}, .interval = Visit(10)}).ok());
  Reopen();
  EXPECT_FALSE(Entry(bob).offer);
  EXPECT_EQ(scheduler_->Find(booked_)->status, "cancelled");
}

TEST_P(WaitlistOverStore, ManyThreads_OfferEachTimeAndEachEntryOnce) {
  std::vector<BookingId> booked;
  for (int i = 0; i < 8; ++i) {
    booked.push_back(
        scheduler_->Book({.resources = {kDoctor, kAlice}, .interval = Visit(12, 30 * i)})->id);
  }
  std::vector<WaitlistId> waiting;
  for (std::uint64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(
        scheduler_->AddResource(MakeResource(IdNumber(20 + i), ResourceKind::kPatient)).ok());
    waiting.push_back(Join(IdNumber(20 + i)));
  }
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < booked.size(); i += 4) {
        EXPECT_TRUE(scheduler_->Cancel(booked[i]).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Reopen();
  std::vector<Instant> starts;
  for (const WaitlistId id : waiting) {
    ASSERT_TRUE(Entry(id).offer);
    starts.push_back(scheduler_->Find(*Entry(id).offer)->interval.start);
  }
  std::ranges::sort(starts);
  EXPECT_EQ(std::ranges::adjacent_find(starts), starts.end());
  EXPECT_EQ(scheduler_->BookingsOf(kDoctor, {At(12), At(16)})->size(), 6U);
}

}  // namespace
}  // namespace clinic
