#include "clinic/reassignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace clinic {
namespace {

constexpr Instant At(int minutes) {
  return std::chrono::sys_days{std::chrono::year{2030} / 5 / 6} + std::chrono::minutes{minutes};
}

ResourceId Resource(std::uint64_t number) { return ResourceId(Uuid{7, number}); }

Candidate On(std::uint64_t resource, int start, int end, Cost cost) {
  return {{{Resource(resource), {At(start), At(end)}}}, cost};
}

using Choices = std::vector<std::optional<std::size_t>>;

bool Meet(const Candidate& a, const Candidate& b) {
  return std::ranges::any_of(a.occupies, [&](const Occupation& one) {
    return std::ranges::any_of(b.occupies, [&](const Occupation& other) {
      return one.resource == other.resource && Overlaps(one.interval, other.interval);
    });
  });
}

/// What the choices cost, or nothing where they cannot be carried out.
std::optional<Cost> CostOfChoices(const std::vector<Displaced>& displaced, const Choices& chosen) {
  if (chosen.size() != displaced.size()) return std::nullopt;
  Cost cost = 0;
  std::vector<const Candidate*> taken;
  for (std::size_t at = 0; at < displaced.size(); ++at) {
    if (!chosen[at]) {
      cost += displaced[at].cost_of_leaving_out;
      continue;
    }
    if (*chosen[at] >= displaced[at].candidates.size()) return std::nullopt;
    const Candidate& candidate = displaced[at].candidates[*chosen[at]];
    if (std::ranges::any_of(taken, [&](const Candidate* o) { return Meet(*o, candidate); })) {
      return std::nullopt;
    }
    taken.push_back(&candidate);
    cost += candidate.cost;
  }
  return cost;
}

/// The least cost, by trying everything from appointment `at` on.
Cost LeastByExhaustion(const std::vector<Displaced>& displaced, std::size_t at,
                       std::vector<const Candidate*>& taken) {
  if (at == displaced.size()) return 0;
  Cost least = displaced[at].cost_of_leaving_out + LeastByExhaustion(displaced, at + 1, taken);
  for (const Candidate& candidate : displaced[at].candidates) {
    if (std::ranges::any_of(taken, [&](const Candidate* o) { return Meet(*o, candidate); })) {
      continue;
    }
    taken.push_back(&candidate);
    least = std::min(least, candidate.cost + LeastByExhaustion(displaced, at + 1, taken));
    taken.pop_back();
  }
  return least;
}

Cost LeastByExhaustion(const std::vector<Displaced>& displaced) {
  std::vector<const Candidate*> taken;
  return LeastByExhaustion(displaced, 0, taken);
}

/// How a random case looks.
struct Shape {
  int most_appointments;
  int most_candidates;
  int resources;
  int most_occupied;  ///< by one candidate
  int day;            ///< minutes
  int step;           ///< minutes, between starts
  bool one_length;
  int most_cost;
};

std::vector<Displaced> RandomCase(const Shape& shape, std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  constexpr int kLengths[] = {10, 15, 20, 30, 45};
  std::vector<Displaced> displaced(static_cast<std::size_t>(1 + below(shape.most_appointments)));
  for (Displaced& appointment : displaced) {
    const int length = shape.one_length ? shape.step : kLengths[below(5)];
    for (int left = below(shape.most_candidates + 1); left > 0; --left) {
      const int start = shape.step * below(shape.day / shape.step);
      Candidate candidate{.occupies = {}, .cost = below(shape.most_cost)};
      for (int occupied = 1 + below(shape.most_occupied); occupied > 0; --occupied) {
        const int buffer = shape.one_length ? 0 : 5 * below(2);
        const auto resource = static_cast<std::uint64_t>(below(shape.resources));
        candidate.occupies.push_back(
            {Resource(resource), {At(start), At(start + length + buffer)}});
      }
      appointment.candidates.push_back(candidate);
    }
    appointment.cost_of_leaving_out = below(4) == 0 ? below(shape.most_cost) : 3 * shape.most_cost;
  }
  return displaced;
}

TEST(ReassignAtLeastCost, RefusesNegativeAndAbsurdCosts) {
  const Displaced fine{{On(1, 0, 10, 5)}, 10};
  const std::vector<Displaced> bad = {{{On(1, 0, 10, -1)}, 10},
                                      {{On(1, 0, 10, kMostTotalCost + 1)}, 10},
                                      {{On(1, 0, 10, 1)}, -1},
                                      {{On(1, 0, 10, 1)}, kMostTotalCost + 1},
                                      {{}, std::numeric_limits<Cost>::max()},
                                      {{On(1, 10, 0, std::numeric_limits<Cost>::min())}, 1}};
  for (const Displaced& one : bad) {
    const auto result = ReassignAtLeastCost(std::vector{fine, one});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(result.error().message.find("appointment 1"), std::string::npos);
  }
  const auto sum =
      ReassignAtLeastCost(std::vector{Displaced{{}, kMostTotalCost}, Displaced{{}, 1}});
  ASSERT_FALSE(sum.ok());
  EXPECT_EQ(sum.error().code, ErrorCode::kInvalidArgument);
}

TEST(ReassignAtLeastCost, RefusesIntervalsThatAreNotProper) {
  const Candidate on_two{{{Resource(1), {At(0), At(10)}}, {Resource(2), {At(10), At(10)}}}, 1};
  for (const Candidate& bad : {On(1, 10, 10, 1), On(1, 10, 0, 1), on_two,
                               Candidate{{{Resource(1), {At(0), kLatest + Duration{1}}}}, 1}}) {
    const auto result = ReassignAtLeastCost(std::vector{Displaced{{On(1, 0, 10, 1), bad}, 10}});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kBadInterval);
    EXPECT_NE(result.error().message.find("appointment 0"), std::string::npos);
  }
}

TEST(ReassignAtLeastCost, NothingDisplacedCostsNothing) {
  const auto result = ReassignAtLeastCost({});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->chosen.empty());
  EXPECT_EQ(result->cost, 0);
  EXPECT_TRUE(result->proven_optimal);
}

TEST(ReassignAtLeastCost, AnAppointmentWithoutCandidatesIsLeftOut) {
  const auto result = ReassignAtLeastCost(std::vector{Displaced{{}, 70}, Displaced{{}, 0}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, Choices(2));
  EXPECT_EQ(result->cost, 70);
  EXPECT_TRUE(result->proven_optimal);
}

TEST(ReassignAtLeastCost, CandidatesThatOnlyTouchAreBothChosen) {
  const auto result = ReassignAtLeastCost(
      std::vector{Displaced{{On(1, 0, 15, 4)}, 100}, Displaced{{On(1, 15, 45, 5)}, 100}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, (Choices{0, 0}));
  EXPECT_EQ(result->cost, 9);
}

TEST(ReassignAtLeastCost, AConflictOnAnyResourceCounts) {
  const auto with_room = [](std::uint64_t practitioner, int start) {
    return Candidate{{{Resource(practitioner), {At(start), At(start + 20)}},
                      {Resource(9), {At(start), At(start + 20)}}},
                     start};
  };
  const auto result = ReassignAtLeastCost(std::vector{
      Displaced{{with_room(1, 0)}, 100}, Displaced{{with_room(2, 19), with_room(2, 20)}, 100}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, (Choices{0, 1}));
}

TEST(ReassignAtLeastCost, GivesWayWhereThatIsCheaperForAll) {
  // The first would like nine o'clock most, and the second can have no other time.
  const auto result = ReassignAtLeastCost(std::vector{
      Displaced{{On(1, 0, 30, 0), On(1, 30, 60, 10)}, 1000}, Displaced{{On(1, 15, 30, 7)}, 1000}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, (Choices{1, 0}));
  EXPECT_EQ(result->cost, 17);
  EXPECT_TRUE(result->proven_optimal);
}

TEST(ReassignAtLeastCost, ACandidateDearerThanLeavingOutIsNotChosen) {
  const auto result = ReassignAtLeastCost(std::vector{Displaced{{On(1, 0, 30, 11)}, 10}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, Choices(1));
  EXPECT_EQ(result->cost, 10);
}

TEST(ReassignAtLeastCost, ACandidateInNobodysWayIsAlwaysPossible) {
  const Displaced anywhere{{{{}, 3}}, 10};
  const auto result = ReassignAtLeastCost(std::vector{anywhere, anywhere});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->chosen, (Choices{0, 0}));
}

TEST(ReassignAtLeastCost, CostsMayBeAsLargeAsIsAllowed) {
  const Displaced dear{{On(1, 0, 30, kMostTotalCost / 2 - 1), On(1, 10, 40, 1)},
                       kMostTotalCost / 2};
  const auto result = ReassignAtLeastCost(std::vector{dear, dear});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, kMostTotalCost / 2 + 1);
  EXPECT_TRUE(result->proven_optimal);
}

void ExpectTheOptimum(const Shape& shape, unsigned seed, int rounds) {
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    const std::vector<Displaced> displaced = RandomCase(shape, random);
    const Cost least = LeastByExhaustion(displaced);
    const auto result = ReassignAtLeastCost(displaced);
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(CostOfChoices(displaced, result->chosen), result->cost) << "round " << round;
    ASSERT_EQ(result->cost, least) << "round " << round;
    ASSERT_EQ(result->lower_bound, least) << "round " << round;
    ASSERT_TRUE(result->proven_optimal) << "round " << round;
    constexpr std::int64_t kTooFew[] = {0, 30, 300};
    const auto hasty = ReassignAtLeastCost(displaced, {.most_steps = kTooFew[round % 3]});
    ASSERT_TRUE(hasty.ok());
    ASSERT_EQ(CostOfChoices(displaced, hasty->chosen), hasty->cost) << "round " << round;
    ASSERT_GE(hasty->cost, least) << "round " << round;
    ASSERT_LE(hasty->lower_bound, least) << "round " << round;
    ASSERT_EQ(hasty->proven_optimal, hasty->cost == hasty->lower_bound) << "round " << round;
  }
}

TEST(ReassignAtLeastCost, AgreesWithExhaustionOnMixedLengths) {
  ExpectTheOptimum({.most_appointments = 6,
                    .most_candidates = 6,
                    .resources = 2,
                    .most_occupied = 1,
                    .day = 90,
                    .step = 5,
                    .one_length = false,
                    .most_cost = 50},
                   1, 1000);
}

TEST(ReassignAtLeastCost, AgreesWithExhaustionOnSeveralResources) {
  ExpectTheOptimum({.most_appointments = 6,
                    .most_candidates = 6,
                    .resources = 4,
                    .most_occupied = 3,
                    .day = 100,
                    .step = 5,
                    .one_length = false,
                    .most_cost = 1000},
                   2, 1000);
}

TEST(ReassignAtLeastCost, AgreesWithExhaustionInACrowd) {
  ExpectTheOptimum({.most_appointments = 8,
                    .most_candidates = 4,
                    .resources = 1,
                    .most_occupied = 1,
                    .day = 60,
                    .step = 5,
                    .one_length = false,
                    .most_cost = 4},
                   3, 1000);
}

TEST(ReassignAtLeastCost, AgreesWithExhaustionOnOneLengthOnAGrid) {
  ExpectTheOptimum({.most_appointments = 6,
                    .most_candidates = 6,
                    .resources = 2,
                    .most_occupied = 1,
                    .day = 80,
                    .step = 20,
                    .one_length = true,
                    .most_cost = 60},
                   4, 1000);
}

TEST(ReassignAtLeastCost, OneLengthOnAGridIsSolvedWithoutBranching) {
  // 30 appointments and 40 candidates each over 6 practitioners: the flow alone takes 74,000 steps.
  const Shape shape{.most_appointments = 30,
                    .most_candidates = 40,
                    .resources = 6,
                    .most_occupied = 1,
                    .day = 200,
                    .step = 20,
                    .one_length = true,
                    .most_cost = 500};
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    const auto result = ReassignAtLeastCost(RandomCase(shape, random), {.most_steps = 100'000});
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->proven_optimal) << "round " << round;
  }
}

TEST(ReassignAtLeastCost, GivesTheSameAnswerAgain) {
  const Shape shape{.most_appointments = 40,
                    .most_candidates = 30,
                    .resources = 3,
                    .most_occupied = 2,
                    .day = 480,
                    .step = 5,
                    .one_length = false,
                    .most_cost = 20};
  std::mt19937 random(6);
  for (int round = 0; round < 6; ++round) {
    const std::vector<Displaced> displaced = RandomCase(shape, random);
    for (const std::int64_t most_steps : {1'000, 1'000'000}) {
      const auto once = ReassignAtLeastCost(displaced, {.most_steps = most_steps});
      const auto again = ReassignAtLeastCost(displaced, {.most_steps = most_steps});
      ASSERT_TRUE(once.ok() && again.ok());
      EXPECT_EQ(once->chosen, again->chosen);
      EXPECT_EQ(once->lower_bound, again->lower_bound);
      EXPECT_EQ(CostOfChoices(displaced, once->chosen), once->cost);
    }
  }
}

}  // namespace
}  // namespace clinic
