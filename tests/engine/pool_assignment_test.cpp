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

std::vector<PoolMember> Alike(std::size_t count) { return std::vector<PoolMember>(count); }

/// True where the member has room for all of these jobs, by looking at every minute.
bool HasRoom(const PoolMember& member, const std::vector<const PoolJob*>& jobs) {
  for (const PoolJob* job : jobs) {
    for (const PoolJob* other : jobs) {
      const Duration apart = member.before + member.after;
      if (job != other && job->booking && job->booking == other->booking &&
          Overlaps(job->interval, {other->interval.start - apart, other->interval.end + apart})) {
        return false;
      }
    }
    for (Instant at = job->interval.start - member.before; at < job->interval.end + member.after;
         at += std::chrono::minutes{1}) {
      std::int32_t there = 0;
      for (const PoolJob* other : jobs) {
        there +=
            other->interval.start - member.before <= at && at < other->interval.end + member.after;
      }
      for (const Interval& taken : member.taken) there += taken.Contains(at);
      if (there > member.capacity) return false;
    }
  }
  return true;
}

/// Those of the jobs that the member serves.
std::vector<const PoolJob*> ServedBy(std::size_t member, const std::vector<PoolJob>& jobs,
                                     const std::vector<Members>& assigned) {
  std::vector<const PoolJob*> served;
  for (std::size_t job = 0; job < assigned.size(); ++job) {
    if (std::ranges::count(assigned[job], member) > 0) served.push_back(&jobs[job]);
  }
  return served;
}

/// True where every job has what it wants and no member serves more than it has room for.
bool IsAssignment(const std::vector<PoolJob>& jobs, const std::vector<PoolMember>& members,
                  const std::vector<Members>& assigned) {
  if (assigned.size() != jobs.size()) return false;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    if (assigned[job].size() != jobs[job].wanted) return false;
    if (!std::ranges::is_sorted(assigned[job], std::ranges::less_equal{})) return false;
    for (const std::size_t member : assigned[job]) {
      if (member >= members.size() || !std::ranges::count(jobs[job].eligible, member)) return false;
    }
  }
  for (std::size_t member = 0; member < members.size(); ++member) {
    if (!HasRoom(members[member], ServedBy(member, jobs, assigned))) return false;
  }
  return true;
}

/// Whether there is an assignment, by trying every set of members for each job.
bool ExistsByExhaustion(const std::vector<PoolJob>& jobs, const std::vector<PoolMember>& members,
                        std::vector<Members>& assigned) {
  if (assigned.size() == jobs.size()) return true;
  const PoolJob& job = jobs[assigned.size()];
  for (unsigned set = 0; set < 1U << members.size(); ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) != job.wanted) continue;
    Members chosen;
    for (std::size_t member = 0; member < members.size(); ++member) {
      if ((set >> member & 1U) != 0) chosen.push_back(member);
    }
    assigned.push_back(chosen);
    const bool fits = std::ranges::all_of(chosen, [&](std::size_t member) {
      return std::ranges::count(job.eligible, member) > 0 &&
             HasRoom(members[member], ServedBy(member, jobs, assigned));
    });
    if (fits && ExistsByExhaustion(jobs, members, assigned)) return true;
    assigned.pop_back();
  }
  return false;
}

TEST(AssignMembers, NothingToDoIsDone) {
  EXPECT_EQ(AssignMembers({}, Alike(3), 0).outcome, Outcome::kFound);
  const auto none_wanted = AssignMembers(std::vector{PoolJob{During(0, 10), 0, {}, {}}}, {}, 0);
  EXPECT_EQ(none_wanted.outcome, Outcome::kFound);
  EXPECT_EQ(none_wanted.members, std::vector<Members>(1));
}

TEST(AssignMembers, MoreThanThereAreCannotBeHad) {
  const PoolJob job{During(0, 10), 3, {0, 1, 2}, {}};
  EXPECT_EQ(AssignMembers(std::vector{job}, Alike(2), kEnough).outcome, Outcome::kNone);
  EXPECT_EQ(AssignMembers(std::vector{job}, Alike(3), kEnough).outcome, Outcome::kFound);
}

TEST(AssignMembers, JobsThatTouchShareAMember) {
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0}, {}}, {During(10, 20), 1, {0}, {}}};
  EXPECT_EQ(AssignMembers(jobs, Alike(1), kEnough).outcome, Outcome::kFound);
}

TEST(AssignMembers, WhatFitsStaysAsItIs) {
  const std::vector<PoolJob> jobs = {{During(0, 20), 1, {0, 1, 2}, {2}},
                                     {During(10, 30), 1, {0, 1, 2}, {1}},
                                     {During(25, 40), 1, {0, 1, 2}, {}}};
  const auto result = AssignMembers(jobs, Alike(3), kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members[0], Members{2});
  EXPECT_EQ(result.members[1], Members{1});
}

TEST(AssignMembers, AChainOfExchangesMakesRoom) {
  // The new one can only have 0, whose job can have 1, whose job can have 2.
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0, 1}, {0}},
                                     {During(0, 10), 1, {1, 2}, {1}},
                                     {During(0, 10), 1, {0}, {}}};
  const auto result = AssignMembers(jobs, Alike(3), kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members, (std::vector<Members>{{1}, {2}, {0}}));
}

TEST(AssignMembers, OneLongJobMovesTwoShortOnes) {
  const std::vector<PoolJob> jobs = {{During(0, 10), 1, {0, 1}, {0}},
                                     {During(10, 20), 1, {0, 1}, {0}},
                                     {During(0, 20), 1, {0}, {}}};
  const auto result = AssignMembers(jobs, Alike(2), kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members, (std::vector<Members>{{1}, {1}, {0}}));
}

TEST(AssignMembers, WithoutStepsItGivesUp) {
  const auto result = AssignMembers(std::vector{PoolJob{During(0, 10), 1, {0}, {}}}, Alike(1), 0);
  EXPECT_EQ(result.outcome, Outcome::kGivenUp);
  EXPECT_TRUE(result.members.empty());
}

TEST(AssignMembers, PartsOfOneBookingShareNoMember) {
  std::vector<PoolMember> members = Alike(2);
  members[0].capacity = members[1].capacity = 9;
  std::vector<PoolJob> jobs = {{During(0, 10), 1, {0, 1}, {}, 7},
                               {During(0, 10), 1, {0}, {}, 7},
                               {During(0, 10), 1, {0}, {}, 8}};
  const auto result = AssignMembers(jobs, members, kEnough);
  ASSERT_EQ(result.outcome, Outcome::kFound);
  EXPECT_EQ(result.members, (std::vector<Members>{{1}, {0}, {0}}));
  jobs[0].eligible = {0};
  EXPECT_EQ(AssignMembers(jobs, members, kEnough).outcome, Outcome::kNone);
}

TEST(AssignMembers, CrowdedRoomsAreRefusedWithoutASearch) {
  std::vector<PoolMember> members = Alike(3);
  for (PoolMember& member : members) member.capacity = 20;
  std::vector<PoolJob> jobs(60, {During(0, 10), 1, {0, 1, 2}, {}});
  EXPECT_EQ(AssignMembers(jobs, members, 100'000).outcome, Outcome::kFound);
  jobs.push_back(jobs.back());
  EXPECT_EQ(AssignMembers(jobs, members, 100'000).outcome, Outcome::kNone);
}

/// What random jobs and members are like.
enum class Kind { kAnyTimes, kSlots, kAnyMembers };

void ExpectAgreement(unsigned seed, Kind kind, int rounds) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const bool unit = kind == Kind::kSlots;
  int found = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<PoolMember> members(static_cast<std::size_t>(1 + below(5)));
    if (kind == Kind::kAnyMembers) {
      members.resize(static_cast<std::size_t>(1 + below(4)));
      for (PoolMember& member : members) {
        member.before = std::chrono::minutes{below(3)};
        member.after = std::chrono::minutes{below(3)};
        member.capacity = 1 + below(3);
        for (int i = below(4); i > 0; --i) {
          const int start = below(25);
          member.taken.push_back(During(start, start + 1 + below(6)));
        }
      }
    }
    std::vector<PoolJob> jobs(static_cast<std::size_t>(1 + below(8)));
    for (PoolJob& job : jobs) {
      const int start = unit ? 10 * below(3) : below(20);
      job.interval = During(start, start + (unit ? 10 : 1 + below(12)));
      job.wanted = below(5) == 0 ? 2 : 1;
      for (std::size_t member = 0; member < members.size() + 1; ++member) {
        if (below(3) > 0) job.eligible.push_back(member);
        if (below(3) == 0) job.assigned.push_back(member);
      }
      if (kind == Kind::kAnyMembers && below(2) == 0)
        job.booking = static_cast<std::size_t>(below(3));
    }
    std::vector<Members> assigned;
    const bool exists = ExistsByExhaustion(jobs, members, assigned);
    const auto result = AssignMembers(jobs, members, kEnough);
    ASSERT_EQ(result.outcome, exists ? Outcome::kFound : Outcome::kNone) << "round " << round;
    if (exists) {
      ASSERT_TRUE(IsAssignment(jobs, members, result.members)) << "round " << round;
    }
    found += exists;

    const auto hasty = AssignMembers(jobs, members, below(30));
    if (hasty.outcome == Outcome::kFound) {
      ASSERT_TRUE(IsAssignment(jobs, members, hasty.members)) << "round " << round;
    } else if (hasty.outcome == Outcome::kNone) {
      ASSERT_FALSE(exists) << "round " << round;
    }
  }
  EXPECT_GT(found, rounds / 10);
  EXPECT_LT(found, rounds - rounds / 10);
}

TEST(AssignMembers, AgreesWithExhaustionOnAnyTimes) { ExpectAgreement(1, Kind::kAnyTimes, 4000); }

TEST(AssignMembers, AgreesWithExhaustionOnSlots) { ExpectAgreement(2, Kind::kSlots, 4000); }

TEST(AssignMembers, AgreesWithExhaustionOnBuffersAndCapacities) {
  ExpectAgreement(3, Kind::kAnyMembers, 6000);
}

}  // namespace
}  // namespace clinic
