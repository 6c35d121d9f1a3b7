// The HTTP/1.1 server: sockets on one side, whole requests on the other.
//
// A few threads own the connections: they accept, read each request whole under deadlines and
// limits, refuse what is not exactly RFC 9112, answer what needs no waiting, and hand the rest to a
// fixed number of workers, who call the handler. A connection that waits, or drips, holds memory
// and no thread. See README.md beside this.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "clinic/result.hpp"
#include "server/http/message.hpp"
#include "server/http/options.hpp"

namespace clinic::http {

/// Answers one request. Called from several threads at once. What it throws becomes a 500 that does
/// not quote the exception.
using RequestHandler = std::function<Response(const Request&)>;

/// What goes on at this moment, for metrics.
struct ServerState {
  std::size_t connections = 0;      ///< open, in whatever phase
  std::size_t queued_requests = 0;  ///< read whole, waiting for a worker
};

/// A server. Start and Stop are for one thread, in that order, once; the rest may be called from
/// any.
class Server {
 public:
  Server(Options options, RequestHandler handler);

  /// As Stop without patience.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds, listens and serves; returns at once. Errors: kInvalidArgument, if an option makes no
  /// sense; kUnavailable, if the address cannot be had. Nothing is left running after an error.
  Result<void> Start();

  /// The port that is listened on, after Start.
  std::uint16_t port() const;

  ServerState state() const;

  /// Takes no new connections, closes the idle ones, answers what was being read or served with
  /// `Connection: close`, and returns when that is done. After `patience` what is left is cut off,
  /// but for handlers that still run, whose end is waited for.
  void Stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace clinic::http
