// One connection's side of reading: from bytes, in whatever pieces, to whole requests.
//
// Free of sockets and of time. Whoever owns the connection appends what arrives to a Buffer, lets
// the reader Consume it, and looks at phase() for which deadline runs.
#pragma once

#include <cstddef>
#include <optional>

#include "server/http/buffer.hpp"
#include "server/http/chunked.hpp"
#include "server/http/head.hpp"
#include "server/http/options.hpp"
#include "server/http/problem.hpp"

namespace clinic::http {

class RequestReader {
 public:
  enum class Phase {
    kBetween,  ///< nothing of a request has come
    kHead,     ///< some of its head
    kBody,     ///< its head, and not all of its body
    kWhole,    ///< all of it: see head()
    kRefused,  ///< see problem(); nothing that comes after it may be read as a request
  };

  /// Requires that `limits` outlives the reader.
  explicit RequestReader(const Limits& limits) : limits_(&limits) {}

  Phase phase() const { return phase_; }

  /// Takes bytes from `input` until there is a whole request, a refusal, or nothing more to take;
  /// what follows a whole request stays. Bytes of an unfinished head stay too, and are looked at
  /// once. Does nothing in the phases kWhole and kRefused.
  Phase Consume(Buffer& input);

  /// In kWhole the request; in kRefused as much of it as was understood.
  Head& head() { return head_; }

  /// Why it was refused. Requires kRefused.
  const Problem& problem() const { return *problem_; }

  /// True once for a request whose client waits for 100 (Continue) before it sends the body.
  bool TakeContinue();

  /// Makes ready for the next request.
  void Reset();

 private:
  void ConsumeHead(Buffer& input);
  void ConsumeBody(Buffer& input);
  std::optional<std::size_t> FindEndOfHead(Buffer& input);
  void CheckLength(std::string_view bytes);
  void Refuse(Problem problem);

  const Limits* limits_;
  Phase phase_ = Phase::kBetween;
  Head head_;
  std::optional<Problem> problem_;
  std::optional<ChunkedDecoder> decoder_;
  std::size_t scanned_ = 0;     // bytes of the head that were looked at
  std::size_t line_start_ = 0;  // where the line at scanned_ begins
  bool skipped_empty_line_ = false;
};

}  // namespace clinic::http
