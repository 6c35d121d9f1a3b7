// Answers as cpp-httplib writes them: those of the workers.
#pragma once

#include <memory>
#include <string_view>

#include "server/http/answer_writer.hpp"
#include "server/http/message.hpp"

namespace clinic::http {

/// The same answers as AnswerWriter's, but for the order of the headers. One object is for one
/// thread.
class HttplibWriter {
 public:
  HttplibWriter();
  ~HttplibWriter();

  /// The bytes of the answer: status line, headers, and a body where the method and the status
  /// allow one. Valid until the next call.
  std::string_view Write(const AnswerTo& to, const Response& response);

  /// Lets go of the answer, and of its room where that is unusually large.
  void Release();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace clinic::http
