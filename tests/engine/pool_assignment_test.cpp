#include "engine/pool_assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>

namespace clinic {
namespace {

using Outcome = PoolAssignment::Outcome;
using Members = std::vector<std::size_t>;

constexpr std::int64_t kEnough = 10'000'000;

constexpr Interval During(int start, int end) {
  return {Instant{} + std::chrono::minutes{start}, Instant{} + std::chrono::minutes{end}};
}

/// True where every job has what it wants and no member serves two at once.
bool IsAssignment(const std::vector<PoolJob>& jobs, std::size_t members,
                  const std::vector<Members>& assigned) {
  if (assigned.size() != jobs.size()) return false;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    if (assigned[job].size() != jobs[job].wanted) return false;
    if (!std::ranges::is_sorted(assigned[job], std::ranges::less_equal{})) return false;
    for (const std::size_t member : assigned[job]) {
      if (member >= members || !std::ranges::count(jobs[job].eligible, member)) return false;
      for (std::size_t other = 0; other < job; ++other) {
        if (Overlaps(jobs[job].interval, jobs[other].interval) &&
            std::ranges::count(assigned[other], member) > 0) {
          return false;
        }
      }
    }
  }
  return true;
}

/// Whether there is an assignment, by trying every set of members for each job.
bool ExistsByExhaustion(const std::vector<PoolJob>& jobs, std::size_t members,
                        std::vector<unsigned>& sets) {
  if (sets.size() == jobs.size()) return true;
  const PoolJob& job = jobs[sets.size()];
  unsigned allowed = 0;
  for (const std::size_t member : job.eligible) {
    if (member < members) allowed |= 1U << member;
  }
  for (std::size_t other = 0; other < sets.size(); ++other) {
    if (Overlaps(job.interval, jobs[other].interval)) allowed &= ~sets[other];
  }
  for (unsigned set = 0; set < 1U << members; ++set) {
    if ((set & ~allowed) != 0 || static_cast<std::size_t>(std::popcount(set)) != job.wanted) {
      continue;
    }
    sets.push_back(set);
    if (ExistsByExhaustion(jobs, members, sets)) return true;
    sets.pop_back();
  }
  return false;
}

TEST(AssignMembers, NothingToDoIsDone) {
  EXPECT_EQ(AssignMembers({}, 3, 0).outcome, Outcome::kFound);
  const auto none_wanted = AssignMembers(std::vector{PoolJob{During(0, 10), 0, {}, {}}}, 0, 0);
  EXPECT_EQ(none_wanted.outcome, Outcome::kFound);
  EXPECT_EQ(none_wanted.members, std::vector<Members>(1));
}

TEST(AssignMembers, MoreThanThereAreCannotBeHad) {
  const PoolJob job{During(0, 10), 3, {0, 1, 2}, {}};
  EXPECT_EQ(AssignMembers(std::vector{job}, 2, kEnough).outcome, Outcome::kNone);
  EXPECT_EQ(AssignMembers(std::vector{job}, 3, kEnough).outcome, Outcome::kFound);
}

TEST(AssignMembers, JobsThatTouchShareAMember) {
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0}, {}}, {During(10, 20), 1, {0}, {}}};
  EXPECT_EQ(AssignMembers(jobs, 1, kEnough).outcome, Outcome::kFound);
}

TEST(AssignMembers, WhatFitsStaysAsItIs) {
  const std::vector<PoolJob> jobs = {{During(0, 20), 1, {0, 1, 2}, {2}},
                                     {During(10, 30), 1, {0, 1, 2}, {1}},
                                     {During(25, 40), 1, {0, 1, 2}, {}}};
  const auto result = AssignMembers(jobs, 3, kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members[0], Members{2});
  EXPECT_EQ(result.members[1], Members{1});
}

TEST(AssignMembers, AChainOfExchangesMakesRoom) {
  // The new one can only have 0, whose job can have 1, whose job can have 2.
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0, 1}, {0}},
                                     {During(0, 10), 1, {1, 2}, {1}},
                                     {During(0, 10), 1, {0}, {}}};
  const auto result = AssignMembers(jobs, 3, kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members, (std::vector<Members>{{1}, {2}, {0}}));
}

TEST(AssignMembers, OneLongJobMovesTwoShortOnes) {
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0, 1}, {0}},
                                     {During(10, 20), 1, {0, 1}, {0}},
                                     {During(0, 20), 1, {0}, {}}};
  const auto result = AssignMembers(jobs, 2, kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members, (std::vector<Members>{{1}, {1}, {0}}));
}

TEST(AssignMembers, WithoutStepsItGivesUp) {
  const auto result = AssignMembers(std::vector{PoolJob{During(0, 10), 1, {0}, {}}}, 1, 0);
  EXPECT_EQ(result.outcome, Outcome::kGivenUp);
  EXPECT_TRUE(result.members.empty());
}

void ExpectAgreement(unsigned seed, bool unit, int rounds) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int found = 0;
  for (int round = 0; round < rounds; ++round) {
    const int members = 1 + below(5);
    std::vector<PoolJob> jobs(static_cast<std::size_t>(1 + below(8)));
    for (PoolJob& job : jobs) {
      const int start = unit ? 10 * below(3) : below(20);
      job.interval = During(start, start + (unit ? 10 : 1 + below(12)));
      job.wanted = below(5) == 0 ? 2 : 1;
      for (std::size_t member = 0; member < static_cast<std::size_t>(members) + 1; ++member) {
        if (below(3) > 0) job.eligible.push_back(member);
        if (below(3) == 0) job.assigned.push_back(member);
      }
    }
    const auto count = static_cast<std::size_t>(members);
    std::vector<unsigned> sets;
    const bool exists = ExistsByExhaustion(jobs, count, sets);
    const auto result = AssignMembers(jobs, count, kEnough);
    ASSERT_EQ(result.outcome, exists ? Outcome::kFound : Outcome::kNone) << "round " << round;
    if (exists) {
      ASSERT_TRUE(IsAssignment(jobs, count, result.members)) << "round " << round;
    }
    found += exists;

    const auto hasty = AssignMembers(jobs, count, below(30));
    if (hasty.outcome == Outcome::kFound) {
      ASSERT_TRUE(IsAssignment(jobs, count, hasty.members)) << "round " << round;
    } else if (hasty.outcome == Outcome::kNone) {
      ASSERT_FALSE(exists) << "round " << round;
    }
  }
  EXPECT_GT(found, rounds / 10);
  EXPECT_LT(found, rounds - rounds / 10);
}

TEST(AssignMembers, AgreesWithExhaustionOnAnyTimes) { ExpectAgreement(1, false, 4000); }

TEST(AssignMembers, AgreesWithExhaustionOnSlots) { ExpectAgreement(2, true, 4000); }

}  // namespace
}  // namespace clinic
