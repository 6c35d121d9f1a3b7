// Is this time free? Random working times in calendars that are booked to 70 %; half are free.
#include "bench/booked_calendars.hpp"
#include "bench/calendars.hpp"

namespace clinic::bench {
namespace {

template <typename Peer>
void IsFree(benchmark::State& state, const std::string& row, std::size_t practitioners) {
  const Clinic& clinic = ClinicOf(Filling::kBooked, practitioners);
  const std::vector<Query>& queries = QueriesFor(clinic);
  const Peer& calendars = LoadedWith<Peer>(clinic).calendars;
  Once(row, Peer::kName, [&] {
    for (const Query& query : queries) {
      Require(calendars.IsFree(query.practitioner, query.interval) == query.free, row, Peer::kName);
    }
  });
  std::size_t next = 0;
  for (auto _ : state) {
    const Query& query = queries[next++ % queries.size()];
    benchmark::DoNotOptimize(calendars.IsFree(query.practitioner, query.interval));
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void AddIsFree(Suite& suite, std::size_t practitioners) {
  const std::string row = RowName("is_free", practitioners);
  ForEachPeer([&]<typename Peer>() {
    if (practitioners > Peer::kMostPractitioners) return;
    suite.Add({row, Peer::kName}, [row, practitioners](benchmark::State& state) {
      IsFree<Peer>(state, row, practitioners);
    });
  });
}

}  // namespace clinic::bench
