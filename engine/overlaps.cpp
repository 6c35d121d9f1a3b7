#include "clinic/overlaps.hpp"

#include <algorithm>

#include "engine/parallel.hpp"

namespace clinic {
namespace {

using internal::ForEachTask;
using internal::Meets;
using internal::SweepEntry;

// How many entries a thread sweeps at a time.
constexpr std::size_t kStretch = 1 << 14;

struct Sweep {
  std::span<const GroupedInterval> items;
  std::span<const SweepEntry> entries;

  /// How many entries behind `i` it overlaps. They are the next ones: looked for in steps that
  /// double, and then by halving the last step.
  std::size_t CountMet(std::size_t i) const {
    const auto met = [&](std::size_t j) { return Meets(entries[i], entries[j], items); };
    std::size_t low = i;  // met, or `i` itself
    std::size_t step = 1;
    while (low + step < entries.size() && met(low + step)) {
      low += step;
      step *= 2;
    }
    std::size_t high = std::min(low + step, entries.size());  // not met, or the end
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      (met(middle) ? low : high) = middle;
    }
    return low - i;
  }
};

}  // namespace

std::vector<OverlappingPair> FindOverlaps(std::span<const GroupedInterval> items,
                                          const OverlapOptions& options) {
  const internal::SweepOrder order = internal::SortForSweep(items, options.threads);
  const Sweep sweep{items, order.entries()};
  const std::size_t size = sweep.entries.size();
  const std::size_t stretches = (size + kStretch - 1) / kStretch;

  // Counted first, so that each stretch knows where its pairs go, whoever writes them.
  std::vector<std::size_t> begins(stretches + 1, 0);
  ForEachTask(options.threads, stretches, [&](std::size_t, std::size_t stretch) {
    std::size_t count = 0;
    const std::size_t end = std::min(size, (stretch + 1) * kStretch);
    for (std::size_t i = stretch * kStretch; i < end; ++i) count += sweep.CountMet(i);
    begins[stretch + 1] = count;
  });
  for (std::size_t i = 0; i < stretches; ++i) begins[i + 1] += begins[i];

  std::vector<OverlappingPair> pairs(begins.back());
  ForEachTask(options.threads, stretches, [&](std::size_t, std::size_t stretch) {
    OverlappingPair* out = pairs.data() + begins[stretch];
    const OverlappingPair* const end = pairs.data() + begins[stretch + 1];
    for (std::size_t i = stretch * kStretch; out != end; ++i) {
      for (std::size_t j = i + 1; j < size && Meets(sweep.entries[i], sweep.entries[j], items);
           ++j) {
        *out++ = {sweep.entries[i].position, sweep.entries[j].position};
      }
    }
  });
  return pairs;
}

}  // namespace clinic
