#include "engine/pool_jobs.hpp"

#include "clinic/capacity.hpp"

namespace clinic::pool {

std::vector<std::size_t> Jobs::Holders(const Serves& now, std::size_t job, std::size_t member,
                                       std::size_t except) const {
  const Interval busy = Busy(job, member);
  const PoolMember& resource = members[member];
  const auto& booking = jobs[job]->booking;
  std::vector<std::size_t> holders;
  std::vector<std::size_t> beside;
  for (const std::size_t other : overlapping[job]) {
    if (other == except || !now[other][member] || !Overlaps(Busy(other, member), busy)) continue;
    const bool excludes = resource.capacity == 1 || (booking && jobs[other]->booking == booking);
    (excludes ? holders : beside).push_back(other);
  }
  if (resource.capacity == 1 || beside.empty()) return holders;
  std::vector<Interval> there = resource.taken;
  for (const std::size_t other : beside) there.push_back(Busy(other, member));
  for (const std::size_t blocking : InTheWay(there, busy, resource.capacity)) {
    if (blocking >= resource.taken.size())
      holders.push_back(beside[blocking - resource.taken.size()]);
  }
  return holders;
}

}  // namespace clinic::pool
