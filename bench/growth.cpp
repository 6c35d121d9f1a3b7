// How does finding the only gap grow with the bookings? The next 30 minutes after the first week of
// a calendar without a free minute, 1, 4, 16 and 64 years long.
#include <memory>

#include "bench/peers.hpp"
#include "bench/suite.hpp"
#include "bench/workload.hpp"

namespace clinic::bench {
namespace {

constexpr Duration kLength = std::chrono::minutes{30};

template <typename Peer>
std::unique_ptr<Peer> FullYears(int years) {
  const Year& year = ClinicOf(Filling::kFullAndClosed, 1).years.front();
  auto calendar = std::make_unique<Peer>(1);
  std::uint32_t id = 0;
  for (int i = 0; i < years; ++i) {
    for (const Booking& booking : year) {
      const Interval interval = booking.interval();
      Require(calendar->Book(0, {interval.start + i * kYear, interval.end + i * kYear}, ++id),
              "loading", Peer::kName);
    }
  }
  return calendar;
}

template <typename Peer>
void OnlyGap(benchmark::State& state, const std::string& row, int years) {
  const std::unique_ptr<Peer> calendar = FullYears<Peer>(years);
  constexpr std::int64_t kPlaces = std::chrono::weeks{1} / kGrid;
  const auto ask = [&](std::int64_t place) {
    return calendar->NextGap(0, kYearStart + kGrid * (place % kPlaces), kLength);
  };
  Once(row, Peer::kName, [&] {
    for (std::int64_t place = 0; place < kPlaces; place += 100) {
      Require(ask(place) == kYearStart + years * kYear, row, Peer::kName);
    }
  });
  std::int64_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ask(next += 101));
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void RunGrowth(Suite& suite) {
  for (const int years : {1, 4, 16, 64}) {
    const std::string row = "only_gap_behind/years:" + std::to_string(years);
    ForEachOrderedPeer([&]<typename Peer>() {
      suite.Add({row, Peer::kName},
                [=](benchmark::State& state) { OnlyGap<Peer>(state, row, years); });
    });
    suite.RunAdded();
  }
}

}  // namespace clinic::bench
