#include "clinic/overlaps.hpp"

#include <algorithm>
#include <tuple>

namespace clinic {
namespace {

// What the sort compares, beside the position, so that a comparison stays in one cache line.
struct SortKey {
  std::uint32_t group;
  std::uint32_t position;
  Instant start;

  friend bool operator<(const SortKey& a, const SortKey& b) {
    return std::tie(a.group, a.start, a.position) < std::tie(b.group, b.start, b.position);
  }
};

}  // namespace

std::vector<std::uint32_t> OrderByGroupAndStart(std::span<const GroupedInterval> items) {
  std::vector<SortKey> keys;
  keys.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const GroupedInterval& item = items[i];
    if (item.interval.start >= item.interval.end) continue;
    keys.push_back({item.group, static_cast<std::uint32_t>(i), item.interval.start});
  }
  // Calendars are mostly exported in order, and looking costs less than sorting.
  if (!std::is_sorted(keys.begin(), keys.end())) std::sort(keys.begin(), keys.end());

  std::vector<std::uint32_t> order;
  order.reserve(keys.size());
  for (const SortKey& key : keys) order.push_back(key.position);
  return order;
}

std::vector<OverlappingPair> FindOverlaps(std::span<const GroupedInterval> items) {
  std::vector<OverlappingPair> pairs;
  ForEachOverlap(items, [&pairs](OverlappingPair pair) { pairs.push_back(pair); });
  return pairs;
}

}  // namespace clinic
