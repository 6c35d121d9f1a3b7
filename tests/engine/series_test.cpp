// Series: refused, placed in time, booked as a whole or in part, cancelled, raced for, and against
// booking each occurrence by itself.
#include "clinic/series.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "clinic/branch.hpp"
#include "clinic/time_text.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Policy = SeriesRequest::Policy;

RecurrenceRule Rule(std::string_view text) { return RecurrenceRule::Parse(text).value(); }

Interval Later(const Interval& visit, Duration by) { return {visit.start + by, visit.end + by}; }

class Series : public SchedulerTest {
 protected:
  static SeriesRequest Weekly(Policy policy = Policy::kAllOrNothing) {
    return {.first = {.resources = {kDoctor, kAlice}, .interval = Visit(9), .reason = "Therapy"},
            .rule = Rule("FREQ=WEEKLY;COUNT=4"),
            .policy = policy};
  }

  ErrorCode Refused(const SeriesRequest& request) {
    const auto checked = CheckSeries(scheduler_, request);
    const auto booked = BookSeries(scheduler_, request);
    EXPECT_FALSE(checked.ok());
    EXPECT_FALSE(booked.ok());
    if (checked.ok() || booked.ok()) return ErrorCode::kCorrupt;
    EXPECT_EQ(checked.error().code, booked.error().code);
    return booked.error().code;
  }

  std::vector<Booking> BookingsOf(ResourceId id) {
    return *scheduler_.BookingsOf(id, {kEarliest, kLatest});
  }
};

std::vector<std::string> StartsOf(const std::vector<CheckedOccurrence>& occurrences) {
  std::vector<std::string> starts;
  for (const auto& occurrence : occurrences) starts.push_back(FormatUtc(occurrence.interval.start));
  return starts;
}

TEST_F(Series, RefusesWhatIsNoSeries) {
  const auto refused = [&](const std::function<void(SeriesRequest&)>& change) {
    SeriesRequest request = Weekly();
    change(request);
    return Refused(request);
  };
  const auto invalid = ErrorCode::kInvalidArgument;
  EXPECT_EQ(refused([](auto& r) { r.first.id = BookingId(Uuid{0, 1}); }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.first.resources.clear(); }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.first.resources = {kAlice, kAlice}; }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.first.hold = minutes{0}; }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.timezone = "Mars/Olympus"; }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.most = 0; }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.most = kMostOccurrences + 1; }), invalid);
  EXPECT_EQ(refused([](auto& r) { r.rdates = {CivilTime::max()}; }), invalid);
  EXPECT_EQ(refused([](auto& r) {
              r.rule.reset();
              r.exdates = {CivilTime{At(9).time_since_epoch()}};
            }),
            invalid);
  EXPECT_EQ(refused([](auto& r) { r.first.resources = {IdNumber(99)}; }),
            ErrorCode::kUnknownResource);
  EXPECT_EQ(refused([](auto& r) { r.first.interval.end = At(9); }), ErrorCode::kBadInterval);
  EXPECT_EQ(refused([](auto& r) { r.rule = Rule("FREQ=YEARLY;INTERVAL=500"); }),
            ErrorCode::kUnbounded);
  EXPECT_EQ(refused([](auto& r) { r.rule = Rule("FREQ=DAILY;COUNT=1001"); }),
            ErrorCode::kUnbounded);
  EXPECT_EQ(refused([](auto& r) { r.most = 3; }), ErrorCode::kUnbounded);
  EXPECT_EQ(refused([](auto& r) { r.rule = Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"); }),
            ErrorCode::kUnbounded);
}

TEST_F(Series, StaysAtNineWhenTheClocksChange) {
  Resource doctor = MakeResource(IdNumber(5), ResourceKind::kPractitioner);
  doctor.timezone = "America/New_York";
  ASSERT_TRUE(scheduler_.AddResource(doctor).ok());
  SeriesRequest request = Weekly();
  request.first.resources = {kAlice, doctor.id};  // the practitioner's zone, wherever it stands
  request.first.interval = Visit(14);             // 09:00 EST
  EXPECT_EQ(StartsOf(*CheckSeries(scheduler_, request)),
            (std::vector<std::string>{"2024-03-01T14:00:00Z", "2024-03-08T14:00:00Z",
                                      "2024-03-15T13:00:00Z", "2024-03-22T13:00:00Z"}));
  request.timezone = "UTC";
  EXPECT_EQ(StartsOf(*CheckSeries(scheduler_, request)).back(), "2024-03-22T14:00:00Z");
}

TEST_F(Series, SkippedTimesMoveForward_AndMeetWhatIsThereOnce) {
  SeriesRequest request{.first = {.resources = {kAlice}, .interval = {At(0), At(0, 10)}},
                        .rule = Rule("FREQ=HOURLY;COUNT=4"),
                        .timezone = "America/New_York"};
  request.first.interval.start = *ParseInstant("2024-03-10T06:30:00Z");  // 01:30 EST
  request.first.interval.end = request.first.interval.start + minutes{10};
  // 01:30, 02:30 which is skipped and means 03:30, 03:30, 04:30.
  EXPECT_EQ(StartsOf(*CheckSeries(scheduler_, request)),
            (std::vector<std::string>{"2024-03-10T06:30:00Z", "2024-03-10T07:30:00Z",
                                      "2024-03-10T08:30:00Z"}));
}

TEST_F(Series, FirstInTheSecondPassOfARepeatedHourStaysThere) {
  SeriesRequest request{.first = {.resources = {kAlice}},
                        .rule = Rule("FREQ=DAILY;COUNT=2"),
                        .timezone = "America/New_York"};
  const Instant second_pass = *ParseInstant("2024-11-03T06:30:00Z");  // 01:30 EST
  request.first.interval = {second_pass, second_pass + minutes{10}};
  EXPECT_EQ(StartsOf(*CheckSeries(scheduler_, request)),
            (std::vector<std::string>{"2024-11-03T06:30:00Z", "2024-11-04T06:30:00Z"}));
}

TEST_F(Series, DatesAreAddedAndTakenOut_AndAnUntilMayBeInUtc) {
  SeriesRequest request = Weekly();
  request.rule = Rule("FREQ=WEEKLY;UNTIL=20240315T090000Z");
  const CivilTime nine{At(9).time_since_epoch()};
  request.rdates = {nine + days{3}};
  request.exdates = {nine + days{7}};
  EXPECT_EQ(StartsOf(*CheckSeries(scheduler_, request)),
            (std::vector<std::string>{"2024-03-01T09:00:00Z", "2024-03-04T09:00:00Z",
                                      "2024-03-15T09:00:00Z"}));
}

TEST_F(Series, BooksEachOccurrence) {
  const auto booked = BookSeries(scheduler_, Weekly());
  ASSERT_TRUE(booked.ok()) << booked.error().message;
  ASSERT_EQ(booked->occurrences.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& [interval, booking] = booked->occurrences[i];
    EXPECT_EQ(interval, Later(Visit(9), days{7 * i}));
    ASSERT_TRUE(booking.ok());
    EXPECT_EQ(*scheduler_.Find(booking->id), *booking);
    EXPECT_EQ(booking->series, booked->id);
    EXPECT_EQ(booking->reason, "Therapy");
  }
}

TEST_F(Series, AllOrNothing_NamesEveryOccurrenceThatCannotBeHad) {
  const Booking first = *BookAt(Later(Visit(9), days{7}), kBob);
  ASSERT_TRUE(
      scheduler_.PutTimeOff({.resource = kDoctor, .interval = Later(Visit(9), days{21})}).ok());
  const auto refused = BookSeries(scheduler_, Weekly());
  ASSERT_FALSE(refused.ok());
  const Error& error = refused.error();
  EXPECT_EQ(error.code, ErrorCode::kOutsideAvailability);
  EXPECT_EQ(error.position, 1U);
  ASSERT_EQ(error.conflicts.size(), 1U);
  EXPECT_EQ(error.conflicts[0].booking, first.id);
  EXPECT_EQ(error.message,
            "2 of 4 occurrences cannot be had: 2024-03-08T09:00:00Z (the time is taken); "
            "2024-03-22T09:00:00Z (the practitioner is not available at that time)");
  EXPECT_TRUE(BookingsOf(kAlice).empty());
}

TEST_F(Series, SkippingConflicts_BooksTheOthersAndSaysWhy) {
  ASSERT_TRUE(BookAt(Later(Visit(9), days{7}), kBob).ok());
  const auto booked = BookSeries(scheduler_, Weekly(Policy::kSkipConflicts));
  ASSERT_TRUE(booked.ok());
  const Result<Booking>& refused = booked->occurrences[1].booking;
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(refused.error().alternatives.empty());
  EXPECT_EQ(refused.error().conflicts.size(), 1U);
  EXPECT_EQ(BookingsOf(kAlice).size(), 3U);
}

TEST_F(Series, BeyondTheHorizonIsAnOccurrencesOwnMatter) {
  SeriesRequest request = Weekly(Policy::kSkipConflicts);
  request.rule = Rule("FREQ=YEARLY;COUNT=4;BYMONTH=3;BYDAY=1FR");
  const auto booked = BookSeries(scheduler_, request);
  EXPECT_TRUE(booked->occurrences[1].booking.ok());
  EXPECT_EQ(booked->occurrences[3].booking.error().code, ErrorCode::kBeyondHorizon);
  clock_.Advance(hours{2});
  EXPECT_EQ(CheckSeries(scheduler_, request)->front().judged.error().code, ErrorCode::kInThePast);
}

TEST_F(Series, OccurrencesThatOverlapEachOtherConflict) {
  SeriesRequest request = Weekly(Policy::kSkipConflicts);
  request.first.interval = Visit(9, 0, 60);
  request.rule = Rule("FREQ=MINUTELY;INTERVAL=30;COUNT=4");
  const auto checked = CheckSeries(scheduler_, request);
  EXPECT_TRUE(BookingsOf(kAlice).empty());
  const auto booked = BookSeries(scheduler_, request);
  for (const std::size_t i : {0U, 1U, 2U, 3U}) {
    EXPECT_EQ((*checked)[i].judged.ok(), i % 2 == 0) << i;
    EXPECT_EQ(booked->occurrences[i].booking.ok(), i % 2 == 0) << i;
  }
}

TEST_F(Series, IsTriedInABranch) {
  Branch trial = *scheduler_.MakeBranch();
  ASSERT_TRUE(trial->Book({.resources = {kDoctor}, .interval = Visit(9)}).ok());
  EXPECT_FALSE(CheckSeries(*trial, Weekly())->front().judged.ok());
  EXPECT_EQ(BookSeries(*trial, Weekly()).error().position, 0U);
  EXPECT_TRUE(CheckSeries(scheduler_, Weekly())->front().judged.ok());
}

TEST_F(Series, AskedForAgainUnderItsId_BooksNothingTwice) {
  SeriesRequest request = Weekly();
  request.first.series = SeriesId(Uuid{7, 7});
  ASSERT_TRUE(BookSeries(scheduler_, request).ok());
  EXPECT_EQ(BookSeries(scheduler_, request).error().code, ErrorCode::kAlreadyExists);
  request.rule = Rule("FREQ=WEEKLY;COUNT=5");
  request.policy = Policy::kSkipConflicts;
  const auto more = BookSeries(scheduler_, request);
  EXPECT_EQ(more->occurrences[3].booking.error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(more->occurrences[4].booking.ok());
}

TEST_F(Series, CancelsThisAndFollowing_AndOnlyWhatIsOfTheSeries) {
  const auto series = BookSeries(scheduler_, Weekly());
  const auto other = BookAt(Later(Visit(11), days{14}));
  const SeriesPart following{.series = series->id, .resource = kAlice, .from = At(9) + days{14}};
  EXPECT_EQ(CancelSeries(scheduler_, {.series = series->id, .resource = IdNumber(99)}).error().code,
            ErrorCode::kUnknownResource);
  EXPECT_EQ(CancelSeries(scheduler_, {.resource = kAlice, .from = kLatest}).error().code,
            ErrorCode::kBadInterval);
  SeriesPart later = following;
  later.from += minutes{1};  // in the middle of the third, which is not of it
  EXPECT_EQ(BookingsOfSeries(scheduler_, later)->size(), 1U);
  const auto cancelled = CancelSeries(scheduler_, following);
  ASSERT_TRUE(cancelled.ok());
  ASSERT_EQ(cancelled->size(), 2U);
  EXPECT_EQ((*cancelled)[0].interval, Later(Visit(9), days{14}));
  EXPECT_EQ((*cancelled)[1].status, "cancelled");
  EXPECT_EQ(scheduler_.Find(other->id)->status, "booked");
  EXPECT_TRUE(CancelSeries(scheduler_, following)->empty());
  clock_.Advance(days{1});  // the first one has been
  EXPECT_EQ(CancelSeries(scheduler_, {.series = series->id, .resource = kDoctor})->size(), 1U);
  EXPECT_EQ(scheduler_.Find(series->occurrences[0].booking->id)->status, "booked");
}

TEST(SeriesRace, SeriesNeverOverlap_AndNoneIsHalfBooked) {
  SimulatedClock clock(At(8));
  UuidV7Generator ids(clock, 1);
  Scheduler scheduler(clock, ids);
  Populate(scheduler);
  std::atomic<std::size_t> booked = 0;
  std::vector<std::thread> threads;
  for (const ResourceId patient : {kAlice, kBob}) {
    threads.emplace_back([&, patient] {
      for (int i = 0; i < 16; ++i) {
        const int quarter = patient == kAlice ? i : 15 - i;
        const bool all = i % 2 == 0;
        const auto series = BookSeries(
            scheduler,
            {.first = {.resources = {kDoctor, patient}, .interval = Visit(9, 15 * quarter)},
             .rule = Rule("FREQ=DAILY;COUNT=8"),
             .policy = all ? Policy::kAllOrNothing : Policy::kSkipConflicts});
        for (std::size_t k = 0; series.ok() && k < series->occurrences.size(); ++k) {
          booked += series->occurrences[k].booking.ok() ? 1 : 0;
        }
        if (series.ok() && i % 3 == 0) {
          const auto gone = CancelSeries(scheduler, {.series = series->id, .resource = patient});
          booked -= gone->size();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<Booking> bookings = *scheduler.BookingsOf(kDoctor, {kEarliest, kLatest});
  EXPECT_EQ(bookings.size(), booked);
  EXPECT_GT(booked, 0U);
  for (std::size_t i = 1; i < bookings.size(); ++i) {
    EXPECT_LE(bookings[i - 1].interval.end, bookings[i].interval.start);
  }
}

// Random series in a half-full clinic, against a clinic just like it in which each occurrence is
// booked by itself.
TEST(SeriesRandom, AgreesWithBookingEachByItself) {
  std::size_t whole = 0;
  std::size_t in_part = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](int bound) {
      return static_cast<int>(random() % static_cast<std::uint64_t>(bound));
    };
    SimulatedClock clock(At(8));
    UuidV7Generator ids(clock, 1);
    Scheduler scheduler(clock, ids);
    Scheduler twin(clock, ids);
    Resource group = MakeResource(kRoom, ResourceKind::kRoom, 1 + below(2));
    group.buffer_before = below(2) * minutes{10};
    group.buffer_after = below(2) * minutes{5};
    std::vector<BookRequest> taken;
    for (int i = 0; i < 12; ++i) {
      const Instant start = At(9) + days{below(6)} + minutes{15 * below(8)};
      taken.push_back({.resources = {below(2) == 0 ? kDoctor : kRoom},
                       .interval = {start, start + minutes{30}}});
    }
    for (Scheduler* each : {&scheduler, &twin}) {
      ASSERT_TRUE(each->AddResource(MakeDoctor(kDoctor)).ok());
      ASSERT_TRUE(each->PutAvailability(kDoctor, Weekdays()).ok());
      ASSERT_TRUE(each->AddResource(group).ok());
      for (const BookRequest& request : taken) (void)each->Book(request);
    }
    SeriesRequest request{
        .first = {.resources = {kRoom}, .interval = Visit(9, 5 * below(24), 15 + 15 * below(4))},
        .rule = Rule(std::array{
            "FREQ=DAILY;COUNT=6", "FREQ=HOURLY;COUNT=9", "FREQ=MINUTELY;INTERVAL=35;COUNT=7",
            "FREQ=DAILY;BYHOUR=9,10;COUNT=9"}[static_cast<std::size_t>(below(4))]),
        .policy = Policy::kSkipConflicts};
    if (below(2) == 0) request.first.resources.push_back(kDoctor);

    const auto checked = CheckSeries(scheduler, request);
    ASSERT_TRUE(checked.ok());
    std::size_t possible = 0;
    std::vector<std::optional<ErrorCode>> expected;
    for (const CheckedOccurrence& occurrence : *checked) {
      BookRequest one = request.first;
      one.interval = occurrence.interval;
      const auto booked = twin.Book(one);
      expected.push_back(booked.ok() ? std::nullopt : std::optional(booked.error().code));
      possible += booked.ok() ? 1 : 0;
      ASSERT_EQ(occurrence.judged.ok(), booked.ok()) << "seed " << seed;
      if (!booked.ok()) {
        ASSERT_EQ(occurrence.judged.error().code, booked.error().code) << "seed " << seed;
        ASSERT_EQ(occurrence.judged.error().alternatives.empty(),
                  booked.error().alternatives.empty());
      }
    }
    const std::size_t before = scheduler.BookingsOf(kRoom, {kEarliest, kLatest})->size();
    request.policy = Policy::kAllOrNothing;
    const auto all = BookSeries(scheduler, request);
    ASSERT_EQ(all.ok(), possible == expected.size()) << "seed " << seed;
    if (all.ok()) {
      ++whole;
      continue;
    }
    ASSERT_EQ(scheduler.BookingsOf(kRoom, {kEarliest, kLatest})->size(), before);
    request.policy = Policy::kSkipConflicts;
    const auto some = BookSeries(scheduler, request);
    ASSERT_TRUE(some.ok());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Result<Booking>& booking = some->occurrences[i].booking;
      ASSERT_EQ(booking.ok() ? std::nullopt : std::optional(booking.error().code), expected[i])
          << "seed " << seed << ", occurrence " << i;
    }
    in_part += possible > 0 ? 1 : 0;
  }
  EXPECT_GT(whole, 100U);
  EXPECT_GT(in_part, 300U);
}

}  // namespace
}  // namespace clinic
