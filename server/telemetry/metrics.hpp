// What the server counts, for Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// Labels are words that the server chose: a route's pattern, never a path; a status; a known code.
// So there is an end to the series, whatever clients send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/telemetry/served.hpp"

namespace clinic {
struct StoreFigures;
}

namespace clinic::telemetry {

/// What is asked for when somebody wants to see the metrics. Called on the thread that asks; what
/// is not given is left out.
struct Sources {
  std::function<std::size_t()> connections{};      ///< open ones, of clients
  std::function<std::size_t()> queued_requests{};  ///< read whole, waiting for a thread
  std::function<std::size_t()> in_flight{};        ///< requests that are being answered
  std::function<double()> feed_lag_seconds{};      ///< since the store's changes were known last
  std::function<std::uint64_t()> dropped_log_lines{};
  const StoreFigures* store = nullptr;
};

/// Safe to use from any thread. Counting a request costs well under a microsecond.
class Metrics {
 public:
  /// `routes` are the patterns that a request can be counted under, each once or more.
  Metrics(const std::vector<std::string>& routes, Sources sources);
  ~Metrics();

  /// A request that was answered.
  void Count(const Served& served);

  /// A request that was refused before it was read whole.
  void CountRefused(int status, std::string_view code);

  /// All of it, in the text format 0.0.4.
  std::string Text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace clinic::telemetry
