#include "server/http/workers.hpp"

#include <utility>

#include "server/http/guarded.hpp"
#include "server/http/socket.hpp"

namespace clinic::http {

Workers::Workers(const Options& options, RequestHandler handler)
    : options_(options), handler_(std::move(handler)) {
  for (std::size_t index = 0; index < options.worker_threads; ++index) {
    Worker& worker = workers_.emplace_back();
    worker.thread = std::thread([this, &worker] { Run(worker); });
  }
}

Workers::~Workers() { Stop(); }

bool Workers::Push(const Job& job) {
  Worker* called = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    if (idle_.empty()) {
      if (queue_.size() >= options_.limits.queued_requests) return false;
      queue_.push_back(job);
      queued_.store(queue_.size(), std::memory_order_relaxed);
      return true;
    }
    called = idle_.back();
    idle_.pop_back();
    called->job = job;
  }
  called->called.Post();
  return true;
}

void Workers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    queue_.clear();
    for (Worker* idle : std::exchange(idle_, {})) idle->called.Post();
  }
  for (Worker& worker : workers_) worker.thread.join();
  workers_.clear();
}

std::optional<Job> Workers::Next(Worker& self) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return std::nullopt;
    if (!queue_.empty()) {
      const Job job = queue_.front();
      queue_.pop_front();
      queued_.store(queue_.size(), std::memory_order_relaxed);
      return job;
    }
    idle_.push_back(&self);
  }
  self.called.Wait();
  return std::exchange(self.job, std::nullopt);
}

void Workers::Run(Worker& self) {
  HttplibWriter writer;
  while (const std::optional<Job> job = Next(self)) job->mailbox->Post(Serve(writer, *job));
}

Done Workers::Serve(HttplibWriter& writer, const Job& job) {
  const Response response = Guarded(options_.on_exception, handler_, *job.request);
  const bool closes = closes_.load(std::memory_order_relaxed);
  const Persistence persistence = closes ? Persistence::kClose : job.persistence;
  const std::string_view bytes =
      writer.Write({job.request->method, job.request->id, persistence}, response);
  const Sent sent = Send(job.socket, bytes);
  Done done{job.connection, std::string(bytes.substr(sent.bytes)), persistence, sent.is_broken};
  writer.Release();
  return done;
}

}  // namespace clinic::http
