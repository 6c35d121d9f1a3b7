// How many units of work were committed, for those who wait for more.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "clinic/store.hpp"

namespace clinic::memory {

/// Thread-safe.
class ChangeCounter {
 public:
  void Count() {
    {
      const std::lock_guard lock(mutex_);
      ++changes_;
    }
    changed_.notify_all();
  }

 private:
  friend class CountedChangeSignal;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;
};

class CountedChangeSignal final : public ChangeSignal {
 public:
  explicit CountedChangeSignal(ChangeCounter& counter) : counter_(counter) {
    const std::lock_guard lock(counter_.mutex_);
    seen_ = counter_.changes_;
  }

  Result<bool> Wait(std::chrono::milliseconds at_most) override {
    std::unique_lock lock(counter_.mutex_);
    counter_.changed_.wait_for(lock, at_most, [&] { return woken_ || counter_.changes_ != seen_; });
    const bool changed = counter_.changes_ != seen_;
    seen_ = counter_.changes_;
    woken_ = false;
    return changed;
  }

  void Wake() override {
    {
      const std::lock_guard lock(counter_.mutex_);
      woken_ = true;
    }
    counter_.changed_.notify_all();
  }

 private:
  ChangeCounter& counter_;
  std::uint64_t seen_ = 0;
  bool woken_ = false;
};

}  // namespace clinic::memory
