#include "engine/pool_assignment.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "clinic/capacity.hpp"
#include "engine/pool_jobs.hpp"

namespace clinic {
namespace pool {
namespace {

using Outcome = PoolAssignment::Outcome;

/// A job that could be given `member` if `by`, the job that gets it, is not to lack one.
struct Link {
  std::size_t by = kNobody;  ///< the job that takes the member from this one
  std::size_t member = 0;
};

/// Gives `member` to `job`, and along the links what each job loses to the one that takes it.
void Exchange(Jobs& jobs, const std::vector<Link>& links, std::size_t job, std::size_t member) {
  for (;;) {
    jobs.serves[job][member] = true;
    const Link link = links[job];
    if (link.by == kNobody) return;
    jobs.serves[job][link.member] = false;
    member = link.member;
    job = link.by;
  }
}

/// True where no member serves more jobs at once than it has room for.
bool IsConsistent(const Jobs& jobs) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    for (std::size_t member = 0; member < jobs.serves[job].size(); ++member) {
      if (jobs.serves[job][member] && !jobs.Holders(jobs.serves, job, member).empty()) return false;
    }
  }
  return true;
}

/// Finds one more member for the job along a shortest chain of exchanges. kNone where there cannot
/// be one: the jobs that the chains reach all meet at an instant, and hold every member that any of
/// them could have. kGivenUp where chains do not tell.
Outcome Augment(Jobs& jobs, std::size_t needy, std::int64_t& steps) {
  std::vector<Link> links(jobs.size());
  std::vector<bool> seen(jobs.size());
  std::vector<std::size_t> reached{needy};
  seen[needy] = true;
  bool exact = true;
  Interval common = jobs.jobs[needy]->interval;
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const std::size_t job = reached[next];
    common = Intersection(common, jobs.jobs[job]->interval);
    for (const std::size_t member : jobs.possible[job]) {
      if (jobs.serves[job][member]) continue;
      if (--steps < 0) return Outcome::kGivenUp;
      const std::vector<std::size_t> holders = jobs.Holders(jobs.serves, job, member);
      exact = exact && holders.size() == 1 && jobs.members[member].capacity == 1;
      if (holders.empty()) {
        const Serves before = jobs.serves;
        Exchange(jobs, links, job, member);
        if (IsConsistent(jobs)) return Outcome::kFound;
        jobs.serves = before;
      }
      for (const std::size_t holder : holders) {
        const bool makes_room =
            holders.size() == 1 || jobs.Holders(jobs.serves, job, member, holder).empty();
        if (seen[holder] || !makes_room) continue;
        seen[holder] = true;
        links[holder] = {job, member};
        reached.push_back(holder);
      }
    }
  }
  return exact && common.start < common.end ? Outcome::kNone : Outcome::kGivenUp;
}

/// How many of the jobs at an instant the members can serve, each of them wanting no others.
std::size_t RoomAt(const Jobs& jobs, std::span<const std::size_t> members, Instant instant,
                   std::size_t most) {
  std::size_t room = 0;
  for (const std::size_t member : members) {
    const PoolMember& resource = jobs.members[member];
    const auto taken = std::ranges::count_if(
        resource.taken, [&](const Interval& interval) { return interval.Contains(instant); });
    if (taken < resource.capacity) {
      room += std::min(most, static_cast<std::size_t>(resource.capacity - taken));
    }
  }
  return room;
}

/// True where at some instant jobs that can do with the same members want more of them than there
/// are: there is no assignment then, and no need to search for one.
bool IsCrowded(const Jobs& jobs) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const Instant instant = jobs.jobs[job]->interval.start;
    std::size_t wanted = jobs.jobs[job]->wanted;
    std::size_t together = 1;
    for (const std::size_t other : jobs.overlapping[job]) {
      if (!jobs.jobs[other]->interval.Contains(instant)) continue;
      if (!std::ranges::includes(jobs.possible[job], jobs.possible[other])) continue;
      wanted += jobs.jobs[other]->wanted;
      ++together;
    }
    if (wanted > RoomAt(jobs, jobs.possible[job], instant, together)) return true;
  }
  return false;
}

/// The longest that a member is busy beyond its jobs: those further apart do not meet.
Duration LongestBuffers(std::span<const PoolMember> members) {
  Duration longest{0};
  for (const PoolMember& member : members) {
    longest = std::max(longest, member.before + member.after);
  }
  return longest;
}

/// The members that would do for the last of the jobs, were there no others.
std::vector<std::size_t> Possible(const Jobs& jobs) {
  const std::size_t job = jobs.size() - 1;
  std::vector<std::size_t> possible;
  for (const std::size_t member : jobs.jobs[job]->eligible) {
    if (member >= jobs.members.size()) continue;
    const PoolMember& resource = jobs.members[member];
    if (InTheWay(resource.taken, jobs.Busy(job, member), resource.capacity).empty()) {
      possible.push_back(member);
    }
  }
  return possible;
}

/// The jobs at these positions, with those of their members that may stay.
Jobs Linked(std::span<const PoolJob> all, std::span<const std::size_t> positions,
            std::span<const PoolMember> members) {
  Jobs jobs{.members = members,
            .jobs = {},
            .possible = {},
            .overlapping = {},
            .serves = {},
            .missing = {}};
  for (const std::size_t position : positions) {
    jobs.jobs.push_back(&all[position]);
    jobs.possible.push_back(Possible(jobs));
  }
  jobs.overlapping.resize(jobs.size());
  jobs.serves.assign(jobs.size(), std::vector<bool>(members.size()));
  const Duration buffers = LongestBuffers(members);
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const PoolJob& now = *jobs.jobs[job];
    for (std::size_t later = job + 1; later < jobs.size(); ++later) {
      if (jobs.jobs[later]->interval.start >= now.interval.end + buffers) break;
      jobs.overlapping[job].push_back(later);
      jobs.overlapping[later].push_back(job);
    }
    jobs.missing.push_back(now.wanted);
    for (const std::size_t member : now.assigned) {
      const bool stays =
          jobs.missing[job] > 0 && std::ranges::binary_search(jobs.possible[job], member) &&
          !jobs.serves[job][member] && jobs.Holders(jobs.serves, job, member).empty();
      if (!stays) continue;
      jobs.serves[job][member] = true;
      --jobs.missing[job];
    }
  }
  return jobs;
}

Outcome Assign(Jobs& jobs, std::int64_t& steps) {
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    for (; jobs.missing[job] > 0; --jobs.missing[job]) {
      const Outcome outcome = Augment(jobs, job, steps);
      if (outcome == Outcome::kNone) return outcome;
      if (outcome == Outcome::kGivenUp) {
        return IsCrowded(jobs) ? Outcome::kNone : SearchAll(jobs, steps);
      }
    }
  }
  return Outcome::kFound;
}

}  // namespace
}  // namespace pool

PoolAssignment AssignMembers(std::span<const PoolJob> jobs, std::span<const PoolMember> members,
                             std::int64_t most_steps) {
  using pool::Outcome;
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t job) { return jobs[job].interval.start; });

  const Duration buffers = pool::LongestBuffers(members);
  PoolAssignment result{.outcome = Outcome::kFound, .members = {}};
  result.members.resize(jobs.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    Instant until = jobs[order[begin]].interval.end + buffers;
    for (; end < order.size() && (end == begin || jobs[order[end]].interval.start < until); ++end) {
      until = std::max(until, jobs[order[end]].interval.end + buffers);
    }
    const auto positions = std::span(order).subspan(begin, end - begin);
    pool::Jobs linked = pool::Linked(jobs, positions, members);
    const Outcome outcome = pool::Assign(linked, most_steps);
    if (outcome == Outcome::kNone) return {.outcome = outcome, .members = {}};
    if (outcome == Outcome::kGivenUp) result.outcome = outcome;
    for (std::size_t job = 0; job < linked.size(); ++job) {
      for (std::size_t member = 0; member < members.size(); ++member) {
        if (linked.serves[job][member]) result.members[positions[job]].push_back(member);
      }
    }
    begin = end;
  }
  if (result.outcome == Outcome::kGivenUp) result.members.clear();
  return result;
}

}  // namespace clinic
