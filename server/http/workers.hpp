// The threads that serve requests, and the bounded queue in front of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

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
  Request request;
  Persistence persistence = Persistence::kClose;
};

/// A fixed number of threads that call the handler and send its answers. Thread-safe, but for the
/// constructor and Stop.
class Workers {
 public:
  /// Requires that `options` outlives the workers, and each job's mailbox the job.
  Workers(const Options& options, RequestHandler handler);
  ~Workers();

  /// Queues a job; false, and `job` untouched, where the queue is full.
  bool Push(Job& job);

  std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }

  /// From now on every answer closes its connection.
  void CloseConnections() { closes_.store(true, std::memory_order_relaxed); }

  /// Drops what is queued and waits for what is being served.
  void Stop();

 private:
  void Run();
  bool Pop(Job& job);
  Done Serve(HttplibWriter& writer, Job& job);

  const Options& options_;
  const RequestHandler handler_;
  std::atomic<bool> closes_{false};
  std::atomic<std::size_t> queued_{0};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> queue_;
  bool stopped_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace clinic::http
