#include "server/http/workers.hpp"

#include <utility>

#include "server/http/guarded.hpp"
#include "server/http/socket.hpp"

namespace clinic::http {

Workers::Workers(const Options& options, RequestHandler handler)
    : options_(options), handler_(std::move(handler)) {
  for (std::size_t index = 0; index < options.worker_threads; ++index) {
    threads_.emplace_back([this] { Run(); });
  }
}

Workers::~Workers() { Stop(); }

bool Workers::Push(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || queue_.size() >= options_.limits.queued_requests) return false;
    queue_.push_back(std::move(job));
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
  arrived_.notify_one();
  return true;
}

void Workers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    queue_.clear();
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Workers::Pop(Job& job) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
  if (stopped_) return false;
  job = std::move(queue_.front());
  queue_.pop_front();
  queued_.store(queue_.size(), std::memory_order_relaxed);
  return true;
}

void Workers::Run() {
  HttplibWriter writer;
  for (Job job; Pop(job);) job.mailbox->Post(Serve(writer, job));
}

Done Workers::Serve(HttplibWriter& writer, Job& job) {
  const Response response = Guarded(options_.on_exception, handler_, job.request);
  if (closes_.load(std::memory_order_relaxed)) job.persistence = Persistence::kClose;
  std::string bytes = writer.Write({job.request.method, job.request.id, job.persistence}, response);
  const Sent sent = Send(job.socket, bytes);
  bytes.erase(0, sent.bytes);
  return {job.connection, std::move(bytes), job.persistence, sent.is_broken};
}

}  // namespace clinic::http
