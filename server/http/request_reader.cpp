#include "server/http/request_reader.hpp"

#include <algorithm>
#include <utility>

#include "server/http/grammar.hpp"
#include "server/http/refusal.hpp"

namespace clinic::http {
namespace {

// The longest of the known methods and a space: by then it is clear which method it is.
constexpr std::size_t kLongestMethod = 8;
// A space and the version, which end the request line.
constexpr std::size_t kVersion = 9;

}  // namespace

RequestReader::Phase RequestReader::Consume(Buffer& input) {
  if (phase_ == Phase::kBetween && !input.empty()) phase_ = Phase::kHead;
  if (phase_ == Phase::kHead) ConsumeHead(input);
  if (phase_ == Phase::kBody) ConsumeBody(input);
  return phase_;
}

void RequestReader::ConsumeHead(Buffer& input) {
  const std::optional<std::size_t> end = FindEndOfHead(input);
  if (phase_ == Phase::kRefused) return;
  const std::string_view head = input.View().substr(0, end.value_or(std::string_view::npos));
  CheckLength(head);
  if (phase_ == Phase::kRefused) return;
  if (!end) {
    if (input.empty()) phase_ = Phase::kBetween;  // there was only an empty line
    return;
  }
  if (auto problem = ParseHead(head, *limits_, head_)) {
    return Refuse(std::move(*problem));
  }
  input.Drop(*end);
  if (head_.is_chunked) decoder_.emplace(*limits_);
  phase_ = Phase::kBody;
}

// The size of the head, its empty line included, once it is all there. Broken line ends and control
// codes are refused as they come: who sends them may never send an empty line.
std::optional<std::size_t> RequestReader::FindEndOfHead(Buffer& input) {
  std::string_view bytes = input.View();
  for (; scanned_ < bytes.size(); ++scanned_) {
    const char c = bytes[scanned_];
    const bool after_return = scanned_ > 0 && bytes[scanned_ - 1] == '\r';
    if (after_return != (c == '\n')) {
      Refuse(Malformed("A line of the head does not end with CR LF."));
      return std::nullopt;
    }
    if (c != '\n') {
      if (!IsControl(c) || c == '\r' || c == '\t') continue;
      Refuse(Malformed("There is a control code in the head."));
      return std::nullopt;
    }
    if (scanned_ != line_start_ + 1) {
      line_start_ = scanned_ + 1;
      continue;
    }
    if (line_start_ > 0) return scanned_ + 1;
    if (std::exchange(skipped_empty_line_, true)) {  // one is forgiven (RFC 9112 §2.2)
      Refuse(Malformed("The request does not begin with a request line."));
      return std::nullopt;
    }
    input.Drop(2);
    scanned_ = 0;
    return FindEndOfHead(input);
  }
  return std::nullopt;
}

// Refuses a head that is too long, before its end is there.
void RequestReader::CheckLength(std::string_view bytes) {
  const std::size_t longest_line =
      std::min(kLongestMethod + limits_->target_bytes + kVersion + 2, limits_->head_bytes);
  if (std::min(bytes.find('\n'), bytes.size()) > longest_line) {
    const bool has_method = bytes.substr(0, kLongestMethod).find(' ') != std::string_view::npos;
    Refuse(has_method ? TargetTooLong(limits_->target_bytes)
                      : NotImplemented("The server does not know this method."));
  } else if (bytes.size() > limits_->head_bytes) {
    const std::size_t line = bytes.substr(0, limits_->head_bytes).rfind('\n') + 1;
    constexpr std::string_view kCredentials = "authorization:";
    if (EqualsIgnoringCase(bytes.substr(line, kCredentials.size()), kCredentials)) {
      return Refuse(CredentialsTooLarge());
    }
    Refuse(HeadTooLarge("A head may have " + std::to_string(limits_->head_bytes) + " bytes."));
  }
}

void RequestReader::ConsumeBody(Buffer& input) {
  std::string& body = head_.request.body;
  if (head_.is_chunked) {
    if (auto problem = decoder_->Decode(input, body)) return Refuse(std::move(*problem));
    if (decoder_->is_done()) phase_ = Phase::kWhole;
    return;
  }
  const std::string_view bytes = input.View();
  const std::size_t taken = std::min<std::size_t>(bytes.size(), head_.content_length - body.size());
  body.append(bytes.substr(0, taken));
  input.Drop(taken);
  if (body.size() == head_.content_length) phase_ = Phase::kWhole;
}

bool RequestReader::TakeContinue() {
  const bool waits = phase_ == Phase::kBody && head_.expects_continue && head_.request.body.empty();
  head_.expects_continue = false;
  return waits;
}

void RequestReader::Reset() {
  const Limits& limits = *limits_;
  *this = RequestReader(limits);
}

void RequestReader::Refuse(Problem problem) {
  problem_ = std::move(problem);
  phase_ = Phase::kRefused;
}

}  // namespace clinic::http
