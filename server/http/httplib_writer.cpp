#include "server/http/httplib_writer.hpp"

#include <httplib.h>

#include "server/http/answer_headers.hpp"

namespace clinic::http {
namespace {

constexpr std::size_t kKeptCapacity = std::size_t{64} << 10;  // of what an answer took

// A request that httplib reads from memory, and the answer that it writes there.
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string_view request, std::string& answer)
      : request_(request), answer_(answer) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }

  ssize_t read(char* bytes, size_t size) override {
    const std::size_t taken = request_.copy(bytes, size, position_);
    position_ += taken;
    return static_cast<ssize_t>(taken);
  }

  ssize_t write(const char* bytes, size_t size) override {
    answer_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

 private:
  std::string_view request_;
  std::string& answer_;
  std::size_t position_ = 0;
};

}  // namespace

// httplib never reads what a client wrote: it is asked by a request line of ours, and takes the
// answer from the handler that comes before its routes.
class HttplibWriter::Server final : private httplib::Server {
 public:
  Server() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& answer) {
      answer.status = response_->status;
      if (!HasNoBody(response_->status)) answer.body = response_->body;
      return HandlerResponse::Handled;
    });
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& answer) { SetHeaders(answer); });
  }

  std::string_view Write(const AnswerTo& to, const Response& response) {
    to_ = &to;
    response_ = &response;
    Release();
    MemoryStream stream(
        to.method == Method::kHead ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n", answer_);
    bool is_closed = false;
    process_request(stream, to.persistence == Persistence::kClose, is_closed, nullptr);
    return answer_;
  }

  void Release() {
    if (answer_.capacity() > kKeptCapacity) std::string().swap(answer_);
    answer_.clear();
  }

 private:
  // Called when httplib has set the headers that it thinks right, just before it writes them: of
  // those only the length is.
  void SetHeaders(httplib::Response& answer) {
    std::string length = answer.get_header_value("Content-Length");
    answer.headers.clear();
    if (!HasNoBody(answer.status)) {
      answer.headers.emplace("Content-Length", length.empty() ? "0" : std::move(length));
    }
    ForEachHeader(*to_, *response_, date_.Now(),
                  [&](std::string_view name, std::string_view value) {
                    answer.headers.emplace(name, value);
                  });
  }

  const AnswerTo* to_ = nullptr;
  const Response* response_ = nullptr;
  DateHeader date_;
  std::string answer_;
};

HttplibWriter::HttplibWriter() : server_(std::make_unique<Server>()) {}
HttplibWriter::~HttplibWriter() = default;

std::string_view HttplibWriter::Write(const AnswerTo& to, const Response& response) {
  return server_->Write(to, response);
}

void HttplibWriter::Release() { server_->Release(); }

}  // namespace clinic::http
