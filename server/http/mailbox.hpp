// What other threads tell a loop: which requests are answered, and which connections are its own
// from now on.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/http/head.hpp"
#include "server/http/socket.hpp"
#include "server/http/wakeup.hpp"

namespace clinic::http {

struct Connection;

/// A request that a worker has answered.
struct Done {
  Connection* connection = nullptr;
  std::string unsent;  ///< what the socket would not take at once
  Persistence persistence = Persistence::kClose;
  bool is_broken = false;  ///< the peer is gone
};

/// A connection that another loop has accepted.
struct Arrival {
  FileDescriptor socket;
  std::string remote_address;
};

struct Letters {
  std::vector<Done> done;
  std::vector<Arrival> arrivals;
};

/// Thread-safe. Its descriptor is readable while there is something to take.
class Mailbox {
 public:
  bool is_open() const { return wakeup_.is_open(); }
  int fd() const { return wakeup_.fd(); }

  void Post(Done done) {
    PostTo([&](Letters& letters) { letters.done.push_back(std::move(done)); });
  }
  void Post(Arrival arrival) {
    PostTo([&](Letters& letters) { letters.arrivals.push_back(std::move(arrival)); });
  }

  /// Wakes who waits for the descriptor, with nothing to take.
  void Interrupt() { wakeup_.Notify(); }

  /// Everything that was posted since the last call.
  Letters Take() {
    wakeup_.Clear();
    const std::lock_guard lock(mutex_);
    return std::exchange(letters_, {});
  }

 private:
  template <typename Add>
  void PostTo(const Add& add) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      was_empty = letters_.done.empty() && letters_.arrivals.empty();
      add(letters_);
    }
    if (was_empty) wakeup_.Notify();
  }

  Wakeup wakeup_;
  std::mutex mutex_;
  Letters letters_;
};

}  // namespace clinic::http
