// Keeps a scheduler up to date with what other programs do to its store.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"

namespace clinic::server {

/// Catches up whenever the store says that there may be something new, and every second, for that
/// may have gone unheard. While the store is away it is asked again with growing pauses. The thread
/// that does it ends with the object, which both outlive.
class StoreFollower {
 public:
  /// `report` is told when following fails, and when it goes on (no error).
  StoreFollower(Store& store, Scheduler& scheduler, std::function<void(const Error*)> report);
  ~StoreFollower();

  /// How long ago the scheduler last knew everything; seldom more than a second where all is well.
  /// Safe to call from any thread.
  std::chrono::duration<double> behind() const {
    return std::chrono::steady_clock::now() - caught_up_.load();
  }

 private:
  void Run();
  Result<void> FollowOnce();
  bool IsStopping();
  void Pause(std::chrono::milliseconds pause);

  Store& store_;
  Scheduler& scheduler_;
  const std::function<void(const Error*)> report_;
  std::atomic<std::chrono::steady_clock::time_point> caught_up_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::unique_ptr<ChangeSignal> signal_;  // replaced by the thread alone, under the mutex
  std::thread thread_;                    // last: it uses all of the above
};

}  // namespace clinic::server
