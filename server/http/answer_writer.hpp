// From a Response to the bytes that go out.
#pragma once

#include <chrono>
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

/// The time of answers, which is written anew once a second. One object is for one thread.
class DateHeader {
 public:
  /// The present time. Valid until the next call.
  std::string_view Now();

 private:
  std::chrono::sys_seconds second_{};
  std::string date_;  // of second_
};

/// Writes answers. One object is for one thread.
class AnswerWriter {
 public:
  /// The bytes of the answer: status line, headers, and a body where the method and the status
  /// allow one.
  std::string Write(const AnswerTo& to, const Response& response);

 private:
  DateHeader date_;
};

/// The time as an HTTP date (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(std::chrono::sys_seconds time);

}  // namespace clinic::http
