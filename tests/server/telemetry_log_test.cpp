// The log by itself: whole lines from many threads, and a reader who does not read.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "server/telemetry/log.hpp"

namespace clinic::telemetry {
namespace {

constexpr Served kServed{.method = http::Method::kGet,
                         .route = "/api/doctors/{id}",
                         .status = 200,
                         .took = std::chrono::microseconds(1'234),
                         .bytes = 567,
                         .role = "patient",
                         .request_id = "id-1"};

/// A pipe whose reading end is read when somebody asks for it.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    CloseWriter();
    close(ends_[0]);
  }

  int writer() const { return ends_[1]; }

  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

  /// Everything until the writing end is closed.
  std::vector<std::string> ReadLines() {
    std::string text;
    std::array<char, 65'536> buffer{};
    for (ssize_t count = 0; (count = read(ends_[0], buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<std::string> Written(LogLevel level, const std::function<void(Log&)>& write) {
  Pipe pipe;
  {
    Log log({.level = level, .file = pipe.writer()});
    write(log);
  }
  pipe.CloseWriter();
  return pipe.ReadLines();
}

std::string WithoutTime(const std::string& line) {
  // {"time":"2026-03-01T08:00:00.123456Z","level":…
  constexpr std::size_t kLevel = 38;
  EXPECT_EQ(line.substr(0, 9), "{\"time\":\"");
  EXPECT_EQ(line.substr(kLevel - 3, 3), "Z\",") << line;
  return line.size() > kLevel ? line.substr(kLevel) : line;
}

TEST(Log, OnlyTheWordsOfItsLevelsAreLevels) {
  for (const char* word : {"", "debug", "Info", "warn", "info "}) EXPECT_FALSE(ParseLogLevel(word));
  EXPECT_EQ(ParseLogLevel("off"), LogLevel::kOff);
  EXPECT_EQ(ParseLogLevel("warning"), LogLevel::kWarning);
}

TEST(Log, AMessageIsEscaped) {
  const auto lines =
      Written(LogLevel::kInfo, [](Log& log) { log.Say(LogLevel::kError, "a \"b\"\nc\\", "id-7"); });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(WithoutTime(lines[0]),
            R"("level":"error","message":"a \"b\"\nc\\","request_id":"id-7"})");
}

TEST(Log, ARequestIsALineWithoutWhatIsNotKnown) {
  Served unknown = kServed;
  unknown.route = {};
  unknown.role = {};
  unknown.status = 404;
  unknown.code = "not_found";
  const auto lines = Written(LogLevel::kInfo, [&](Log& log) {
    log.Write(kServed);
    log.Write(unknown);
    log.WriteRefused(431, "head_too_large", "id-2");
  });
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(WithoutTime(lines[0]),
            R"("level":"info","request_id":"id-1","method":"GET","route":"/api/doctors/{id}",)"
            R"("status":200,"duration_us":1234,"bytes":567,"role":"patient"})");
  EXPECT_EQ(WithoutTime(lines[1]),
            R"("level":"info","request_id":"id-1","method":"GET","status":404,)"
            R"("code":"not_found","duration_us":1234,"bytes":567})");
  EXPECT_EQ(WithoutTime(lines[2]),
            R"("level":"info","request_id":"id-2","status":431,"code":"head_too_large"})");
}

TEST(Log, WhatIsBelowItsLevelIsNotWritten) {
  const auto write = [](Log& log) {
    Served served = kServed;
    for (const int status : {200, 401, 500, 503}) {
      served.status = status;
      log.Write(served);
    }
    log.Say(LogLevel::kInfo, "x");
  };
  EXPECT_EQ(Written(LogLevel::kInfo, write).size(), 5U);
  EXPECT_EQ(Written(LogLevel::kWarning, write).size(), 2U);
  EXPECT_EQ(Written(LogLevel::kError, write).size(), 1U);
  EXPECT_EQ(Written(LogLevel::kOff, write).size(), 0U);
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 8, kEach = 500;
  const auto write = [](Log& log) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&log] {
        for (int line = 0; line < kEach; ++line) log.Write(kServed);
      });
    }
    for (std::thread& thread : threads) thread.join();
  };
  Pipe pipe;
  std::vector<std::string> lines;
  std::thread reader([&] { lines = pipe.ReadLines(); });
  {
    Log log({.file = pipe.writer()});
    write(log);
  }
  pipe.CloseWriter();
  reader.join();
  ASSERT_EQ(lines.size(), kThreads * kEach);
  for (const std::string& line : lines) ASSERT_EQ(WithoutTime(line), WithoutTime(lines[0]));
}

TEST(Log, WhatNobodyReadsIsDroppedAndCountedAndHoldsNobodyUp) {
  constexpr std::size_t kLines = 20'000, kQueued = 64;
  Pipe pipe;
  std::uint64_t dropped = 0;
  {
    Log log({.queued_lines = kQueued, .file = pipe.writer()});
    for (std::size_t line = 0; line < kLines; ++line) log.Write(kServed);
    dropped = log.dropped();
  }  // and it ends, though what is queued cannot be written
  pipe.CloseWriter();
  const std::size_t written = pipe.ReadLines().size();
  EXPECT_GT(dropped, kLines / 2);
  EXPECT_LE(written + dropped, kLines);
  EXPECT_GE(written + dropped + kQueued + 200, kLines) << "a queue and a few pieces at most";
}

}  // namespace
}  // namespace clinic::telemetry
