// The metrics by themselves: labels that come to an end, and counts from many threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "adapters/store_figures.hpp"
#include "server/telemetry/metrics.hpp"

namespace clinic::telemetry {
namespace {

bool Has(const Metrics& metrics, const std::string& line) {
  return ("\n" + metrics.Text()).find("\n" + line + "\n") != std::string::npos;
}

std::size_t Lines(const Metrics& metrics) {
  const std::string text = metrics.Text();
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string Count(const std::string& labels, int count) {
  return "clinic_http_request_duration_seconds_count{" + labels + "} " + std::to_string(count);
}

TEST(Metrics, RoutesAndStatusesThatNobodyKnowsAreOneEach) {
  Metrics metrics({"/a"}, {});
  metrics.Count({.route = "/nowhere", .status = 404});
  metrics.Count({.route = "", .status = 404});
  metrics.Count({.route = "/a", .status = 799});
  metrics.Count({.route = "/a", .status = -1});
  const std::size_t lines = Lines(metrics);
  for (int number = 0; number < 100; ++number) {
    metrics.Count({.route = "/nowhere/" + std::to_string(number), .status = 404});
    metrics.Count({.route = "/a", .status = 600 + number});
  }
  EXPECT_EQ(Lines(metrics), lines);
  EXPECT_TRUE(Has(metrics, Count(R"(method="GET",route="unknown",status="404")", 102)));
  EXPECT_TRUE(Has(metrics, Count(R"(method="GET",route="/a",status="other")", 102)));
}

TEST(Metrics, CodesThatAreNoOutcomesOfABookingAreRefusals) {
  Metrics metrics({"/api/appointments"}, {});
  Served booking{.method = http::Method::kPost, .route = "/api/appointments"};
  for (const auto& [status, code] : std::vector<std::pair<int, std::string>>{
           {201, ""}, {409, "conflict"}, {201, "replayed"}, {400, "x"}, {403, ""}, {503, "y"}}) {
    booking.status = status;
    booking.code = code;
    metrics.Count(booking);
  }
  booking.method = http::Method::kGet;
  metrics.Count(booking);
  for (const auto& [outcome, count] : std::vector<std::pair<std::string, int>>{
           {"booked", 1}, {"conflict", 1}, {"replayed", 1}, {"refused", 2}, {"failed", 1}}) {
    EXPECT_TRUE(
        Has(metrics, "clinic_bookings_total{outcome=\"" + outcome + "\"} " + std::to_string(count)))
        << outcome;
  }
}

TEST(Metrics, NothingIsLostBetweenThreads) {
  constexpr int kThreads = 8, kEach = 2'000;
  Metrics metrics({"/a", "/b"}, {});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int each = 0; each < kEach; ++each) {
        metrics.Count({.route = each % 2 == 0 ? "/a" : "/b", .status = 200});
        metrics.CountRefused(400, "malformed_request");
        if (each % 500 == 0) metrics.Text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  constexpr int kHalf = kThreads * kEach / 2;
  EXPECT_TRUE(Has(metrics, Count(R"(method="GET",route="/a",status="200")", kHalf)));
  EXPECT_TRUE(Has(metrics, Count(R"(method="GET",route="/b",status="200")", kHalf)));
  EXPECT_TRUE(Has(metrics, R"(clinic_http_refusals_total{code="malformed_request",status="400"} )" +
                               std::to_string(2 * kHalf)));
}

TEST(Metrics, GroupsAreCountedByTheirSizes) {
  StoreFigures store;
  for (const std::size_t works : {1, 2, 3, 4, 5, 128, 129}) store.groups.Count(works);
  Metrics metrics({}, {.store = &store});
  const std::string name = "clinic_store_commit_works";
  for (const auto& [bound, groups] : std::vector<std::pair<std::string, int>>{
           {"1", 1}, {"2", 2}, {"4", 4}, {"8", 5}, {"64", 5}, {"128", 6}, {"+Inf", 7}}) {
    EXPECT_TRUE(Has(metrics, name + "_bucket{le=\"" + bound + "\"} " + std::to_string(groups)))
        << bound;
  }
  EXPECT_TRUE(Has(metrics, name + "_sum 272"));
  EXPECT_TRUE(Has(metrics, name + "_count 7"));
}

}  // namespace
}  // namespace clinic::telemetry
