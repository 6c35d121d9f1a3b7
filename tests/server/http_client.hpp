// A client that sends exactly the bytes that it is told to, and a server for it to send them to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/server.hpp"

namespace clinic::http {

using std::chrono::milliseconds;

/// An answer as it came; `status` is 0 where the connection ended instead.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of a header, or "" where there is none of exactly that spelling.
  std::string Header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class Client {
 public:
  /// Connects; waits for answers for at most ten seconds. A small `receive_buffer` makes it slow.
  explicit Client(std::uint16_t port, int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ =
        connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  ~Client() { Close(); }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        is_connected_(other.is_connected_),
        received_(std::move(other.received_)) {}

  bool is_connected() const { return is_connected_; }

  void Close() {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
  }

  /// False where the server does not take it all.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void EndSending() { shutdown(socket_, SHUT_WR); }

  /// The next answer; its body ends where Content-Length says, or is absent for `kNoBody`.
  enum class Body { kByLength, kNone };
  Answer Read(Body body = Body::kByLength) {
    Answer answer;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return {};
    }
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const std::string length = answer.Header("Content-Length");
    if (body == Body::kNone || length.empty()) return answer;
    while (received_.size() < std::stoul(length)) {
      if (!Receive()) return {};
    }
    answer.body = received_.substr(0, std::stoul(length));
    received_.erase(0, answer.body.size());
    return answer;
  }

  Answer Ask(std::string_view request, Body body = Body::kByLength) {
    return Send(request) ? Read(body) : Answer();
  }

  /// Does the connection end properly, with nothing more before that?
  bool EndsCleanly() {
    while (Receive()) {
    }
    return received_.empty() && ended_;
  }

  /// True where something came.
  bool Receive() {
    std::array<char, 65536> bytes;
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    ended_ = count == 0;
    if (count <= 0) return false;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

 private:
  int socket_ = -1;
  bool is_connected_ = false;
  bool ended_ = false;
  std::string received_;
};

/// Every path that a handler was asked for, in the order of asking.
class Asked {
 public:
  void Add(const std::string& path) {
    const std::lock_guard lock(mutex_);
    paths_.push_back(path);
  }

  std::vector<std::string> paths() const {
    const std::lock_guard lock(mutex_);
    return paths_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> paths_;
};

/// Options with ids that count up from "id-1" and everything else as it is by default.
inline Options TestOptions() {
  Options options;
  options.worker_threads = 2;
  options.new_id = [count = 0]() mutable { return "id-" + std::to_string(++count); };
  return options;
}

/// A running server on a free port, which remembers what it was asked for.
class TestServer {
 public:
  explicit TestServer(RequestHandler handler, Options options = TestOptions())
      : server_(std::move(options), [this, handler = std::move(handler)](const Request& request) {
          asked_.Add(request.path);
          return handler(request);
        }) {
    const Result<void> started = server_.Start();
    EXPECT_TRUE(started.ok()) << (started ? "" : started.error().message);
  }

  Server& server() { return server_; }
  std::uint16_t port() const { return server_.port(); }
  std::vector<std::string> asked() const { return asked_.paths(); }

 private:
  Asked asked_;
  Server server_;
};

/// Answers with the path that was asked for.
inline Response EchoPath(const Request& request) {
  return {.body = request.path, .content_type = "text/plain"};
}

/// Answers with the body that was sent.
inline Response EchoBody(const Request& request) {
  return {.body = request.body, .content_type = "text/plain"};
}

inline std::string Get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: clinic\r\n\r\n";
}

/// Does `condition` come true within five seconds?
template <typename Condition>
bool Eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    usleep(1000);
  }
  return true;
}

}  // namespace clinic::http
