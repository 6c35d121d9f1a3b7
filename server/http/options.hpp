// What an operator, or a test, can set about the HTTP front.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {

/// How much of everything is taken. What is larger is refused, never cut.
struct Limits {
  std::size_t target_bytes = std::size_t{8} << 10;  ///< the request target, as written; else 414
  /// Request line and headers; else 431, or 401 where it is credentials that are too long.
  std::size_t head_bytes = std::size_t{16} << 10;
  std::size_t header_count = 100;                 ///< else 431
  std::size_t body_bytes = std::size_t{1} << 20;  ///< the decoded body; else 413
  std::size_t chunk_line_bytes = 256;             ///< one chunk's size and extensions; else 400
  std::size_t chunk_extension_bytes = std::size_t{16} << 10;  ///< all of a body's; else 400
  /// The longest idle one makes room for a new one; else 503. Fewer where the system's limit of
  /// open files leaves no room for as many.
  std::size_t connections = 20'000;
  std::size_t queued_requests = 1'024;  ///< waiting for a thread; else 503
};

/// How long a client may take. Each is counted from where its phase begins, and sending a little
/// does not renew it.
struct Deadlines {
  std::chrono::milliseconds head{10'000};   ///< from its first byte to its last; else 408
  std::chrono::milliseconds body{30'000};   ///< from the end of the head; else 408
  std::chrono::milliseconds idle{75'000};   ///< between two requests; then the connection is closed
  std::chrono::milliseconds write{30'000};  ///< for each 64 KiB of an answer; else it is cut off
  std::chrono::milliseconds linger{2'000};  ///< for reading an answer before the connection closes
};

/// Told of a handler that threw, on the thread that ran it; `what` is for the log, not the client.
using ExceptionReport = std::function<void(const Request& request, std::string_view what)>;

struct Options {
  std::string host = "127.0.0.1";   ///< a name or an address to listen on
  std::uint16_t port = 0;           ///< 0 takes a free one, see Server::port
  std::size_t loop_threads = 1;     ///< how many threads read requests; at least 1
  std::size_t worker_threads = 64;  ///< how many requests are served at once; at least 1
  Limits limits;
  Deadlines deadlines;

  /// Makes the id of a request that did not bring a usable one in X-Request-Id (1 to 128 characters
  /// of [A-Za-z0-9._-]). Called on any loop's thread. Required.
  std::function<std::string()> new_id;

  /// Answers what can be answered at once, without waiting for a disk, for the network, or for
  /// whoever does; gives nothing for any other request, which then goes to a thread of its own and
  /// the handler. Called by who reads the requests, and nobody else is read meanwhile: what is done
  /// here saves the hand-over, and should take less than a millisecond. What it throws is treated
  /// as the handler's.
  std::function<std::optional<Response>(const Request&)> answer_at_once;

  ExceptionReport on_exception;

  /// Told of each request that was refused before it reached the handler. Called on any loop's
  /// thread, which serves no one meanwhile.
  std::function<void(const Problem& problem, std::string_view remote_address,
                     std::string_view request_id)>
      on_refusal;
};

}  // namespace clinic::http
