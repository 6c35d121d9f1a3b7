// What both ways of assigning a pool's members know about the jobs.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/pool_assignment.hpp"

namespace clinic::pool {

/// Jobs that are linked by overlaps, and which member serves which.
struct Jobs {
  std::vector<const PoolJob*> jobs;
  std::vector<std::vector<std::size_t>> overlapping;  ///< for each job the others that overlap it
  std::vector<std::vector<bool>> serves;              ///< for each job, by member
  std::vector<std::size_t> missing;                   ///< for each job, how many it lacks

  std::size_t size() const { return jobs.size(); }
};

/// Looks at everything, and fills in `serves` where an assignment is found. Members that serve
/// already are tried first. Every look at a member for a job takes one of `steps`.
PoolAssignment::Outcome SearchAll(Jobs& jobs, std::size_t members, std::int64_t& steps);

}  // namespace clinic::pool
