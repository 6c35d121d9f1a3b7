// The clock is handed in: the engine never asks the machine what time it is.
#pragma once

#include <atomic>

#include "clinic/time.hpp"

namespace clinic {

/// Tells the time. Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The present instant, whole seconds, rounded down. Time may stand still between two calls; a
  /// clock that is set back does no harm beyond what it says.
  virtual Instant Now() const = 0;
};

/// The machine's clock, optionally moved so that it started at another instant.
class SystemClock final : public Clock {
 public:
  SystemClock() = default;

  /// A clock that shows `start` now and runs on from there at the machine's pace.
  static SystemClock StartingAt(Instant start) {
    return SystemClock(start - MachineTime());
  }

  Instant Now() const override { return MachineTime() + offset_; }

 private:
  explicit SystemClock(Duration offset) : offset_(offset) {}

  static Instant MachineTime() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }

  Duration offset_{0};
};

/// A clock that moves only when it is told to.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Instant now) : now_(now) {}

  Instant Now() const override { return now_.load(std::memory_order_acquire); }

  void Set(Instant now) { now_.store(now, std::memory_order_release); }

  /// Moves the clock by `step`, which may be negative. Requires that no other thread moves it.
  void Advance(Duration step) { Set(Now() + step); }

 private:
  std::atomic<Instant> now_;
};

}  // namespace clinic
