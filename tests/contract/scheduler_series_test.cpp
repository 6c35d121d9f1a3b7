// Series and sequences over every store: booked in one transaction, with what goes with it.
#include <gtest/gtest.h>

#include "clinic/sequence.hpp"
#include "clinic/series.hpp"
#include "tests/contract/failing_store.hpp"
#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using Policy = SeriesRequest::Policy;

class SeriesOverStore : public testing::TestWithParam<StoreUnderTest> {
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

  static SeriesRequest Weekly(Policy policy) {
    return {.first = {.resources = {kDoctor, kAlice}, .interval = Visit(9)},
            .rule = RecurrenceRule::Parse("FREQ=WEEKLY;COUNT=3").value(),
            .policy = policy};
  }

  static SequenceQuery RoomThenDoctor() {
    return {.steps = {{.resources = {kRoom}, .duration = minutes{15}},
                      {.resources = {kDoctor}, .duration = minutes{15}}},
            .throughout = {kAlice},
            .range = {At(8), At(17)}};
  }

  std::size_t BookingsOf(ResourceId id) {
    return scheduler_->BookingsOf(id, {kEarliest, kLatest})->size();
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
  FailingStore failing_{*store_};
  std::unique_ptr<Scheduler> scheduler_;
};

INSTANTIATE_TEST_SUITE_P(AllStores, SeriesOverStore, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(SeriesOverStore, StoreThatFails_LeavesNothingBehind) {
  failing_.failing = true;
  for (const Policy policy : {Policy::kAllOrNothing, Policy::kSkipConflicts}) {
    EXPECT_EQ(BookSeries(*scheduler_, Weekly(policy)).error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(BookSequence(*scheduler_, RoomThenDoctor()).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(BookingsOf(kDoctor), 0U);
  failing_.failing = false;
  const auto series = BookSeries(*scheduler_, Weekly(Policy::kAllOrNothing));
  ASSERT_TRUE(series.ok());
  failing_.failing = true;
  const SeriesPart all{.series = series->id, .resource = kAlice};
  EXPECT_EQ(CancelSeries(*scheduler_, all).error().code, ErrorCode::kUnavailable);
  failing_.failing = false;
  EXPECT_EQ(BookingsOf(kAlice), 3U);
  Reopen();
  EXPECT_EQ(BookingsOf(kDoctor), 3U);
  EXPECT_EQ(CancelSeries(*scheduler_, all)->size(), 3U);
}

TEST_P(SeriesOverStore, AlongsideIsToldOfAllOfIt_AndCanRefuseAllOfIt) {
  ASSERT_TRUE(scheduler_->Book({.resources = {kDoctor}, .interval = Visit(9)}).ok());
  std::size_t told = 0;
  std::size_t booked = 0;
  const Alongside<BookedSeries> refuse = [&](UnitOfWork&, const BookedSeries& series) {
    told = series.occurrences.size();
    booked = 0;
    for (const auto& occurrence : series.occurrences) booked += occurrence.booking.ok() ? 1 : 0;
    return Result<void>(Error{ErrorCode::kAlreadyExists, "said before"});
  };
  const auto skipping = BookSeries(*scheduler_, Weekly(Policy::kSkipConflicts), {}, refuse);
  EXPECT_EQ(skipping.error().message, "said before");
  EXPECT_EQ(told, 3U);
  EXPECT_EQ(booked, 2U);
  SeriesRequest later = Weekly(Policy::kAllOrNothing);
  later.first.interval = Visit(10);
  EXPECT_EQ(BookSeries(*scheduler_, later, {}, refuse).error().message, "said before");
  EXPECT_EQ(booked, 3U);
  EXPECT_EQ(BookingsOf(kAlice), 0U);
}

TEST_P(SeriesOverStore, OpenedAgain_SeriesAndSequencesAreWhole) {
  const auto series =
      BookSeries(*scheduler_, Weekly(Policy::kAllOrNothing), {.actor = "alice", .reason = "asked"});
  const auto sequence = BookSequence(*scheduler_, RoomThenDoctor(), {.actor = "alice"});
  ASSERT_TRUE(series.ok());
  ASSERT_TRUE(sequence.ok());
  Reopen();
  EXPECT_EQ(
      BookingsOfSeries(*scheduler_, {.series = series->id, .resource = kDoctor, .from = At(10)})
          ->size(),
      2U);
  EXPECT_EQ(
      *BookingsOfSeries(*scheduler_, {.series = *sequence->front().series, .resource = kAlice}),
      *sequence);
  std::vector<Transition> history;
  ASSERT_TRUE(store_
                  ->Read([&](UnitOfWork& work) -> Result<void> {
                    history = *work.bookings().History(series->occurrences[2].booking->id);
                    return {};
                  })
                  .ok());
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].by, "alice");
}

}  // namespace
}  // namespace clinic
