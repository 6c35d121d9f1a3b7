// Is this time free? Random working times in calendars that are booked to 70 %; half are free.
#include "bench/peers.hpp"
#include "bench/scenario.hpp"

namespace clinic::bench {
namespace {

template <typename Peer>
void IsFree(benchmark::State& state, std::size_t practitioners) {
  const std::vector<Query>& queries = ClinicOf(practitioners).queries;
  const std::vector<Peer>& calendars = CalendarsOf<Peer>(practitioners);
  Once(BenchmarkName<Peer>("is_free", practitioners), [&] {
    for (const Query& query : queries) {
      Require(calendars[query.practitioner].IsFree(query.interval) == query.free, "is_free",
              Peer::kName);
    }
  });
  std::size_t next = 0;
  for (auto _ : state) {
    const Query& query = queries[next++ % queries.size()];
    benchmark::DoNotOptimize(calendars[query.practitioner].IsFree(query.interval));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void RegisterIsFree() {
  for (const std::size_t practitioners : {1, 100, 1000}) {
    ForEachPeer([practitioners]<typename Peer>() {
      benchmark::RegisterBenchmark(BenchmarkName<Peer>("is_free", practitioners).c_str(),
                                   IsFree<Peer>, practitioners);
    });
  }
}

}  // namespace clinic::bench
