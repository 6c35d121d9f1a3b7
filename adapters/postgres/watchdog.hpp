// Cuts connections to servers that fell silent.
//
// The server ends a statement that takes too long; a server that is stopped, or waits for a standby
// that does not come back, ends nothing. Nobody here waits for it forever.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace clinic::postgres {

/// Safe to call from any thread.
class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A socket that is watched while somebody waits for an answer on it. Used by one thread; lives
  /// no longer than the socket.
  class Watch {
   public:
    Watch(Watchdog& watchdog, int socket);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    void Begin() { cut_at_ = std::chrono::steady_clock::now() + watchdog_.patience_; }
    void End() { cut_at_ = Time::max(); }

   private:
    friend class Watchdog;

    Watchdog& watchdog_;
    const int socket_;
    std::atomic<Time> cut_at_ = Time::max();
  };

  /// Cuts whoever has not answered for that long.
  explicit Watchdog(std::chrono::milliseconds patience);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  void Run();

  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Watch*> watches_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace clinic::postgres
