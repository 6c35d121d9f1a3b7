// From a Response to the bytes that go out: the one place where httplib works.
//
// httplib's own reading of requests lets through what RFC 9112 forbids, so that it gets to see none
// that a client wrote: for each answer it is handed a request line of ours, in memory, and it
// writes the answer to that. What the answer depends on is in AnswerTo.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "server/http/head.hpp"
#include "server/http/message.hpp"

namespace clinic::http {

/// What an answer depends on besides the Response.
struct AnswerTo {
  Method method = Method::kGet;
  std::string_view request_id;
  Persistence persistence = Persistence::kClose;
};

/// Writes answers. One object is for one thread.
class AnswerWriter {
 public:
  AnswerWriter();
  ~AnswerWriter();

  /// The bytes of the answer: status line, headers, and a body where the method and the status
  /// allow one.
  std::string Write(const AnswerTo& to, Response response);

 private:
  class Httplib;
  std::unique_ptr<Httplib> httplib_;
};

/// The time as an HTTP date (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(std::chrono::sys_seconds time);

}  // namespace clinic::http
