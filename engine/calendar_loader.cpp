#include "engine/calendar_loader.hpp"

#include <algorithm>
#include <atomic>
#include <span>
#include <utility>

#include "clinic/internal/large_array.hpp"
#include "engine/parallel.hpp"

namespace clinic::internal {

void CalendarLoader::Note(const ResourceState& state, const Interval& occupied,
                          BookingHandle handle) {
  if (chunks_.empty() || chunks_.back().size() == kChunk) chunks_.emplace_back().reserve(kChunk);
  chunks_.back().push_back({occupied, state.number, handle});
  if (counts_.size() <= state.number) counts_.resize(std::size_t{state.number} * 2 + 1, 0);
  ++counts_[state.number];
}

void CalendarLoader::Fill(const std::vector<ResourceStatePtr>& states, std::size_t threads) {
  counts_.resize(states.size(), 0);
  std::vector<std::size_t> begins(states.size() + 1, 0);
  for (std::size_t i = 0; i < states.size(); ++i) begins[i + 1] = begins[i] + counts_[i];
  const LargeArray<Taking> takings = MakeLargeArray<Taking>(begins.back());

  // Each goes anywhere into its resource's stretch.
  ForEachTask(threads, chunks_.size(), [&](std::size_t, std::size_t chunk) {
    for (const Taking& taking : std::exchange(chunks_[chunk], {})) {
      std::atomic_ref<std::uint32_t> left(counts_[taking.resource]);
      const std::uint32_t place = left.fetch_sub(1, std::memory_order_relaxed) - 1;
      takings[begins[taking.resource] + place] = taking;
    }
  });

  constexpr std::size_t kAtOnce = 64;
  const std::size_t tasks = (states.size() + kAtOnce - 1) / kAtOnce;
  ForEachTask(threads, tasks, [&](std::size_t, std::size_t task) {
    const std::size_t end = std::min(states.size(), (task + 1) * kAtOnce);
    for (std::size_t i = task * kAtOnce; i < end; ++i) {
      const std::span<Taking> own(takings.get() + begins[i], begins[i + 1] - begins[i]);
      std::ranges::sort(
          own, {}, [](const Taking& taking) { return std::pair(taking.occupied, taking.handle); });
      for (const Taking& taking : own) states[i]->schedule.Add(taking.occupied, taking.handle);
    }
  });
}

}  // namespace clinic::internal
