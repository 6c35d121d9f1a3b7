// The bytes of a file, plain or compressed with gzip: which of the two is seen from its first
// bytes, not from its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "clinic/result.hpp"

namespace clinic::calendar_file {

/// A file that is read once, from front to back. Not thread-safe.
class InputFile {
 public:
  /// Opens `path`. Errors: kNotFound (no such file), kUnavailable (a folder, no permission, ...).
  static Result<InputFile> Open(const std::filesystem::path& path);

  /// Fills `buffer` from the front and gives back how many bytes there were; 0 at the end. Errors:
  /// kCorrupt (the compressed data is damaged, or ends too early), kUnavailable (it cannot be
  /// read).
  Result<std::size_t> Read(std::span<char> buffer);

  /// The first bytes, `count` of them or as many as there are. They stay to be read, also where the
  /// file is a pipe. To be called before the first Read. Errors: as Read.
  Result<std::string_view> Peek(std::size_t count);

  /// How many bytes of the file, as it lies on disk, have been read.
  std::uint64_t position() const;

  /// How it was opened, for messages.
  const std::string& name() const { return name_; }

 private:
  struct Stream;
  struct Close {
    void operator()(Stream* stream) const;
  };

  InputFile(std::unique_ptr<Stream, Close> stream, std::string name)
      : stream_(std::move(stream)), name_(std::move(name)) {}

  Result<std::size_t> ReadStream(std::span<char> buffer);

  std::unique_ptr<Stream, Close> stream_;
  std::string name_;
  std::string peeked_{};  // what Read gives before it goes on with the stream
};

}  // namespace clinic::calendar_file
