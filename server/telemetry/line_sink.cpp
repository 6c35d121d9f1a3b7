#include "server/telemetry/line_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <thread>

namespace clinic::telemetry {
namespace {

// A pipe that is ready for writing takes this much at once, in one piece (POSIX PIPE_BUF, Linux).
constexpr std::size_t kPiece = 4'096;
constexpr std::size_t kFull = 4 * kPiece;
constexpr int kLookAgainMilliseconds = 100;
constexpr std::chrono::milliseconds::rep kPatienceMilliseconds = 1'000;
constexpr std::chrono::milliseconds kGathering{2};

std::string_view LevelName(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err:
      return "error";
    case spdlog::level::warn:
      return "warning";
    default:
      return "info";
  }
}

}  // namespace

LineSink::Milliseconds LineSink::Now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void LineSink::log(const spdlog::details::log_msg& message) {
  lines_ += "{\"time\":\"";
  AppendTime(message.time);
  lines_ += "\",\"level\":\"";
  lines_ += LevelName(message.level);
  lines_ += "\",";
  lines_.append(message.payload.data() + 1, message.payload.size() - 1);  // goes on behind its "{"
  lines_ += '\n';
  if (lines_.size() >= kFull) flush();
  if (queue_.queue_size() > 0) return;
  flush();
  // Whoever logs meanwhile need not wake this thread, which costs them more than the line does.
  if (closed_at_.load() < 0) std::this_thread::sleep_for(kGathering);
}

void LineSink::AppendTime(spdlog::log_clock::time_point time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::array<char, 40> text{};
  if (second != second_) {
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(second - day);
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    second_text_.assign(text.data(), static_cast<std::size_t>(size));
    second_ = second;
  }
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(time - second);
  const int size =
      std::snprintf(text.data(), text.size(), ".%06dZ", static_cast<int>(rest.count()));
  lines_ += second_text_;
  lines_.append(text.data(), static_cast<std::size_t>(size));
}

void LineSink::flush() {
  WriteAll(lines_);
  lines_.clear();
}

bool LineSink::IsOutOfPatience() const {
  const Milliseconds closed_at = closed_at_.load();
  return closed_at >= 0 && Now() - closed_at > kPatienceMilliseconds;
}

bool LineSink::AwaitReader() const {
  while (true) {
    const bool waits = !IsOutOfPatience();
    pollfd waiting{file_, POLLOUT, 0};
    const int ready = poll(&waiting, 1, waits ? kLookAgainMilliseconds : 0);
    if (ready > 0) return (waiting.revents & POLLOUT) != 0;
    if (!waits || (ready < 0 && errno != EINTR)) return false;
  }
}

void LineSink::WriteAll(std::string_view lines) {
  while (!lines.empty()) {
    std::size_t piece = std::min(lines.size(), kPiece);
    if (piece < lines.size()) {
      const std::size_t end = lines.rfind('\n', piece - 1);
      if (end != std::string_view::npos) piece = end + 1;  // lines of others do not come amid ours
    }
    const ssize_t count = AwaitReader() ? write(file_, lines.data(), piece) : -1;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const auto lost = std::count(lines.begin(), lines.end(), '\n');
      lost_.fetch_add(static_cast<std::uint64_t>(lost), std::memory_order_relaxed);
      return;
    }
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace clinic::telemetry
