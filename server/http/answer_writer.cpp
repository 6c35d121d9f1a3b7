#include "server/http/answer_writer.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace clinic::http {
namespace {

// A request that httplib reads from memory, and the answer that it writes there.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string request) : request_(std::move(request)) {}

  std::string TakeAnswer() { return std::move(answer_); }

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
  std::string request_;
  std::string answer_;
  std::size_t position_ = 0;
};

bool HasNoBody(int status) { return status == 204 || status == 304; }

// The headers that say where the answer ends and what becomes of the connection are ours.
bool IsFraming(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames = {"Connection", "Content-Length",
                                                             "Keep-Alive", "Transfer-Encoding"};
  return std::any_of(kNames.begin(), kNames.end(), [name](std::string_view framing) {
    return EqualsIgnoringCase(name, framing);
  });
}

void SetDefault(httplib::Response& answer, const char* name, const std::string& value) {
  if (!answer.has_header(name)) answer.set_header(name, value);
}

void Fill(httplib::Response& answer, Response&& response) {
  answer.status = response.status;
  for (const auto& [name, value] : response.headers) {
    if (!IsFraming(name)) answer.set_header(name, value);
  }
  if (HasNoBody(response.status)) return;
  if (!response.content_type.empty()) answer.set_header("Content-Type", response.content_type);
  answer.body = std::move(response.body);
}

std::chrono::sys_seconds Now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

class AnswerWriter::Httplib final : private httplib::Server {
 public:
  Httplib() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& answer) {
      Fill(answer, std::move(*response_));
      return HandlerResponse::Handled;
    });
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& answer) { Finish(answer); });
  }

  std::string Write(const AnswerTo& to, Response response) {
    to_ = &to;
    response_ = &response;
    MemoryStream stream(to.method == Method::kHead ? "HEAD / HTTP/1.1\r\n\r\n"
                                                   : "GET / HTTP/1.1\r\n\r\n");
    bool is_closed = false;
    process_request(stream, to.persistence == Persistence::kClose, is_closed, nullptr);
    return stream.TakeAnswer();
  }

 private:
  // Called when httplib has added its own headers, just before it writes them.
  void Finish(httplib::Response& answer) {
    answer.headers.erase("Keep-Alive");     // tells httplib's own limits, which do not apply
    answer.headers.erase("Accept-Ranges");  // there are none
    if (HasNoBody(answer.status)) answer.headers.erase("Content-Length");  // RFC 9110 §8.6
    if (to_->persistence == Persistence::kExplicitKeepAlive) {
      answer.set_header("Connection", "keep-alive");
    }
    answer.headers.erase("X-Request-Id");
    answer.set_header("X-Request-Id", std::string(to_->request_id));
    SetDefault(answer, "Cache-Control", "no-store");
    SetDefault(answer, "Date", HttpDate(Now()));
    SetDefault(answer, "X-Content-Type-Options", "nosniff");
  }

  const AnswerTo* to_ = nullptr;
  Response* response_ = nullptr;
};

AnswerWriter::AnswerWriter() : httplib_(std::make_unique<Httplib>()) {}
AnswerWriter::~AnswerWriter() = default;

std::string AnswerWriter::Write(const AnswerTo& to, Response response) {
  return httplib_->Write(to, std::move(response));
}

std::string HttpDate(std::chrono::sys_seconds time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace clinic::http
