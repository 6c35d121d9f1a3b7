#include "server/import/input_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

namespace clinic::calendar_file {
namespace {

constexpr unsigned kBufferBytes = 128 * 1024;

std::string SystemMessage(int error) { return std::generic_category().message(error); }

}  // namespace

// zlib's own handle: it decompresses, or passes through what does not begin as gzip does.
struct InputFile::Stream {
  gzFile file;
};

void InputFile::Close::operator()(Stream* stream) const {
  gzclose_r(stream->file);
  delete stream;
}

Result<InputFile> InputFile::Open(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Error{ErrorCode::kUnavailable, path.string() + ": is a folder, not a file"};
  }
  errno = 0;
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    const int reason = errno != 0 ? errno : ENOMEM;
    return Error{reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 path.string() + ": " + SystemMessage(reason)};
  }
  gzbuffer(file, kBufferBytes);
  return InputFile(std::unique_ptr<Stream, Close>(new Stream{file}), path.string());
}

Result<std::size_t> InputFile::Read(std::span<char> buffer) {
  if (peeked_.empty()) return ReadStream(buffer);
  const std::size_t count = peeked_.copy(buffer.data(), buffer.size());
  peeked_.erase(0, count);
  return count;
}

Result<std::string_view> InputFile::Peek(std::size_t count) {
  while (peeked_.size() < count) {
    const std::size_t before = peeked_.size();
    peeked_.resize(count);
    const Result<std::size_t> read = ReadStream(std::span(peeked_).subspan(before));
    peeked_.resize(before + (read.ok() ? *read : 0));
    if (!read.ok()) return read.error();
    if (*read == 0) break;
  }
  return std::string_view(peeked_).substr(0, count);
}

Result<std::size_t> InputFile::ReadStream(std::span<char> buffer) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  errno = 0;
  const int count =
      gzread(stream_->file, buffer.data(), static_cast<unsigned>(std::min(buffer.size(), kMost)));
  const int system_error = errno;

  // A file cut short is no failed read to zlib: it gives what there was, and then nothing.
  int state = Z_OK;
  gzerror(stream_->file, &state);
  if (state == Z_BUF_ERROR) {
    return Error{ErrorCode::kCorrupt, name_ + ": the compressed data ends too early"};
  }
  if (state == Z_ERRNO) {
    return Error{ErrorCode::kUnavailable, name_ + ": " + SystemMessage(system_error)};
  }
  if (count < 0 || state != Z_OK) {
    return Error{ErrorCode::kCorrupt, name_ + ": the compressed data is damaged"};
  }
  return static_cast<std::size_t>(count);
}

std::uint64_t InputFile::position() const {
  const z_off_t offset = gzoffset(stream_->file);
  return offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
}

}  // namespace clinic::calendar_file
