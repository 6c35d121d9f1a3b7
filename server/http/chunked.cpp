#include "server/http/chunked.hpp"

#include <algorithm>

#include "server/http/grammar.hpp"
#include "server/http/head.hpp"
#include "server/http/refusal.hpp"

namespace clinic::http {

std::optional<Problem> ChunkedDecoder::Decode(Buffer& input, std::string& body) {
  while (!is_done()) {
    const std::string_view bytes = input.View();
    if (phase_ == Phase::kData) {
      if (bytes.empty()) return std::nullopt;
      const std::size_t taken = std::min<std::size_t>(bytes.size(), remaining_);
      body.append(bytes.substr(0, taken));
      input.Drop(taken);
      remaining_ -= taken;
      if (remaining_ == 0) phase_ = Phase::kDataEnd;
      continue;
    }

    const std::size_t limit = phase_ == Phase::kSize      ? limits_->chunk_line_bytes
                              : phase_ == Phase::kDataEnd ? 0
                                                          : limits_->head_bytes;
    const std::size_t end = bytes.find('\n');
    if (std::min(end, bytes.size()) > limit + 1) return Malformed("A line of a chunk is too long.");
    if (end == std::string_view::npos) return std::nullopt;
    if (end == 0 || bytes[end - 1] != '\r') return Malformed("A line of a chunk is broken.");

    const std::string_view line = bytes.substr(0, end - 1);
    if (phase_ == Phase::kDataEnd) {
      phase_ = Phase::kSize;
    } else if (phase_ == Phase::kSize) {
      if (auto problem = TakeSize(line, body.size())) return problem;
    } else if (auto problem = TakeTrailer(line)) {
      return problem;
    }
    input.Drop(end + 1);
  }
  return std::nullopt;
}

std::optional<Problem> ChunkedDecoder::TakeSize(std::string_view line, std::size_t body_bytes) {
  std::size_t digits = 0;
  for (; digits < line.size() && HexValue(line[digits]) >= 0; ++digits) {
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(HexValue(line[digits]));
    if (remaining_ > limits_->body_bytes - body_bytes) return BodyTooLarge(limits_->body_bytes);
  }
  const std::string_view extension = line.substr(digits);
  const bool is_extension = Trim(extension).starts_with(';');
  if (digits == 0 || (!extension.empty() && !is_extension) ||
      std::any_of(extension.begin(), extension.end(),
                  [](char c) { return IsControl(c) && c != '\t'; })) {
    return Malformed("The size of a chunk is not a hexadecimal number.");
  }
  extension_bytes_ += extension.size();
  if (extension_bytes_ > limits_->chunk_extension_bytes) {
    return Malformed("The chunks have too many extensions.");
  }
  phase_ = remaining_ == 0 ? Phase::kTrailers : Phase::kData;
  return std::nullopt;
}

std::optional<Problem> ChunkedDecoder::TakeTrailer(std::string_view line) {
  if (line.empty()) {
    phase_ = Phase::kDone;
    return std::nullopt;
  }
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > limits_->head_bytes) return HeadTooLarge("The trailers are too long.");
  if (!ParseHeaderLine(line)) return Malformed("A trailer is not \"name: value\".");
  return std::nullopt;
}

}  // namespace clinic::http
