// What is counted of every request. Behind metrics.hpp, with the one library that knows Prometheus.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/telemetry/served.hpp"

namespace clinic::telemetry {

/// Safe to use from any thread. A series is made when it is first needed; from then on it is found
/// without a lock.
class RequestMetrics {
 public:
  RequestMetrics(prometheus::Registry& registry, const std::vector<std::string>& routes);

  void Count(const Served& served);
  void CountRefused(int status, std::string_view code);

 private:
  static constexpr std::size_t kMethods = 7;
  static constexpr std::size_t kStatuses = 24;
  enum class Kind { kOther, kBooking, kCancelling, kSignIn };

  struct Route {
    std::string pattern;
    std::array<Kind, kMethods> kinds{};
    std::array<std::atomic<prometheus::Histogram*>, kMethods * kStatuses> durations{};
  };

  static Kind KindOf(http::Method method, std::string_view pattern);
  Route& Find(std::string_view pattern);
  prometheus::Histogram& Duration(Route& route, const Served& served);
  void CountByKind(Kind kind, const Served& served);

  std::mutex mutex_;  // held while a series is made
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& bookings_;
  prometheus::Counter& booked_;
  prometheus::Family<prometheus::Counter>& sign_ins_;
  prometheus::Counter& cancellations_;
  prometheus::Counter& limited_;
  std::vector<std::unique_ptr<Route>> routes_;  // the first one is for unknown paths
  absl::flat_hash_map<std::string_view, Route*> by_pattern_;
};

}  // namespace clinic::telemetry
