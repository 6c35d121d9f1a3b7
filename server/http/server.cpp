#include "server/http/server.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "server/http/loop.hpp"
#include "server/http/socket.hpp"
#include "server/http/workers.hpp"

namespace clinic::http {
namespace {

// What is left for the rest of the process, and for connections that are told of the limit.
constexpr std::size_t kOtherFiles = 512;

Result<void> Check(const Options& options) {
  const Deadlines& times = options.deadlines;
  const auto shortest = std::min({times.head, times.body, times.idle, times.write, times.linger});
  const char* wrong = !options.new_id                            ? "there is no source of ids"
                      : options.loop_threads == 0                ? "there is no thread that reads"
                      : options.worker_threads == 0              ? "there are no worker threads"
                      : options.limits.connections == 0          ? "no connection is allowed"
                      : shortest <= std::chrono::milliseconds(0) ? "a deadline is not positive"
                                                                 : nullptr;
  if (!wrong) return {};
  return Error{ErrorCode::kInvalidArgument, std::string("The server cannot start: ") + wrong + "."};
}

}  // namespace

class Server::Impl {
 public:
  Impl(Options options, RequestHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)) {}

  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  Result<void> Start() {
    if (auto checked = Check(options_); !checked) return checked;
    Result<FileDescriptor> listener = Listen(options_.host, options_.port);
    if (!listener) return std::move(listener).error();
    port_ = LocalPort(*listener);
    LimitConnections();

    workers_ = std::make_unique<Workers>(options_, handler_);
    if (auto opened = OpenLoops(*std::move(listener)); !opened) {
      workers_->Stop();
      return opened;
    }
    for (const auto& loop : loops_) threads_.emplace_back([&loop] { loop->Run(); });
    return {};
  }

  void Stop(std::chrono::milliseconds patience) {
    if (threads_.empty()) return;
    for (const auto& loop : loops_) loop->Stop(patience);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    workers_->Stop();
  }

  std::uint16_t port() const { return port_; }

  ServerState state() const {
    ServerState state;
    for (const auto& loop : loops_) state.connections += loop->connections();
    if (workers_) state.queued_requests = workers_->queued();
    return state;
  }

 private:
  Result<void> OpenLoops(FileDescriptor listener) {
    const std::size_t count = options_.loop_threads;
    std::vector<Loop*> team;
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t most = (options_.limits.connections + index) / count;
      loops_.push_back(std::make_unique<Loop>(options_, std::max<std::size_t>(most, 1), *workers_));
      if (auto opened = loops_.back()->Open(); !opened) return opened;
      team.push_back(loops_.back().get());
    }
    return team.front()->Accept(std::move(listener), team);
  }

  // Takes no more connections than there can be descriptors: a store that cannot open a file
  // because of idle clients would be worse.
  void LimitConnections() {
    std::size_t& connections = options_.limits.connections;
    const std::size_t files = RaiseFileLimit(connections + kOtherFiles);
    connections = std::min(connections, std::max(files, kOtherFiles + 1) - kOtherFiles);
  }

  Options options_;
  const RequestHandler handler_;
  std::uint16_t port_ = 0;
  // Destroyed from the last to the first: the workers end before the loops close their sockets.
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<Workers> workers_;
  std::vector<std::thread> threads_;
};

Server::Server(Options options, RequestHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

Result<void> Server::Start() { return impl_->Start(); }

std::uint16_t Server::port() const { return impl_->port(); }

ServerState Server::state() const { return impl_->state(); }

void Server::Stop(std::chrono::milliseconds patience) { impl_->Stop(patience); }

}  // namespace clinic::http
