// What both ways of assigning a pool's members know about the jobs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/pool_assignment.hpp"

namespace clinic::pool {

inline constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

/// For each job, by member: whether the member serves it.
using Serves = std::vector<std::vector<bool>>;

/// Jobs that are linked by overlaps, and which member serves which.
struct Jobs {
  std::span<const PoolMember> members;
  std::vector<const PoolJob*> jobs;
  std::vector<std::vector<std::size_t>> possible;     ///< for each job the members that would do
  std::vector<std::vector<std::size_t>> overlapping;  ///< for each job those that may be in its way
  Serves serves;
  std::vector<std::size_t> missing;  ///< for each job, how many it lacks

  std::size_t size() const { return jobs.size(); }

  /// When the member would be busy with the job.
  Interval Busy(std::size_t job, std::size_t member) const {
    const Interval& interval = jobs[job]->interval;
    return {interval.start - members[member].before, interval.end + members[member].after};
  }

  /// The jobs because of which the member cannot serve the job as well; `except` does not count.
  /// Requires that it is possible. O(overlaps), squared where the capacity is above 1.
  std::vector<std::size_t> Holders(const Serves& now, std::size_t job, std::size_t member,
                                   std::size_t except = kNobody) const;
};

/// Looks at everything, and fills in `serves` where an assignment is found. Members that serve
/// already are tried first. Every look at a member for a job takes one of `steps`.
PoolAssignment::Outcome SearchAll(Jobs& jobs, std::int64_t& steps);

}  // namespace clinic::pool
