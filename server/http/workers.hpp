// The threads that serve requests, and the bounded queue in front of them.
//
// A request is given to the thread that became idle last: what it works with is in the caches yet.
// There is a queue only while none is idle.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "adapters/semaphore.hpp"
#include "server/http/head.hpp"
#include "server/http/httplib_writer.hpp"
#include "server/http/mailbox.hpp"
#include "server/http/message.hpp"
#include "server/http/options.hpp"
#include "server/http/server.hpp"

namespace clinic::http {

/// A whole request, and the connection that waits for its answer.
struct Job {
  Connection* connection = nullptr;  ///< never looked into here: it belongs to the loop
  int socket = -1;                   ///< open until the job is done
  Mailbox* mailbox = nullptr;        ///< where it is told that it is done
  const Request* request = nullptr;  ///< stays as it is until the job is done
  Persistence persistence = Persistence::kClose;
};

/// A fixed number of threads that call the handler and send its answers. Thread-safe, but for the
/// constructor and Stop.
class Workers {
 public:
  /// Requires that `options` outlives the workers, and each job's mailbox the job.
  Workers(const Options& options, RequestHandler handler);
  ~Workers();

  /// Gives a job to a thread, or queues it; false where the queue is full.
  bool Push(const Job& job);

  std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }

  /// From now on every answer closes its connection.
  void CloseConnections() { closes_.store(true, std::memory_order_relaxed); }

  /// Drops what is queued and waits for what is being served.
  void Stop();

 private:
  struct Worker {
    Semaphore called;
    std::optional<Job> job{};  // what it is called for; nothing, and it ends
    std::thread thread{};
  };

  void Run(Worker& self);
  std::optional<Job> Next(Worker& self);
  Done Serve(HttplibWriter& writer, const Job& job);

  const Options& options_;
  const RequestHandler handler_;
  std::atomic<bool> closes_{false};
  std::atomic<std::size_t> queued_{0};

  std::mutex mutex_;  // guards what follows
  std::deque<Job> queue_;
  std::vector<Worker*> idle_;  // since when: the last one is at the end
  bool stopped_ = false;

  std::deque<Worker> workers_;
};

}  // namespace clinic::http
