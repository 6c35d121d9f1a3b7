// What is dear to find out, found out once in a while, however many ask.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace clinic::server {

/// The last value of something, kept for a while. Safe to use from any thread.
template <typename Value>
class Kept {
 public:
  using Clock = std::chrono::steady_clock;

  /// A value is found out again once it is older than `period`. Nobody gets one that is older than
  /// `patience`, nor waits longer than that for who finds it out.
  Kept(Clock::duration period, Clock::duration patience,
       std::function<Clock::time_point()> now = Clock::now)
      : period_(period), patience_(patience), now_(std::move(now)) {}

  /// The value, which `find` finds out: called by one thread at a time, while all others get the
  /// last value. Nothing where that is too old and the one who finds it out takes too long. What
  /// `find` throws goes to its caller, and the next one tries again.
  template <typename Find>
  std::optional<Value> Get(const Find& find) {
    std::unique_lock lock(mutex_);
    if (!IsYoungerThan(period_)) {
      if (!finding_) return FindOut(find, lock);
      if (!IsYoungerThan(patience_)) AwaitFound(lock);
    }
    return IsYoungerThan(patience_) ? value_ : std::nullopt;
  }

 private:
  bool IsYoungerThan(Clock::duration age) const { return value_ && now_() - found_ < age; }

  template <typename Find>
  std::optional<Value> FindOut(const Find& find, std::unique_lock<std::mutex>& lock) {
    finding_ = true;
    begun_ = Clock::now();
    lock.unlock();
    std::optional<Value> value;
    try {
      value = find();
    } catch (...) {
      Finish(lock);
      throw;
    }
    Finish(lock);
    value_ = value;
    found_ = now_();
    return value;
  }

  void Finish(std::unique_lock<std::mutex>& lock) {
    lock.lock();
    finding_ = false;
    finished_.notify_all();
  }

  void AwaitFound(std::unique_lock<std::mutex>& lock) {
    finished_.wait_until(lock, begun_ + patience_, [this] { return !finding_; });
  }

  const Clock::duration period_;
  const Clock::duration patience_;
  const std::function<Clock::time_point()> now_;

  std::mutex mutex_;
  std::condition_variable finished_;
  bool finding_ = false;
  Clock::time_point begun_{};  // of who finds it out, by the machine's clock
  Clock::time_point found_{};
  std::optional<Value> value_;
};

}  // namespace clinic::server
