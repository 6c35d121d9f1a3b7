// Bytes that came and were not used yet.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::http {

/// A queue of bytes. Appending and dropping are amortised O(bytes), however small the pieces.
class Buffer {
 public:
  bool empty() const { return begin_ == bytes_.size(); }

  /// Everything, oldest first. Valid until the next change.
  std::string_view View() const { return std::string_view(bytes_).substr(begin_); }

  void Append(std::string_view bytes) {
    if (begin_ > bytes_.size() / 2) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    bytes_.append(bytes);
  }

  /// Drops the oldest `count` bytes. Requires that there are as many.
  void Drop(std::size_t count) {
    begin_ += count;
    if (empty()) Clear();
  }

  /// Drops everything; what a large request took is given back.
  void Clear() {
    if (bytes_.capacity() > kKeptCapacity) std::string().swap(bytes_);
    bytes_.clear();
    begin_ = 0;
  }

 private:
  static constexpr std::size_t kKeptCapacity = 2048;

  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace clinic::http
