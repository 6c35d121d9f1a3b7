// Calendars that are booked to 70 %, changed in three ways:
//
//   book_if_free  random working times, half of them free; what was booked is taken out again,
//   untimed cancel        random bookings are cancelled; they are booked again, untimed rebook a
//   random booking is cancelled and booked again
//
// Times are of one operation (rebook: of the pair).
#include <time.h>

#include <algorithm>

#include "bench/peers.hpp"
#include "bench/scenario.hpp"

namespace clinic::bench {
namespace {

// So many operations are timed together: enough to hide the clock's own time, few enough to leave a
// calendar about as full as it is.
constexpr std::size_t kBatch = 256;

// Batches of free and taken times, each with the answer that a plain reference gives when they are
// tried one after another.
std::vector<std::vector<Query>> BatchesToBook(const Clinic& clinic) {
  std::vector<Cells> cells(clinic.years.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (const Booking& booking : clinic.years[i]) cells[i].Mark(booking.interval, true);
  }
  std::vector<std::vector<Query>> batches;
  for (std::size_t first = 0; first + kBatch <= clinic.queries.size(); first += kBatch) {
    const auto begin = clinic.queries.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Query>& batch = batches.emplace_back(begin, begin + kBatch);
    for (Query& query : batch) {
      query.free = cells[query.practitioner].IsFree(query.interval);
      if (query.free) cells[query.practitioner].Mark(query.interval, true);
    }
    for (const Query& query : batch) {
      if (query.free) cells[query.practitioner].Mark(query.interval, false);
    }
  }
  return batches;
}

// Batches of bookings that exist, none twice in a batch.
std::vector<std::vector<Query>> BatchesToCancel(const Clinic& clinic) {
  constexpr std::size_t kBatches = 64;
  Random random(7);
  std::vector<std::vector<Query>> batches(kBatches);
  for (std::vector<Query>& batch : batches) {
    while (batch.size() < kBatch) {
      const std::size_t practitioner = random.Below(clinic.years.size());
      const Year& year = clinic.years[practitioner];
      const Query query{static_cast<std::uint32_t>(practitioner),
                        year[random.Below(year.size())].interval, false};
      const bool is_new = std::none_of(batch.begin(), batch.end(), [&](const Query& other) {
        return other.practitioner == query.practitioner && other.interval == query.interval;
      });
      if (is_new) batch.push_back(query);
    }
  }
  return batches;
}

// Made once a size, as they are the same for every peer.
const std::vector<std::vector<Query>>& Batches(
    std::size_t practitioners, std::vector<std::vector<Query>> (*make)(const Clinic&)) {
  using Key = std::pair<std::size_t, decltype(make)>;
  static std::map<Key, std::vector<std::vector<Query>>> kept;
  const auto [it, is_new] = kept.try_emplace(Key{practitioners, make});
  if (is_new) it->second = make(ClinicOf(practitioners));
  return it->second;
}

// The processor time of this thread: what else runs on the machine does not count.
double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Runs `timed` on each query of a batch against the clock, then `undo` on each without it.
template <typename Timed, typename Undo>
void RunBatches(benchmark::State& state, const std::vector<std::vector<Query>>& batches,
                Timed timed, Undo undo) {
  std::size_t next = 0;
  for (auto _ : state) {
    const std::vector<Query>& batch = batches[next++ % batches.size()];
    const double start = ThreadSeconds();
    for (const Query& query : batch) benchmark::DoNotOptimize(timed(query));
    state.SetIterationTime(ThreadSeconds() - start);
    for (const Query& query : batch) undo(query);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBatch));
}

template <typename Peer>
void BookIfFree(benchmark::State& state, std::size_t practitioners) {
  std::vector<Peer>& calendars = CalendarsOf<Peer>(practitioners);
  const auto& batches = Batches(practitioners, BatchesToBook);
  const auto book = [&](const Query& query) {
    return calendars[query.practitioner].Book(query.interval, 1);
  };
  const auto undo = [&](const Query& query) {
    return !query.free || calendars[query.practitioner].Cancel(query.interval.start);
  };
  Once(BenchmarkName<Peer>("book_if_free", practitioners), [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch)
        Require(book(query) == query.free, "book_if_free", Peer::kName);
      for (const Query& query : batch) Require(undo(query), "book_if_free", Peer::kName);
    }
  });
  RunBatches(state, batches, book, undo);
}

template <typename Peer>
void Cancel(benchmark::State& state, std::size_t practitioners) {
  std::vector<Peer>& calendars = CalendarsOf<Peer>(practitioners);
  const auto& batches = Batches(practitioners, BatchesToCancel);
  const auto cancel = [&](const Query& query) {
    return calendars[query.practitioner].Cancel(query.interval.start);
  };
  const auto undo = [&](const Query& query) {
    return calendars[query.practitioner].Book(query.interval, 1);
  };
  Once(BenchmarkName<Peer>("cancel", practitioners), [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch) Require(cancel(query), "cancel", Peer::kName);
      for (const Query& query : batch)
        Require(!cancel(query) && undo(query), "cancel", Peer::kName);
    }
  });
  RunBatches(state, batches, cancel, undo);
}

template <typename Peer>
void Rebook(benchmark::State& state, std::size_t practitioners) {
  std::vector<Peer>& calendars = CalendarsOf<Peer>(practitioners);
  const auto& batches = Batches(practitioners, BatchesToCancel);
  const auto rebook = [&](const Query& query) {
    Peer& calendar = calendars[query.practitioner];
    return calendar.Cancel(query.interval.start) && calendar.Book(query.interval, 1);
  };
  Once(BenchmarkName<Peer>("rebook", practitioners), [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch) Require(rebook(query), "rebook", Peer::kName);
    }
  });
  RunBatches(state, batches, rebook, [](const Query&) {});
}

}  // namespace

void RegisterBookAndCancel() {
  for (const std::size_t practitioners : {1, 1000}) {
    ForEachPeer([practitioners]<typename Peer>() {
      const auto add = [&](const char* scenario, auto run) {
        benchmark::RegisterBenchmark(BenchmarkName<Peer>(scenario, practitioners).c_str(), run,
                                     practitioners)
            ->UseManualTime();
      };
      add("book_if_free", BookIfFree<Peer>);
      add("cancel", Cancel<Peer>);
      add("rebook", Rebook<Peer>);
    });
  }
}

}  // namespace clinic::bench
