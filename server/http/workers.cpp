#include "server/http/workers.hpp"

#include <exception>
#include <utility>

#include "server/http/problem.hpp"
#include "server/http/socket.hpp"

namespace clinic::http {
namespace {

Response Failure(const Request& request) {
  return ToResponse({.status = 500,
                     .code = "internal_error",
                     .detail = "Something went wrong here. The request id finds it in the log."},
                    request);
}

}  // namespace

Workers::Workers(const Options& options, RequestHandler handler, std::function<void()> on_done)
    : options_(options), handler_(std::move(handler)), on_done_(std::move(on_done)) {
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

std::vector<Done> Workers::TakeDone() {
  const std::lock_guard lock(done_mutex_);
  return std::exchange(done_, {});
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
  AnswerWriter writer;
  for (Job job; Pop(job);) {
    Done done = Serve(writer, job);
    bool was_empty = false;
    {
      const std::lock_guard lock(done_mutex_);
      was_empty = done_.empty();
      done_.push_back(std::move(done));
    }
    if (was_empty) on_done_();
  }
}

Done Workers::Serve(AnswerWriter& writer, Job& job) {
  Response response = Answer(job.request);
  if (closes_.load(std::memory_order_relaxed)) job.persistence = Persistence::kClose;
  std::string bytes =
      writer.Write({job.request.method, job.request.id, job.persistence}, std::move(response));
  const Sent sent = Send(job.socket, bytes);
  bytes.erase(0, sent.bytes);
  return {job.connection, std::move(bytes), job.persistence, sent.is_broken};
}

Response Workers::Answer(const Request& request) const {
  try {
    return handler_(request);
  } catch (const std::exception& exception) {
    if (options_.on_exception) options_.on_exception(request, exception.what());
  } catch (...) {
    if (options_.on_exception) options_.on_exception(request, "not a std::exception");
  }
  return Failure(request);
}

}  // namespace clinic::http
