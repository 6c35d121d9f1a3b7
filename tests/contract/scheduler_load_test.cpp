// Opening a scheduler over a store that holds many bookings, on one thread and on more.
#include <gtest/gtest.h>

#include <random>

#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

constexpr std::size_t kRequests = 3'000;
constexpr std::uint64_t kResources = 40;

class SchedulerLoad : public testing::TestWithParam<StoreUnderTest> {
 protected:
  std::unique_ptr<Scheduler> Open(std::size_t threads) {
    return Scheduler::Open(*store_, clock_, ids_, {.load_threads = threads}).value();
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
};

INSTANTIATE_TEST_SUITE_P(AllStores, SchedulerLoad, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(SchedulerLoad, GivesTheSameSchedulerOnAnyNumberOfThreads) {
  const auto before = Open(1);
  std::vector<Resource> resources;
  for (std::uint64_t i = 0; i < kResources; ++i) {
    resources.push_back(MakeResource(IdNumber(i + 1), ResourceKind::kRoom, i % 4 == 0 ? 3 : 1));
  }
  for (const auto& added : before->AddResources(resources)) ASSERT_TRUE(added.ok());

  std::mt19937_64 random(20240106);
  std::vector<BookRequest> requests(kRequests);
  for (BookRequest& request : requests) {
    const Instant start = At(9) + Duration(300 * static_cast<std::int64_t>(random() % 5'000));
    request.resources = {IdNumber(random() % 20 + 1), IdNumber(random() % 20 + 21)};
    request.interval = {start,
                        start + Duration(300 + 300 * static_cast<std::int64_t>(random() % 9))};
    request.reason = std::string(random() % 40, 'r');
    request.waive.conflicts = random() % 8 == 0;
  }
  std::vector<BookingId> booked;
  for (const Result<Booking>& booking : before->BookEach(requests)) {
    if (booking.ok()) booked.push_back(booking->id);
  }
  ASSERT_GT(booked.size(), 2'048U);  // more than are handed over at a time
  for (std::size_t i = 0; i < booked.size(); i += 40) ASSERT_TRUE(before->Cancel(booked[i]).ok());
  const BookRequest held{.resources = {IdNumber(2)}, .interval = {At(8), At(9)}};
  const BookingId hold = before->Hold(held, std::chrono::minutes{5})->id;

  const Interval ever{kEarliest, kLatest};
  for (const std::size_t threads : {0U, 1U, 2U, 4U}) {
    const auto after = Open(threads);
    for (const BookingId id : booked) ASSERT_EQ(after->Find(id).value(), before->Find(id).value());
    for (std::uint64_t i = 0; i < kResources; ++i) {
      ASSERT_EQ(after->BookingsOf(IdNumber(i + 1), ever).value(),
                before->BookingsOf(IdNumber(i + 1), ever).value());
    }
    EXPECT_EQ(after->Find(hold)->expires_at, At(8) + std::chrono::minutes{5});
    EXPECT_EQ(after->Check(held).error().code, ErrorCode::kConflict);
  }
  clock_.Advance(std::chrono::minutes{5});
  EXPECT_EQ(Open(2)->Find(hold)->status, "cancelled");
}

TEST_P(SchedulerLoad, RefusesAStatusThatTheWorkflowDoesNotKnow) {
  const auto before = Open(1);
  ASSERT_TRUE(before->AddResource(MakeResource(kRoom, ResourceKind::kRoom)).ok());
  const auto booked = before->Book({.resources = {kRoom}, .interval = {At(9), At(10)}});
  ASSERT_TRUE(booked.ok());
  ASSERT_TRUE(store_
                  ->Write([&](UnitOfWork& work) {
                    Booking changed = *booked;
                    changed.status = "lost";
                    changed.version = 2;
                    return work.bookings().Update(changed);
                  })
                  .ok());
  for (const std::size_t threads : {1U, 2U}) {
    const auto after = Scheduler::Open(*store_, clock_, ids_, {.load_threads = threads});
    ASSERT_FALSE(after.ok());
    EXPECT_EQ(after.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace clinic
