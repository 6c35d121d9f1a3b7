#include "server/telemetry/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <charconv>
#include <string>

#include "server/json/writer.hpp"
#include "server/telemetry/line_sink.hpp"

namespace clinic::telemetry {
namespace {

using Severity = spdlog::level::level_enum;

Severity ToSeverity(LogLevel level) {
  switch (level) {
    case LogLevel::kOff:
      return spdlog::level::off;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kInfo:
      break;
  }
  return spdlog::level::info;
}

Severity SeverityOf(int status) {
  if (status == 500) return spdlog::level::err;
  return status == 503 ? spdlog::level::warn : spdlog::level::info;
}

// A JSON object of words that are the server's own, or were checked (request ids): none of them
// needs escaping. Every request is written so.
class PlainObject {
 public:
  PlainObject() { text_.reserve(256); }

  void Add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    Begin(name);
    text_.append(1, '"').append(value).append(1, '"');
  }

  void Add(std::string_view name, std::int64_t value) {
    Begin(name);
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }

  std::string_view Finish() { return text_.append(1, '}'); }

 private:
  void Begin(std::string_view name) {
    text_.append(text_.empty() ? "{\"" : ",\"").append(name).append("\":");
  }

  std::string text_;
};

}  // namespace

std::optional<LogLevel> ParseLogLevel(std::string_view word) {
  if (word == "off") return LogLevel::kOff;
  if (word == "error") return LogLevel::kError;
  if (word == "warning") return LogLevel::kWarning;
  if (word == "info") return LogLevel::kInfo;
  return std::nullopt;
}

class Log::Impl {
 public:
  explicit Impl(const LogOptions& options)
      : queue_(std::make_shared<spdlog::details::thread_pool>(options.queued_lines, 1)),
        sink_(std::make_shared<LineSink>(options.file, *queue_)),
        logger_(std::make_shared<spdlog::async_logger>(
            "clinic", sink_, queue_, spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(ToSeverity(options.level));
  }

  ~Impl() {
    sink_->Close();
    logger_.reset();
    queue_.reset();  // returns when its thread has taken everything
    sink_->flush();
  }

  bool Writes(Severity severity) const { return logger_->should_log(severity); }

  void Write(Severity severity, std::string_view object) {
    logger_->log(severity, spdlog::string_view_t(object.data(), object.size()));
  }

  std::uint64_t dropped() const { return queue_->overrun_counter() + sink_->lost(); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> queue_;
  std::shared_ptr<LineSink> sink_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

Log::Log(const LogOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Log::~Log() = default;

void Log::Say(LogLevel level, std::string_view message, std::string_view request_id) {
  const Severity severity = ToSeverity(level);
  if (!impl_->Writes(severity)) return;
  impl_->Write(severity, json::WriteObject([&](json::ObjectWriter& out) {
                 out.Field("message", message);
                 if (!request_id.empty()) out.Field("request_id", request_id);
               }));
}

void Log::Write(const Served& served) {
  const Severity severity = SeverityOf(served.status);
  if (!impl_->Writes(severity)) return;
  PlainObject line;
  line.Add("request_id", served.request_id);
  line.Add("method", http::ToString(served.method));
  line.Add("route", served.route);
  line.Add("status", served.status);
  line.Add("code", served.code);
  line.Add("duration_us",
           std::chrono::duration_cast<std::chrono::microseconds>(served.took).count());
  line.Add("bytes", static_cast<std::int64_t>(served.bytes));
  line.Add("role", served.role);
  impl_->Write(severity, line.Finish());
}

void Log::WriteRefused(int status, std::string_view code, std::string_view request_id) {
  const Severity severity = SeverityOf(status);
  if (!impl_->Writes(severity)) return;
  PlainObject line;
  line.Add("request_id", request_id);
  line.Add("status", status);
  line.Add("code", code);
  impl_->Write(severity, line.Finish());
}

std::uint64_t Log::dropped() const { return impl_->dropped(); }

}  // namespace clinic::telemetry
