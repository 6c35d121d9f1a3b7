#include "server/auth/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace clinic::auth {
namespace {

constexpr std::size_t kLongest = 16 * 1024;

/// A file descriptor that closes itself.
class File {
 public:
  File(const std::string& path, int flags)
      : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error Failed(const std::string& path, const std::string& what) {
  const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return {code, path + ": " + what + ": " + std::strerror(errno)};
}

bool IsPrivate(const struct stat& status) {
  const bool is_handed_over = status.st_uid == 0 && geteuid() != 0;
  const mode_t others = S_IRWXG | S_IRWXO;
  return (status.st_mode & (is_handed_over ? others & ~mode_t{S_IRGRP} : others)) == 0;
}

}  // namespace

Result<PrivateFile> ReadPrivateFile(const std::string& path) {
  const File file(path, O_RDONLY);
  struct stat status {};
  if (!file.ok() || fstat(file.get(), &status) != 0) return Failed(path, "cannot be read");
  if (!IsPrivate(status)) {
    return Error{ErrorCode::kInvalidArgument,
                 path + ": others than its owner can read it; chmod 600"};
  }
  std::string text(kLongest + 1, '\0');
  const ssize_t length = read(file.get(), text.data(), text.size());
  if (length < 0) return Failed(path, "cannot be read");
  if (static_cast<std::size_t>(length) > kLongest) {
    return Error{ErrorCode::kInvalidArgument, path + ": is no secret: too long"};
  }
  text.resize(static_cast<std::size_t>(length));
  const auto since_1970 = std::chrono::seconds{status.st_mtim.tv_sec} +
                          std::chrono::nanoseconds{status.st_mtim.tv_nsec};
  using Time = std::chrono::system_clock::time_point;
  return PrivateFile{std::move(text), Time(std::chrono::duration_cast<Time::duration>(since_1970))};
}

Result<void> MakePrivateFile(const std::string& path, const std::string& text) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok()) {
    Error failed = Failed(path, "cannot be made");
    failed.code = ErrorCode::kUnavailable;
    return failed;
  }
  const bool is_written =
      write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file.get()) == 0;
  if (!is_written) return Failed(path, "cannot be written");
  return {};
}

}  // namespace clinic::auth
