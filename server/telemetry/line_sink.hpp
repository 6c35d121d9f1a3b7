// Where the log's lines go in the end: a file descriptor, in as few writes as can be.
#pragma once

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace clinic::telemetry {

/// Puts time and level in front of messages that are JSON objects, and writes them: at once where
/// nothing else waits in the queue, together with others where it does, or where they come within
/// two milliseconds of the last. Called by the one thread of the queue; but Close and lost may be
/// called by any.
class LineSink final : public spdlog::sinks::sink {
 public:
  /// `queue` is where the messages come from, so that it is there whenever one comes.
  LineSink(int file, spdlog::details::thread_pool& queue) : file_(file), queue_(queue) {}

  void log(const spdlog::details::log_msg& message) override;
  void flush() override;
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  /// From now on nobody is waited for longer than a second in all.
  void Close() { closed_at_.store(Now()); }

  /// How many lines could not be written.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  using Milliseconds = std::chrono::milliseconds::rep;

  static Milliseconds Now();
  void AppendTime(spdlog::log_clock::time_point time);
  /// Whether something can be written; waits for it.
  bool AwaitReader() const;
  bool IsOutOfPatience() const;
  void WriteAll(std::string_view lines);

  const int file_;
  spdlog::details::thread_pool& queue_;
  std::string lines_;  // not written yet
  std::chrono::sys_seconds second_{std::chrono::seconds{-1}};
  std::string second_text_;
  std::atomic<Milliseconds> closed_at_ = -1;
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace clinic::telemetry
