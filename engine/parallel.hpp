// Doing many like things on several threads, as many as the caller allows.
#pragma once

#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace clinic::internal {

/// Calls `work(worker, task)` once for each task in [0, tasks), on at most `threads` threads, the
/// calling one included, and returns when all are done. `worker` is below `threads`, and no two
/// calls with the same one run at once. Tasks begin in order. Where the system gives fewer threads,
/// fewer do the work. `work` must not throw.
template <typename Work>
void ForEachTask(std::size_t threads, std::size_t tasks, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&](std::size_t worker) {
    for (;;) {
      const std::size_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks) return;
      work(worker, task);
    }
  };
  std::vector<std::thread> helpers;
  try {
    helpers.reserve(threads);
    for (std::size_t worker = 1; worker < threads && worker < tasks; ++worker) {
      helpers.emplace_back(run, worker);
    }
  } catch (const std::system_error&) {
    // No more threads are to be had: those that run do all of it.
  }
  run(0);
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace clinic::internal
