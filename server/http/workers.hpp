// The threads that serve requests, and the bounded queue in front of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/http/answer_writer.hpp"
#include "server/http/head.hpp"
#include "server/http/message.hpp"
#include "server/http/options.hpp"
#include "server/http/server.hpp"

namespace clinic::http {

struct Connection;

/// A whole request, and the connection that waits for its answer.
struct Job {
  Connection* connection = nullptr;  ///< never looked into here: it belongs to the loop
  int socket = -1;                   ///< open until the job is done
  Request request;
  Persistence persistence = Persistence::kClose;
};

/// A request that was answered.
struct Done {
  Connection* connection = nullptr;
  std::string unsent;  ///< what the socket would not take at once
  Persistence persistence = Persistence::kClose;
  bool is_broken = false;  ///< the peer is gone
};

/// A fixed number of threads that call the handler and send its answers. Thread-safe, but for the
/// constructor and Stop.
class Workers {
 public:
  /// `on_done` is called on a worker when the list of what is done was empty and is no more.
  /// Requires that `options` outlives the workers.
  Workers(const Options& options, RequestHandler handler, std::function<void()> on_done);
  ~Workers();

  /// Queues a job; false, and `job` untouched, where the queue is full.
  bool Push(Job& job);

  /// Takes everything that was done since the last call.
  std::vector<Done> TakeDone();

  std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }

  /// From now on every answer closes its connection.
  void CloseConnections() { closes_.store(true, std::memory_order_relaxed); }

  /// Drops what is queued and waits for what is being served.
  void Stop();

 private:
  void Run();
  bool Pop(Job& job);
  Done Serve(AnswerWriter& writer, Job& job);
  Response Answer(const Request& request) const;

  const Options& options_;
  const RequestHandler handler_;
  const std::function<void()> on_done_;
  std::atomic<bool> closes_{false};
  std::atomic<std::size_t> queued_{0};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> queue_;
  bool stopped_ = false;

  std::mutex done_mutex_;
  std::vector<Done> done_;

  std::vector<std::thread> threads_;
};

}  // namespace clinic::http
