#include "server/http/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace clinic::http {
namespace {

Error Unavailable(const std::string& host, std::uint16_t port, const std::string& reason) {
  return {ErrorCode::kUnavailable,
          "Cannot listen on " + host + " port " + std::to_string(port) + ": " + reason + "."};
}

void SetFlag(int socket, int level, int option) {
  const int on = 1;
  setsockopt(socket, level, option, &on, sizeof on);
}

std::string NumericAddress(const sockaddr_storage& address, socklen_t length) {
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, text.data(), text.size(),
                  nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  std::string_view numeric = text.data();
  constexpr std::string_view kMapped = "::ffff:";  // an IPv4 client of an IPv6 socket
  if (numeric.starts_with(kMapped) && numeric.find('.') != std::string_view::npos) {
    numeric.remove_prefix(kMapped.size());
  }
  return std::string(numeric);
}

}  // namespace

void FileDescriptor::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Result<FileDescriptor> Listen(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return Unavailable(host, port, gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);

  int reason = 0;
  for (const addrinfo* address = found; address; address = address->ai_next) {
    FileDescriptor socket(
        ::socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    SetFlag(socket.get(), SOL_SOCKET, SO_REUSEADDR);
    if (socket.is_open() && bind(socket.get(), address->ai_addr, address->ai_addrlen) == 0 &&
        listen(socket.get(), SOMAXCONN) == 0) {
      return socket;
    }
    reason = errno;
  }
  return Unavailable(host, port, std::generic_category().message(reason));
}

std::uint16_t LocalPort(const FileDescriptor& listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

FileDescriptor Accept(const FileDescriptor& listener, std::string& remote_address) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  FileDescriptor socket(accept4(listener.get(), reinterpret_cast<sockaddr*>(&address), &length,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.is_open()) return socket;
  SetFlag(socket.get(), IPPROTO_TCP, TCP_NODELAY);
  remote_address = NumericAddress(address, length);
  return socket;
}

Sent Send(int socket, std::string_view bytes) {
  Sent sent;
  while (sent.bytes < bytes.size()) {
    const ssize_t count =
        send(socket, bytes.data() + sent.bytes, bytes.size() - sent.bytes, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      sent.is_broken = errno != EAGAIN && errno != EWOULDBLOCK;
      break;
    }
    sent.bytes += static_cast<std::size_t>(count);
  }
  return sent;
}

std::size_t RaiseFileLimit(std::size_t count) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return count;
  if (limit.rlim_cur >= count) return limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(count, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace clinic::http
