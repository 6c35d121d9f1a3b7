#include "server/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "server/auth/random.hpp"

namespace clinic::server {
namespace {

constexpr std::size_t kShortest = 32;
constexpr std::size_t kLongest = 4096;

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
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Error Failed(const std::string& path, const std::string& what) {
  return {ErrorCode::kUnavailable, path + ": " + what + ": " + std::strerror(errno)};
}

Result<std::string> ReadOpened(const std::string& path, const File& file) {
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0) return Failed(path, "cannot be read");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 path + ": others than its owner can read it; chmod 600"};
  }
  std::array<char, kLongest> buffer{};
  const ssize_t length = read(file.descriptor(), buffer.data(), buffer.size());
  if (length < 0) return Failed(path, "cannot be read");
  if (static_cast<std::size_t>(length) < kShortest) {
    return Error{ErrorCode::kInvalidArgument, path + ": a secret has at least 32 bytes"};
  }
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

Result<std::string> ReadSecret(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.ok()) return Failed(path, "cannot be read");
  Result<std::string> secret = ReadOpened(path, file);
  if (secret.ok() && secret->ends_with('\n')) secret->pop_back();
  return secret;
}

Result<std::string> ReadOrMakeSecret(const std::string& path) {
  const File existing(path, O_RDONLY);
  if (existing.ok()) return ReadOpened(path, existing);
  if (errno != ENOENT) return Failed(path, "cannot be read");
  const File made(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!made.ok()) return Failed(path, "cannot be made");
  const std::string secret = auth::RandomToken();
  const bool written = write(made.descriptor(), secret.data(), secret.size()) ==
                           static_cast<ssize_t>(secret.size()) &&
                       fsync(made.descriptor()) == 0;
  if (!written) return Failed(path, "cannot be written");
  return secret;
}

}  // namespace clinic::server
