// Sockets as the front uses them: owned, non-blocking, closed on exec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "clinic/result.hpp"

namespace clinic::http {

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() { Close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void Close();

 private:
  int fd_ = -1;
};

/// Listens on a name or an address, with the longest backlog that there is; port 0 takes a free
/// one. Errors: kUnavailable, with the system's reason.
Result<FileDescriptor> Listen(const std::string& host, std::uint16_t port);

/// The port that a listening socket has.
std::uint16_t LocalPort(const FileDescriptor& listener);

/// Takes the next connection that waits, and says whose it is (a numeric address). Gives a
/// descriptor that is not open, and leaves the reason in errno, where there is none.
FileDescriptor Accept(const FileDescriptor& listener, std::string& remote_address);

/// How much was sent before the socket would have blocked, or that the connection is gone.
struct Sent {
  std::size_t bytes = 0;
  bool is_broken = false;
};
Sent Send(int socket, std::string_view bytes);

/// Lets the process have `count` open files, as far as the system's hard limit allows. Gives how
/// many it can have then.
std::size_t RaiseFileLimit(std::size_t count);

}  // namespace clinic::http
