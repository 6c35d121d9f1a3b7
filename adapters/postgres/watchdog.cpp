#include "adapters/postgres/watchdog.hpp"

#include <sys/socket.h>

namespace clinic::postgres {

Watchdog::Watch::Watch(Watchdog& watchdog, int socket) : watchdog_(watchdog), socket_(socket) {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.watches_.insert(this);
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.watches_.erase(this);
}

Watchdog::Watchdog(std::chrono::milliseconds patience)
    : patience_(patience), thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// A socket that is in the set is open: it is taken out before it is closed.
void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, patience_ / 8, [this] { return ended_; })) {
    const Time now = std::chrono::steady_clock::now();
    for (Watch* const watch : watches_) {
      if (watch->cut_at_.load() < now) shutdown(watch->socket_, SHUT_RDWR);
    }
  }
}

}  // namespace clinic::postgres
