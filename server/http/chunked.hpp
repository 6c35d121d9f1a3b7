// Chunked bodies (RFC 9112 §7.1), decoded as they arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/buffer.hpp"
#include "server/http/options.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {

/// Decodes one body. Line breaks are CR LF and nothing else. Extensions are skipped and trailers
/// checked and dropped, as RFC 9112 §7.1.1 and §7.1.2 allow; both are limited.
class ChunkedDecoder {
 public:
  /// Requires that `limits` outlives the decoder.
  explicit ChunkedDecoder(const Limits& limits) : limits_(&limits) {}

  /// Takes what it can from `input`, and adds what it decodes to `body`. Gives the refusal where
  /// the coding is broken or something exceeds a limit; nothing may be decoded after that.
  std::optional<Problem> Decode(Buffer& input, std::string& body);

  /// True once the body's last byte was taken from the input.
  bool is_done() const { return phase_ == Phase::kDone; }

 private:
  enum class Phase { kSize, kData, kDataEnd, kTrailers, kDone };

  std::optional<Problem> TakeSize(std::string_view line, std::size_t body_bytes);
  std::optional<Problem> TakeTrailer(std::string_view line);

  const Limits* limits_;
  Phase phase_ = Phase::kSize;
  std::uint64_t remaining_ = 0;  // of the present chunk's data
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace clinic::http
