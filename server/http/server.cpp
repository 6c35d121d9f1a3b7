#include "server/http/server.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "server/http/loop.hpp"
#include "server/http/socket.hpp"
#include "server/http/wakeup.hpp"
#include "server/http/workers.hpp"

namespace clinic::http {
namespace {

// What is left for the rest of the process, and for connections that are told of the limit.
constexpr std::size_t kOtherFiles = 512;

Result<void> Check(const Options& options) {
  const Deadlines& times = options.deadlines;
  const auto shortest = std::min({times.head, times.body, times.idle, times.write, times.linger});
  const char* wrong = !options.new_id                            ? "there is no source of ids"
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

    workers_ = std::make_unique<Workers>(options_, handler_, [this] { wakeup_.Notify(); });
    loop_ = std::make_unique<Loop>(options_, std::move(*listener), wakeup_, *workers_);
    if (auto opened = loop_->Open(); !opened) {
      workers_->Stop();
      return opened;
    }
    thread_ = std::thread([this] { loop_->Run(); });
    return {};
  }

  void Stop(std::chrono::milliseconds patience) {
    if (!thread_.joinable()) return;
    loop_->Stop(patience);
    thread_.join();
    workers_->Stop();
  }

  std::uint16_t port() const { return port_; }

  ServerState state() const {
    if (!loop_) return {};
    return {.connections = loop_->connections(), .queued_requests = workers_->queued()};
  }

 private:
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
  Wakeup wakeup_;
  // Destroyed from the last to the first: the workers end before the loop closes their sockets.
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Workers> workers_;
  std::thread thread_;
};

Server::Server(Options options, RequestHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

Result<void> Server::Start() { return impl_->Start(); }

std::uint16_t Server::port() const { return impl_->port(); }

ServerState Server::state() const { return impl_->state(); }

void Server::Stop(std::chrono::milliseconds patience) { impl_->Stop(patience); }

}  // namespace clinic::http
