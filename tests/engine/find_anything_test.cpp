// Everything that FindSlots can be asked for, against a plain reference: every start of the range
// is tried with Check, filtered by the words of the docstrings, and sorted.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Zone& NewYork() {
  static const Zone zone = Zone::Load("America/New_York").value();
  return zone;
}

bool IsInside(const CivilWindow& window, const Zone& zone, const Interval& visit) {
  const CivilDay day = std::chrono::floor<days>(zone.ToCivil(visit.start));
  const auto& on = window.weekdays;
  if (!on.empty() && std::ranges::count(on, std::chrono::weekday(day)) == 0) return false;
  return zone.ToInstant(day + window.from) <= visit.start &&
         visit.end <= zone.ToInstant(day + window.until);
}

class FindAnything : public testing::Test {
 protected:
  static constexpr int kDoctors = 4;

  void Make(unsigned seed) {
    random_.seed(seed);
    clock_.Set(kSunday);
    scheduler_ = std::make_unique<Scheduler>(clock_, ids_, SchedulerOptions{.alternatives = 0});
    Populate(*scheduler_);
    for (std::uint64_t i = 0; i < kDoctors; ++i) {
      Resource doctor = MakeDoctor(IdNumber(10 + i));
      doctor.timezone = i % 2 == 0 ? "America/New_York" : "UTC";
      doctor.buffer_after = minutes{5 * Below(3)};
      doctor.default_duration = minutes{15 + 15 * Below(3)};
      ASSERT_TRUE(scheduler_->AddResource(doctor).ok());
      ASSERT_TRUE(scheduler_->PutAvailability(doctor.id, Weekends(i)).ok());
      for (int n = 0; n < 12; ++n) {
        const Instant start = kSunday - hours{20} + minutes{5 * Below(600)};
        (void)scheduler_->Book({.resources = {doctor.id, Below(3) == 0 ? kAlice : kBob},
                                .interval = {start, start + minutes{15 + 5 * Below(20)}},
                                .waive = Waivers::Import()});
      }
    }
  }

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  // Every day from 09:00 to 17:00.
  static AvailabilityRule Weekends(std::uint64_t number) {
    AvailabilityRule rule = Weekdays(number);
    rule.rule = RecurrenceRule::Parse("FREQ=DAILY").value();
    return rule;
  }

  SlotQuery AnyQuery() {
    SlotQuery query{.specialty = "cardiology", .range = {kSunday, kSunday + hours{40}}};
    if (Below(2) == 0) query.duration = minutes{15 + 5 * Below(8)};
    if (Below(2) == 0) query.together = {kAlice};
    for (std::uint64_t n = Below(3); n > 0; --n) {
      const Duration from = minutes{30 * Below(40)};
      CivilWindow window{.from = from, .until = from + minutes{15 + 30 * Below(8)}};
      if (Below(2) == 0) window.weekdays = {std::chrono::Sunday};
      if (Below(4) == 0) window.weekdays = {std::chrono::Monday, std::chrono::Tuesday};
      query.times.push_back(window);
    }
    if (Below(2) == 0) query.times_zone = "America/New_York";
    for (std::uint64_t n = Below(3); n > 0; --n) query.preferred.push_back(IdNumber(9 + n));
    query.preferred_within = minutes{30 * Below(10)};
    if (Below(2) == 0) query.ranking = SlotRanking::kTightest;
    if (Below(2) == 0) query.shortest_useful = minutes{5 * (1 + Below(10))};
    query.limit = 1 + Below(Below(2) == 0 ? 5 : 200);
    return query;
  }

  // Free time next to the visit, counted five minutes after five minutes.
  bool LeavesGap(const Resource& doctor, const Interval& visit, Duration useful) {
    const auto free = [&](Instant at) {
      const auto windows = scheduler_->WindowsOf(doctor.id, {at, at + minutes{5}}).value();
      return windows.size() == 1 && windows.front().length() == minutes{5} && !IsTaken(doctor, at);
    };
    const auto gap = [&](auto next) {
      Duration length{0};
      while (length < useful && free(next(length))) length += minutes{5};
      return length > Duration{0} && length < useful;
    };
    return gap([&](Duration length) {
             return visit.start - doctor.buffer_before - length - minutes{5};
           }) ||
           gap([&](Duration length) { return visit.end + doctor.buffer_after + length; });
  }
  bool IsTaken(const Resource& doctor, Instant at) {
    return !scheduler_->BookingsOf(doctor.id, {at, at + minutes{5}})->empty();
  }

  std::vector<Slot> Reference(const SlotQuery& query) {
    std::vector<std::pair<std::tuple<bool, Instant, bool, ResourceId>, Slot>> found;
    for (std::uint64_t i = 0; i < kDoctors; ++i) {
      const Resource doctor = scheduler_->FindResource(IdNumber(10 + i)).value();
      const Zone zone = query.times_zone ? NewYork() : Zone::Load(doctor.timezone).value();
      const Duration length = query.duration.value_or(doctor.default_duration);
      for (Instant at = query.range.start; at + length <= query.range.end; at += minutes{5}) {
        const Interval visit{at, at + length};
        BookRequest request{.resources = {doctor.id}, .interval = visit};
        for (const ResourceId id : query.together) request.resources.push_back(id);
        if (!scheduler_->Check(request).ok()) continue;
        const auto inside = [&](const CivilWindow& w) { return IsInside(w, zone, visit); };
        if (!query.times.empty() && std::ranges::none_of(query.times, inside)) continue;
        const Duration useful = query.shortest_useful.value_or(doctor.default_duration);
        const bool loose =
            query.ranking == SlotRanking::kTightest && LeavesGap(doctor, visit, useful);
        const bool preferred = std::ranges::count(query.preferred, doctor.id) > 0;
        const Instant counts = preferred ? at - query.preferred_within : at;
        found.push_back({{loose, counts, !preferred, doctor.id}, {doctor.id, visit}});
      }
    }
    std::ranges::sort(found, {}, [](const auto& entry) { return entry.first; });
    std::vector<Slot> slots;
    for (const auto& [rank, slot] : found) {
      if (slots.size() < query.limit) slots.push_back(slot);
    }
    return slots;
  }

  // The day on which New York sets its clocks forward.
  static constexpr Instant kSunday = std::chrono::sys_days{std::chrono::year{2024} / 3 / 10};

  std::mt19937 random_;
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(FindAnything, RefusesQuestionsWithoutSense) {
  Make(0);
  const auto refuses = [&](SlotQuery query) {
    query.specialty = "cardiology";
    query.range = {kSunday, kSunday + hours{40}};
    const auto slots = scheduler_->FindSlots(query);
    return !slots.ok() && slots.error().code == ErrorCode::kInvalidArgument;
  };
  EXPECT_FALSE(refuses({.times = {{}}}));
  EXPECT_TRUE(refuses({.times = {{.from = hours{12}, .until = hours{12}}}}));
  EXPECT_TRUE(refuses({.times = {{.from = hours{-1}}}}));
  EXPECT_TRUE(refuses({.times = {{.until = hours{25}}}}));
  EXPECT_TRUE(refuses({.times = {{.weekdays = {std::chrono::weekday{9}}}}}));
  EXPECT_TRUE(refuses({.times = {{}}, .times_zone = "Nowhere/Land"}));
  EXPECT_TRUE(refuses({.preferred_within = minutes{-1}}));
  EXPECT_TRUE(refuses({.shortest_useful = minutes{0}}));
  EXPECT_EQ(scheduler_
                ->FindSlots({.specialty = "cardiology",
                             .range = {kSunday, kSunday + hours{40}},
                             .preferred = {IdNumber(99)}})
                .error()
                .code,
            ErrorCode::kUnknownResource);
}

TEST_F(FindAnything, FindsExactlyWhatTryingEveryTimeFinds) {
  std::size_t offered = 0;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Make(seed);
    for (int round = 0; round < 20; ++round) {
      SlotQuery query = AnyQuery();
      // The doctor of the fixture does not work on weekends; without duration and step of the
      // others
      query.any_of = {IdNumber(10), IdNumber(11), IdNumber(12), IdNumber(13)};
      const std::vector<Slot> expected = Reference(query);
      ASSERT_EQ(*scheduler_->FindSlots(query), expected) << "seed " << seed << ", " << round;
      offered += expected.size();
    }
  }
  EXPECT_GT(offered, 1000U);
}

// Each explanation is true: without what it names there would be a time. Each is made true here by
// asking another question, or changing the clinic.
TEST_F(FindAnything, AnEmptyAnswerSaysWhatBlocks) {
  using Kind = Blocker::Kind;
  Make(3);
  Scheduler& clinic = *scheduler_;
  const auto kinds = [&](const SlotQuery& query) {
    EXPECT_TRUE(clinic.FindSlots(query)->empty());
    std::vector<std::vector<Kind>> all;
    for (const Explanation& explanation : *clinic.WhatBlocks(query)) {
      all.emplace_back();
      for (const Blocker& blocker : explanation) all.back().push_back(blocker.kind);
    }
    return all;
  };
  using Kinds = std::vector<std::vector<Kind>>;
  const ResourceId doctor = IdNumber(20);
  ASSERT_TRUE(clinic.AddResource(MakeDoctor(doctor)).ok());
  ASSERT_TRUE(clinic.PutAvailability(doctor, Weekends(20)).ok());
  const auto at = [](int hour) { return kSunday + hours{hour}; };
  SlotQuery query{.any_of = {doctor}, .range = {at(9), at(17)}, .duration = hours{1}};
  EXPECT_TRUE(clinic.WhatBlocks(query)->empty());

  query.range = {at(18), at(20)};
  EXPECT_EQ(kinds(query), Kinds{{Kind::kClosed}});
  query.range = {at(9), at(17)};
  query.duration = hours{9};
  EXPECT_EQ(kinds(query), Kinds{{Kind::kDuration}});
  query.duration = hours{1};
  query.times = {{.from = hours{20}, .until = hours{21}}};
  EXPECT_EQ(kinds(query), Kinds{{Kind::kTimeOfDay}});
  query.times = {};
  query.range = {at(9) + days{800}, at(17) + days{800}};
  EXPECT_EQ(kinds(query), Kinds{{Kind::kHorizon}});
  query.range = {at(9) - days{1}, at(17) - days{1}};
  EXPECT_EQ(kinds(query), Kinds{{Kind::kPast}});

  query.range = {at(9), at(17)};
  ASSERT_TRUE(clinic.Book({.resources = {doctor}, .interval = {at(9), at(13)}}).ok());
  ASSERT_TRUE(clinic.Book({.resources = {doctor}, .interval = {at(13), at(17)}}).ok());
  EXPECT_EQ(kinds(query), Kinds{{Kind::kBookings}});
  EXPECT_EQ(clinic.WhatBlocks(query)->front().front().bookings, 2U);
  const auto off = clinic.PutTimeOff({.resource = doctor, .interval = {at(8), at(18)}});
  EXPECT_EQ(kinds(query), (Kinds{{Kind::kTimeOff, Kind::kBookings}}));
  query.range = {at(9) + days{1}, at(17) + days{1}};
  query.together = {kAlice, kRoom};
  ASSERT_TRUE(clinic
                  .Book({.resources = {kRoom},
                         .interval = {at(8) + days{1}, at(18) + days{1}},
                         .waive = Waivers::Override()})
                  .ok());
  const std::vector<Explanation> the_room = {{{.kind = Kind::kTogether, .resource = kRoom}}};
  EXPECT_EQ(*clinic.WhatBlocks(query), the_room);
  const std::vector<Explanation> nobody = {{{.kind = Kind::kNobody}}};
  EXPECT_EQ(*clinic.WhatBlocks({.specialty = "alchemy", .range = query.range}), nobody);
}

}  // namespace
}  // namespace clinic
