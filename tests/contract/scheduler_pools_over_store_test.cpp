// Pools over every store: what was chosen is known again, and so is that it may make way.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

/// Passes everything on, until it is told to refuse writing.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}

  Result<void> Write(const Work& work) override {
    if (failing) return Error{ErrorCode::kUnavailable, "the disk is full"};
    return store_.Write(work);
  }
  Result<void> Read(const Work& work) override { return store_.Read(work); }
  Result<std::unique_ptr<ChangeSignal>> Watch() override { return store_.Watch(); }

  std::atomic<bool> failing = false;

 private:
  Store& store_;
};

/// Room 10 is of pool "a", 11 of "a" and "b", 12 of "b". The booking `first_` on "b" is in 11,
/// while 12 is free, and 10 is taken: the next one on "a" has it make way.
class PoolsOverStore : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override {
    Reopen();
    AddRoom(10, {"a"});
    AddRoom(11, {"a", "b"});
    AddRoom(12, {"b"});
    const auto blocker = scheduler_->Book({.resources = {IdNumber(12)}, .interval = Visit(10)});
    first_ = scheduler_->Book({.pools = {{"b"}}, .interval = Visit(10)})->id;
    ASSERT_TRUE(scheduler_->Cancel(blocker->id).ok());
    ASSERT_TRUE(scheduler_->Book({.resources = {IdNumber(10)}, .interval = Visit(10)}).ok());
    ASSERT_EQ(RoomOf(first_), 11U);
  }

  void Reopen() {
    scheduler_.reset();
    auto opened = Scheduler::Open(failing_, clock_, ids_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    scheduler_ = *std::move(opened);
  }

  void AddRoom(std::uint64_t number, std::vector<std::string> pools) {
    Resource room = MakeResource(IdNumber(number), ResourceKind::kRoom);
    room.specialties = std::move(pools);
    ASSERT_TRUE(scheduler_->AddResource(room).ok());
  }

  std::uint64_t RoomOf(BookingId id) {
    return scheduler_->Find(id)->allocations.front().resource.uuid().low;
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
  FailingStore failing_{*store_};
  std::unique_ptr<Scheduler> scheduler_;
  BookingId first_;
  const BookRequest on_a_{.pools = {{"a"}}, .interval = Visit(10)};
};

INSTANTIATE_TEST_SUITE_P(AllStores, PoolsOverStore, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(PoolsOverStore, OpenedAgain_OthersStillMakeWay) {
  Reopen();
  const auto booked = scheduler_->Book(on_a_, {.actor = "rosa", .reason = "urgent"});
  ASSERT_TRUE(booked.ok()) << booked.error().message;
  Reopen();
  EXPECT_EQ(*scheduler_->Find(booked->id), *booked);
  EXPECT_EQ(RoomOf(booked->id), 11U);
  EXPECT_EQ(RoomOf(first_), 12U);
  EXPECT_EQ(scheduler_->Find(first_)->allocations.front().pool, "b");
  EXPECT_FALSE(scheduler_->Book({.pools = {{"b"}}, .interval = Visit(10)}).ok());
}

TEST_P(PoolsOverStore, WhoMakesWay_IsToldInTheHistoryAndTheOutbox) {
  const auto booked = scheduler_->Book(on_a_, {.actor = "rosa", .reason = "urgent"});
  ASSERT_TRUE(booked.ok());
  std::vector<Transition> history;
  std::vector<OutboxEvent> events;
  ASSERT_TRUE(store_
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    history = work.bookings().History(first_).value();
                    events = work.outbox().ReadAfter(0, 100).value();
                    return {};
                  })
                  .ok());
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].action, "reassign");
  EXPECT_EQ(history[1].from, "booked");
  EXPECT_EQ(history[1].to, "booked");
  EXPECT_EQ(history[1].version, 2U);
  EXPECT_EQ(history[1].by, "rosa");
  EXPECT_EQ(events.back().type, "appointment.rescheduled");
  EXPECT_EQ(events.back().subject, first_.uuid());
  EXPECT_EQ(events.back().version, 2U);
}

TEST_P(PoolsOverStore, StoreThatFails_LeavesNothingBehind) {
  const auto refuse = [](UnitOfWork&, const Booking&) -> Result<void> {
    return Error{ErrorCode::kAlreadyExists, "said before"};
  };
  failing_.failing = true;
  EXPECT_EQ(scheduler_->Book(on_a_).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(scheduler_->BookEach({&on_a_, 1}).front().error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  EXPECT_EQ(scheduler_->Book(on_a_, {}, refuse).error().code, ErrorCode::kAlreadyExists);
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    EXPECT_EQ(RoomOf(first_), 11U);
    EXPECT_EQ(scheduler_->Find(first_)->version, 1U);
    EXPECT_TRUE(scheduler_->Check({.resources = {IdNumber(12)}, .interval = Visit(10)}).ok());
  }
  EXPECT_TRUE(scheduler_->BookEach({&on_a_, 1}).front().ok());
  Reopen();
  EXPECT_EQ(RoomOf(first_), 12U);
}

TEST_P(PoolsOverStore, ATimeThatIsGivenUpIsFreeForWhatComesBeforeIt) {
  const std::vector<Change> change = {
      BookRequest{.resources = {IdNumber(11)}, .interval = Visit(10)},
      Act{.booking = first_, .action = "cancel"}};
  const auto applied = scheduler_->Apply(change);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  Reopen();
  EXPECT_EQ(scheduler_->Find(first_)->status, "cancelled");
}

}  // namespace
}  // namespace clinic
