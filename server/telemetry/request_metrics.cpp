#include "server/telemetry/request_metrics.hpp"

#include <algorithm>

namespace clinic::telemetry {
namespace {

using prometheus::Counter;
using prometheus::Histogram;

// The statuses that have a series of their own; any other is counted as the last one, 0.
constexpr std::array<int, 24> kKnownStatuses = {200, 201, 202, 204, 206, 302, 304, 400,
                                                401, 403, 404, 405, 406, 409, 412, 413,
                                                415, 416, 422, 429, 500, 501, 503, 0};

// From a tenth of a millisecond to ten seconds: what is answered from memory, what waits for a
// disk, and what waits for something that is away.
const Histogram::BucketBoundaries kSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                              0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                              1,      2.5,     5,      10};

constexpr std::array<std::string_view, 10> kBookingOutcomes = {
    "replayed", "conflict",       "outside_availability", "off_grid",         "in_the_past",
    "too_long", "beyond_horizon", "hold_expired",         "unknown_resource", "rate_limited"};

constexpr std::string_view kBooked = "booked";

std::size_t SlotOf(int status) {
  const auto found = std::ranges::find(kKnownStatuses, status);
  const auto slot = static_cast<std::size_t>(found - kKnownStatuses.begin());
  return std::min(slot, kKnownStatuses.size() - 1);
}

std::string TextOf(std::size_t slot) {
  return kKnownStatuses[slot] == 0 ? "other" : std::to_string(kKnownStatuses[slot]);
}

std::string_view BookingOutcome(const Served& served) {
  if (served.code.empty()) return served.status < 300 ? kBooked : "refused";
  if (std::ranges::count(kBookingOutcomes, served.code)) return served.code;
  return served.status >= 500 ? "failed" : "refused";
}

std::string SignInResult(int status) {
  if (status < 300) return "accepted";
  if (status == 429) return "limited";
  if (status >= 500) return "failed";
  return "refused";
}

prometheus::Family<Counter>& AddCounters(prometheus::Registry& registry, const char* name,
                                         const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

RequestMetrics::RequestMetrics(prometheus::Registry& registry,
                               const std::vector<std::string>& routes)
    : durations_(prometheus::BuildHistogram()
                     .Name("clinic_http_request_duration_seconds")
                     .Help("From the whole request to its answer, before it is sent.")
                     .Register(registry)),
      refusals_(AddCounters(registry, "clinic_http_refusals_total",
                            "Requests refused before they were read whole, by status and code.")),
      bookings_(AddCounters(registry, "clinic_bookings_total",
                            "Requests to book an appointment, by what came of them.")),
      booked_(bookings_.Add({{"outcome", std::string(kBooked)}})),
      sign_ins_(AddCounters(registry, "clinic_sign_ins_total",
                            "Requests for tokens, refreshes among them, by result.")),
      cancellations_(AddCounters(registry, "clinic_cancellations_total",
                                 "Appointments that were cancelled by request.")
                         .Add({})),
      limited_(AddCounters(registry, "clinic_rate_limited_requests_total",
                           "Requests past a limit, answered with 429.")
                   .Add({})) {
  static_assert(kKnownStatuses.size() == kStatuses);
  const auto add = [&](std::string_view pattern) {
    if (by_pattern_.contains(pattern)) return;
    Route& route = *routes_.emplace_back(std::make_unique<Route>());
    route.pattern = pattern;
    for (std::size_t method = 0; method < kMethods; ++method) {
      route.kinds[method] = KindOf(static_cast<http::Method>(method), pattern);
    }
    by_pattern_.emplace(route.pattern, &route);
  };
  add("unknown");
  for (const std::string& pattern : routes) add(pattern);
  // There from the beginning, so that their first increase is seen.
  bookings_.Add({{"outcome", "conflict"}});
  for (const char* result : {"accepted", "refused"}) sign_ins_.Add({{"result", result}});
}

RequestMetrics::Kind RequestMetrics::KindOf(http::Method method, std::string_view pattern) {
  if (method != http::Method::kPost) return Kind::kOther;
  if (pattern == "/api/appointments") return Kind::kBooking;
  if (pattern == "/api/appointments/{id}/cancel") return Kind::kCancelling;
  if (pattern == "/api/auth/login" || pattern == "/api/auth/token") return Kind::kSignIn;
  return Kind::kOther;
}

RequestMetrics::Route& RequestMetrics::Find(std::string_view pattern) {
  const auto found = by_pattern_.find(pattern);
  return found == by_pattern_.end() ? *routes_.front() : *found->second;
}

Histogram& RequestMetrics::Duration(Route& route, const Served& served) {
  const std::size_t slot = SlotOf(served.status);
  std::atomic<Histogram*>& known =
      route.durations[static_cast<std::size_t>(served.method) * kStatuses + slot];
  if (Histogram* histogram = known.load(std::memory_order_acquire)) return *histogram;
  const std::lock_guard lock(mutex_);
  Histogram& histogram = durations_.Add({{"method", std::string(http::ToString(served.method))},
                                         {"route", route.pattern},
                                         {"status", TextOf(slot)}},
                                        kSeconds);
  known.store(&histogram, std::memory_order_release);
  return histogram;
}

void RequestMetrics::Count(const Served& served) {
  Route& route = Find(served.route);
  Duration(route, served).Observe(std::chrono::duration<double>(served.took).count());
  if (served.status == 429) limited_.Increment();
  const Kind kind = route.kinds[static_cast<std::size_t>(served.method)];
  if (kind != Kind::kOther) CountByKind(kind, served);
}

void RequestMetrics::CountByKind(Kind kind, const Served& served) {
  switch (kind) {
    case Kind::kBooking: {
      const std::string_view outcome = BookingOutcome(served);
      if (outcome == kBooked) return booked_.Increment();
      return bookings_.Add({{"outcome", std::string(outcome)}}).Increment();
    }
    case Kind::kSignIn:
      return sign_ins_.Add({{"result", SignInResult(served.status)}}).Increment();
    case Kind::kCancelling:
      if (served.status < 300) cancellations_.Increment();
      return;
    case Kind::kOther:
      return;
  }
}

void RequestMetrics::CountRefused(int status, std::string_view code) {
  refusals_.Add({{"status", TextOf(SlotOf(status))}, {"code", std::string(code)}}).Increment();
}

}  // namespace clinic::telemetry
