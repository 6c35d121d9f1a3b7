#include "clinic/capacity.hpp"

#include <algorithm>

namespace clinic {

// The number of intervals at an instant only rises where one of them starts, so it is highest at
// the start of `wanted` or at a start inside it.
std::vector<std::size_t> InTheWay(std::span<const Interval> taken, const Interval& wanted,
                                  std::int32_t capacity) {
  std::vector<std::size_t> overlapping;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (Overlaps(taken[i], wanted)) overlapping.push_back(i);
  }
  if (capacity == 1) return overlapping;

  std::vector<std::size_t> in_the_way;
  for (const std::size_t point : overlapping) {
    const Instant instant = std::max(taken[point].start, wanted.start);
    std::vector<std::size_t> present;
    std::ranges::copy_if(overlapping, std::back_inserter(present),
                         [&](std::size_t i) { return taken[i].Contains(instant); });
    if (std::ssize(present) >= capacity) {
      in_the_way.insert(in_the_way.end(), present.begin(), present.end());
    }
  }
  std::ranges::sort(in_the_way);
  const auto repeated = std::ranges::unique(in_the_way);
  in_the_way.erase(repeated.begin(), repeated.end());
  return in_the_way;
}

}  // namespace clinic
