// The server's log: one JSON object a line, on stderr.
//
//   {"time":"2026-03-01T08:00:00.123456Z","level":"info","request_id":"019…","method":"GET",
//    "route":"/api/doctors/{id}/slots","status":200,"duration_us":184,"bytes":512,"role":"patient"}
//   {"time":"2026-03-01T08:00:01.000000Z","level":"info","message":"stopping"}
//
// No line holds personal data or a secret: no path and no query, no address, no name, no e-mail, no
// token. Who did what to whose data stands in the audit, which the same request id finds.
//
// Who logs never waits. Lines go into a bounded queue, which one thread writes out; where that does
// not keep up, because nobody reads what it writes, say, the oldest lines are dropped and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "server/telemetry/served.hpp"

namespace clinic::telemetry {

/// From which severity on something is written.
enum class LogLevel { kOff, kError, kWarning, kInfo };

/// "off", "error", "warning" or "info".
std::optional<LogLevel> ParseLogLevel(std::string_view word);

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  std::size_t queued_lines = 8'192;  ///< some 400 bytes each
  int file = 2;                      ///< the descriptor that is written to; stays open
};

/// Safe to use from any thread.
class Log {
 public:
  explicit Log(const LogOptions& options);

  /// Writes out what is queued, for at most a second where nobody takes it.
  ~Log();

  /// A sentence about the server; `request_id` where it is about a request. kInfo for the course of
  /// things, kWarning for what passes, kError for what somebody has to look into.
  void Say(LogLevel level, std::string_view message, std::string_view request_id = {});

  /// A request that was answered: 500 is an error, 503 a warning, all else the course of things.
  void Write(const Served& served);

  /// A request that was refused before it was read whole.
  void WriteRefused(int status, std::string_view code, std::string_view request_id);

  /// How many lines were not written.
  std::uint64_t dropped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace clinic::telemetry
