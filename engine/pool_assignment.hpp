// Which members of a pool serve which bookings.
//
// A booking on a pool asks for n of its members, no matter which, at a fixed time. Members can be
// exchanged as long as nobody has been told a name, so a new booking fits whenever *some*
// assignment of members to all bookings exists, not only when the present one leaves enough of them
// free.
//
// With members that are all alike that is colouring an interval graph, which is easy. Here each
// booking has members of its own that would do (others are absent, or are booked by name): list
// colouring of an interval graph, which is NP-complete (M. Biró, M. Hujter, Zs. Tuza, "Precoloring
// extension. I. Interval graphs", Discrete Mathematics 100, 1992). So there is a budget of steps.
//
// A pure function, on every machine the same, and safe to call from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic {

/// What belongs to a pool.
struct PoolMember {
  Duration before{0};             ///< busy before each of its jobs
  Duration after{0};              ///< and after
  std::int32_t capacity = 1;      ///< how many jobs may overlap; at least 1
  std::vector<Interval> taken{};  ///< by other things than these jobs, which count as one each
};

/// A booking on a pool. Members are counted from 0.
struct PoolJob {
  Interval interval;                     ///< when members are busy: half-open, proper
  std::size_t wanted = 1;                ///< how many different members
  std::vector<std::size_t> eligible;     ///< those that would do: rising, each once
  std::vector<std::size_t> assigned;     ///< those that it has now; none for a new booking
  std::optional<std::size_t> booking{};  ///< parts of one booking share no member
};

/// What came of an assignment.
struct PoolAssignment {
  enum class Outcome : std::uint8_t {
    kFound,    ///< `members` is an assignment
    kNone,     ///< there is none
    kGivenUp,  ///< the steps did not suffice to tell
  };
  Outcome outcome = Outcome::kNone;

  /// For each job the members that serve it, rising: as many as it wants, all eligible, and none
  /// that serves two jobs that overlap. Empty unless found.
  std::vector<std::vector<std::size_t>> members;
};

/// Looks for an assignment of members to all jobs. Where there are several, one is
/// taken that changes few of those that stand, not always the fewest: jobs keep what they have
/// until room is made for those that lack a member, by exchanging members along a shortest chain of
/// jobs (augmenting path). Where the chains fail everything is searched, the job with the fewest
/// members to spare first. kFound and kNone are exact; kGivenUp only after `most_steps`, each one
/// look at a member for a job.
///
/// An eligible or assigned member that does not exist is never taken. A job that wants none is
/// given none. What is assigned and not eligible is taken away, and so is what more jobs hold at
/// once than a member has room for, from the one that starts later.
///
/// O(j log j + overlaps) for j jobs that fit as they are, O(members (j + overlaps)) more for each
/// chain; times the square of what overlaps on a member where that has a capacity above 1.
PoolAssignment AssignMembers(std::span<const PoolJob> jobs, std::span<const PoolMember> members,
                             std::int64_t most_steps);

}  // namespace clinic
