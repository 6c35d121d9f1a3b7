// How another thread interrupts the loop's waiting.
#pragma once

#include <sys/eventfd.h>

#include "server/http/socket.hpp"

namespace clinic::http {

/// A descriptor that is readable from Notify to Clear. Thread-safe.
class Wakeup {
 public:
  Wakeup() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  bool is_open() const { return event_.is_open(); }
  int fd() const { return event_.get(); }
  void Notify() { eventfd_write(fd(), 1); }

  void Clear() {
    eventfd_t count = 0;
    eventfd_read(fd(), &count);
  }

 private:
  FileDescriptor event_;
};

}  // namespace clinic::http
