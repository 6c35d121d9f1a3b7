#include "clinic/rooms_needed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace clinic {
namespace {

Interval From(std::int64_t start, std::int64_t end) {
  return {Instant(Duration(start)), Instant(Duration(end))};
}

using Positions = std::vector<std::size_t>;

TEST(RoomsNeeded, RefusesANegativeTimeForSettingUpBeforeAnythingElse) {
  const auto refused = FewestRooms(std::vector{From(5, 5)}, Duration{-1});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

TEST(RoomsNeeded, RefusesWhatIsNoVisitAndSaysWhichOne) {
  for (const Interval& bad :
       {From(5, 5), From(6, 5), Interval{kEarliest - Duration{1}, kLatest},
        Interval{kEarliest, kLatest + Duration{1}}, Interval{Instant::min(), Instant::max()}}) {
    const auto refused = FewestRooms(std::vector{From(0, 1), bad, From(3, 2)});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kBadInterval);
    EXPECT_NE(refused.error().message.find("position 1 "), std::string::npos);
  }
}

TEST(RoomsNeeded, WithoutVisitsAreNone) {
  const auto needed = FewestRooms({});
  ASSERT_TRUE(needed.ok());
  EXPECT_EQ(*needed, RoomsNeeded{});
  EXPECT_EQ(needed->busiest, std::nullopt);
}

TEST(RoomsNeeded, VisitsThatTouchShareARoomUnlessItMustBeSetUp) {
  const std::vector<Interval> visits = {From(10, 20), From(0, 10), From(21, 30)};
  EXPECT_EQ(*FewestRooms(visits), (RoomsNeeded{1, {0, 0, 0}, visits[1].start, {1}}));
  EXPECT_EQ(*FewestRooms(visits, Duration{1}),
            (RoomsNeeded{2, {1, 0, 0}, visits[0].start, {0, 1}}));
  EXPECT_EQ(*FewestRooms(visits, Duration{2}),
            (RoomsNeeded{2, {1, 0, 0}, visits[0].start, {0, 1}}));
  EXPECT_EQ(*FewestRooms(visits, Duration{12}),
            (RoomsNeeded{3, {1, 0, 2}, visits[2].start, {0, 1, 2}}));
}

TEST(RoomsNeeded, TheLowestRoomThatIsReadyIsTaken) {
  const std::vector<Interval> visits = {From(0, 9), From(1, 5), From(2, 4),
                                        From(6, 8), From(7, 9), From(9, 10)};
  EXPECT_EQ(FewestRooms(visits)->room_of, (Positions{0, 1, 2, 1, 2, 0}));
  EXPECT_EQ(FewestRooms(visits)->together, (Positions{0, 1, 2}));  // the first time, not at 7
}

TEST(RoomsNeeded, NoTimeForSettingUpIsTooLong) {
  const std::vector<Interval> visits = {{kLatest - Duration{1}, kLatest},
                                        {kEarliest, kEarliest + Duration{1}}};
  EXPECT_EQ(FewestRooms(visits)->count, 1U);
  const Duration between = (kLatest - kEarliest) - Duration{2};
  EXPECT_EQ(FewestRooms(visits, between)->count, 1U);
  EXPECT_EQ(FewestRooms(visits, between + Duration{1})->count, 2U);
  const auto longest = FewestRooms(visits, Duration::max());
  EXPECT_EQ(longest->count, 2U);
  EXPECT_EQ(longest->together, (Positions{0, 1}));
}

// True where two visits can be in one room: one of them ends early enough before the other.
bool CanShare(const Interval& a, const Interval& b, Duration set_up) {
  return a.end + set_up <= b.start || b.end + set_up <= a.start;
}

// True where a visit's room is in use, or being set up again, at an instant.
bool IsInUse(Instant instant, const Interval& visit, Duration set_up) {
  return visit.start <= instant && instant < visit.end + set_up;
}

// The plain reference: every way to put visits into `rooms` rooms, one visit after the other.
bool IsEnough(std::size_t rooms, const std::vector<Interval>& visits, Duration set_up,
              Positions& room_of) {
  const std::size_t next = room_of.size();
  if (next == visits.size()) return true;
  for (std::size_t room = 0; room < rooms; ++room) {
    bool fits = true;
    for (std::size_t other = 0; other < next; ++other) {
      fits &= room_of[other] != room || CanShare(visits[other], visits[next], set_up);
    }
    if (!fits) continue;
    room_of.push_back(room);
    if (IsEnough(rooms, visits, set_up, room_of)) return true;
    room_of.pop_back();
  }
  return false;
}

std::size_t FewestByTryingAll(const std::vector<Interval>& visits, Duration set_up) {
  for (std::size_t rooms = 0;; ++rooms) {
    Positions room_of;
    if (IsEnough(rooms, visits, set_up, room_of)) return rooms;
  }
}

// The promises of an answer, each by its own words. The witness proves the count from below, the
// assignment from above.
void ExpectProven(const RoomsNeeded& needed, const std::vector<Interval>& visits, Duration set_up) {
  ASSERT_EQ(needed.room_of.size(), visits.size());
  ASSERT_EQ(needed.together.size(), needed.count);
  ASSERT_TRUE(std::is_sorted(needed.together.begin(), needed.together.end()));
  ASSERT_EQ(needed.busiest.has_value(), !visits.empty());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    ASSERT_LT(needed.room_of[i], needed.count);
    const bool uses = IsInUse(*needed.busiest, visits[i], set_up);
    ASSERT_EQ(std::binary_search(needed.together.begin(), needed.together.end(), i), uses);
    for (std::size_t j = 0; j < i; ++j) {
      if (needed.room_of[i] != needed.room_of[j]) continue;
      ASSERT_TRUE(CanShare(visits[i], visits[j], set_up)) << j << ' ' << i;
    }
  }
  for (const std::size_t a : needed.together) {
    for (const std::size_t b : needed.together) {
      ASSERT_TRUE(a == b || !CanShare(visits[a], visits[b], set_up));
    }
  }
}

std::vector<Interval> RandomVisits(std::mt19937_64& random, std::size_t count, std::int64_t span,
                                   std::int64_t longest) {
  std::vector<Interval> visits(count);
  for (Interval& visit : visits) {
    const auto start = std::uniform_int_distribution<std::int64_t>(0, span)(random);
    visit = From(start, start + std::uniform_int_distribution<std::int64_t>(1, longest)(random));
  }
  return visits;
}

TEST(RoomsNeeded, AreNeverMoreThanTryingEveryAssignmentFinds) {
  std::mt19937_64 random(20240305);
  std::vector<int> met(9);
  for (int round = 0; round < 5'000; ++round) {
    const std::size_t count = random() % 9;
    const std::vector<Interval> visits = RandomVisits(random, count, 5 + round % 20, 8);
    const Duration set_up{round % 3 == 0 ? 0 : static_cast<std::int64_t>(random() % 6)};
    const auto needed = FewestRooms(visits, set_up);
    ASSERT_TRUE(needed.ok());
    ASSERT_EQ(needed->count, FewestByTryingAll(visits, set_up)) << "round " << round;
    ExpectProven(*needed, visits, set_up);
    ++met[needed->count];
  }
  for (std::size_t rooms = 0; rooms < 7; ++rooms) EXPECT_GE(met[rooms], 50) << rooms;
}

TEST(RoomsNeeded, OfALongDayAreProvenByTheirWitness) {
  std::mt19937_64 random(20240306);
  for (int round = 0; round < 40; ++round) {
    const std::vector<Interval> visits = RandomVisits(random, 300, 1 + round * 40, 60);
    const Duration set_up{round % 4 * 5};
    const auto needed = FewestRooms(visits, set_up);
    ASSERT_TRUE(needed.ok());
    ExpectProven(*needed, visits, set_up);
    for (const Interval& visit : visits) {
      const auto in_use = std::count_if(visits.begin(), visits.end(), [&](const Interval& other) {
        return IsInUse(visit.start, other, set_up);
      });
      const bool earlier = visit.start < *needed->busiest;
      ASSERT_LE(in_use, static_cast<std::ptrdiff_t>(needed->count) - (earlier ? 1 : 0));
    }
  }
}

TEST(RoomsNeeded, DoNotDependOnTheOrderInWhichVisitsAreGiven) {
  std::mt19937_64 random(20240307);
  for (int round = 0; round < 300; ++round) {
    std::vector<Interval> visits = RandomVisits(random, 40, 100, 20);
    const auto before = FewestRooms(visits, Duration{3});
    std::shuffle(visits.begin(), visits.end(), random);
    const auto after = FewestRooms(visits, Duration{3});
    ASSERT_EQ(after->count, before->count);
    ASSERT_EQ(after->busiest, before->busiest);
  }
}

}  // namespace
}  // namespace clinic
