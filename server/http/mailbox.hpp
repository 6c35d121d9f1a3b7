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

  /// All is sent, and the connection stays.
  bool is_finished() const {
    return unsent.empty() && persistence != Persistence::kClose && !is_broken;
  }
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

/// Thread-safe. Its descriptor is readable while there is something to take that cannot wait.
///
/// What is finished can wait for whatever happens next, which most often is that its client sends
/// another request: the loop need not wake twice for one.
class Mailbox {
 public:
  bool is_open() const { return wakeup_.is_open(); }
  int fd() const { return wakeup_.fd(); }

  void Post(Done done) {
    const bool can_wait = done.is_finished();
    Change(can_wait, [&](Letters& letters) { letters.done.push_back(std::move(done)); });
  }
  void Post(Arrival arrival) {
    Change(false, [&](Letters& letters) { letters.arrivals.push_back(std::move(arrival)); });
  }

  /// Wakes who waits for the descriptor, with nothing to take.
  void Interrupt() { wakeup_.Notify(); }

  /// Lets the descriptor be unreadable. To be called before Take.
  void Clear() { wakeup_.Clear(); }

  /// Everything that was posted since the last call.
  Letters Take() {
    const std::lock_guard lock(mutex_);
    is_told_ = false;
    return std::exchange(letters_, {});
  }

  /// Whether nothing can wait from now on, nor what lies there already.
  void SetUrgent(bool is_urgent) {
    Change(true, [&](Letters&) { is_urgent_ = is_urgent; });
  }

 private:
  template <typename Add>
  void Change(bool can_wait, const Add& add) {
    bool tells = false;
    {
      const std::lock_guard lock(mutex_);
      add(letters_);
      const bool is_empty = letters_.done.empty() && letters_.arrivals.empty();
      tells = (!can_wait || is_urgent_) && !is_empty && !is_told_;
      is_told_ = is_told_ || tells;
    }
    if (tells) wakeup_.Notify();
  }

  Wakeup wakeup_;
  std::mutex mutex_;  // guards what follows
  Letters letters_;
  bool is_urgent_ = false;
  bool is_told_ = false;  // since the last Take
};

}  // namespace clinic::http
