#include "clinic/reassignment_costs.hpp"

#include <gtest/gtest.h>

namespace clinic {
namespace {

using std::chrono::days;

constexpr Instant At(int seconds) { return Instant{} + Duration{seconds}; }
constexpr ReassignmentCosts kCosts{.minute_of_shift = 2,
                                   .known_practitioner = 30,
                                   .unknown_practitioner = 100,
                                   .other_day = 1000,
                                   .left_out = 100'000};

TEST(CostOf, AnotherSpecialtyIsNoOffer) {
  EXPECT_EQ(CostOf(kCosts, {.specialty = SpecialtyMatch::kOther}), std::nullopt);
}

TEST(CostOf, CountsMinutesBegunEitherWay) {
  const auto shifted = [](int from, int to) {
    return CostOf(kCosts, {At(from), At(to), days{0}, Continuity::kSame});
  };
  EXPECT_EQ(shifted(600, 600), 0);
  EXPECT_EQ(shifted(600, 601), 2);
  EXPECT_EQ(shifted(600, 660), 2);
  EXPECT_EQ(shifted(600, 661), 4);
  EXPECT_EQ(shifted(661, 600), 4);
}

TEST(CostOf, AKnownPractitionerIsDearerThanTheSameAndCheaperThanAStranger) {
  const auto with = [](Continuity continuity) {
    return CostOf(kCosts, {At(0), At(60), days{0}, continuity});
  };
  EXPECT_EQ(with(Continuity::kSame), 2);
  EXPECT_EQ(with(Continuity::kKnown), 32);
  EXPECT_EQ(with(Continuity::kUnknown), 102);
}

TEST(CostOf, EachDayCountsEitherWay) {
  EXPECT_EQ(CostOf(kCosts, {At(0), At(0), days{2}, Continuity::kSame}), 2000);
  EXPECT_EQ(CostOf(kCosts, {At(0), At(0), days{-2}, Continuity::kSame}), 2000);
}

TEST(CostOf, WhatIsNoBetterThanLeavingOutIsNoOffer) {
  EXPECT_EQ(CostOf(kCosts, {At(0), At(60 * 49'999), days{0}, Continuity::kSame}), 99'998);
  EXPECT_EQ(CostOf(kCosts, {At(0), At(60 * 50'000), days{0}, Continuity::kSame}), std::nullopt);
  EXPECT_EQ(CostOf(kCosts, {At(0), At(0), days{100}, Continuity::kSame}), std::nullopt);
}

TEST(CostOf, TheLargestPricesAndLongestShiftsDoNotOverflow) {
  constexpr ReassignmentCosts kDear{kMostTotalCost, kMostTotalCost, kMostTotalCost, kMostTotalCost,
                                    kMostTotalCost};
  EXPECT_EQ(CostOf(kDear, {kEarliest, kLatest, days{4'000'000}}), std::nullopt);
  constexpr ReassignmentCosts kFree{0, 0, 0, 0, 1};
  EXPECT_EQ(CostOf(kFree, {kEarliest, kLatest, days{4'000'000}}), 0);
}

}  // namespace
}  // namespace clinic
