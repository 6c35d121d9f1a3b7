// How a thread sleeps until another one tells it to go on.
#pragma once

#include <semaphore.h>

namespace clinic {

/// Counts what was told and not heeded yet. Safe to use from any thread.
///
/// A condition variable does the same for one system call more: whoever wakes from it leaves the
/// mutex as if others waited for that, and wakes them, who are not there. GCC 12's
/// std::counting_semaphore yields four times before it sleeps, a system call each.
class Semaphore {
 public:
  Semaphore() { sem_init(&semaphore_, /*pshared=*/0, /*value=*/0); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() { sem_destroy(&semaphore_); }

  /// Lets one who waits go on, or the next who will; what was written before is seen by them.
  void Post() { sem_post(&semaphore_); }

  /// Returns once for each Post.
  void Wait() {
    while (sem_wait(&semaphore_) != 0) {  // a signal came
    }
  }

 private:
  sem_t semaphore_;
};

}  // namespace clinic
