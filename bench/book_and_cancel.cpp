// Calendars that are booked to 70 %, changed in three ways:
//
//   book_if_free  random working times, half of them free; what was booked is taken out again,
//                 untimed
//   cancel        random bookings are cancelled; they are booked again, untimed
//   rebook        a random booking is cancelled and booked again
//
// Times are of one operation (rebook: of the pair).
#include <algorithm>

#include "bench/booked_calendars.hpp"
#include "bench/calendars.hpp"

namespace clinic::bench {
namespace {

// So many operations are timed together: enough to hide the clock's own time, few enough to leave a
// calendar about as full as it is.
constexpr std::size_t kBatch = 256;

using Batches = std::vector<std::vector<Query>>;

// Batches of free and taken times, each with the answer that a plain reference gives when they are
// tried one after another.
Batches MakeBatchesToBook(const Clinic& clinic) {
  std::vector<Cells> cells(clinic.years.begin(), clinic.years.end());
  const std::vector<Query>& queries = QueriesFor(clinic);
  Batches batches;
  for (std::size_t first = 0; first + kBatch <= queries.size(); first += kBatch) {
    const auto begin = queries.begin() + static_cast<std::ptrdiff_t>(first);
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
Batches MakeBatchesToCancel(const Clinic& clinic) {
  Random random(7);
  Batches batches(clinic.years.size() == 1 ? 64 : 256);
  for (std::vector<Query>& batch : batches) {
    while (batch.size() < kBatch) {
      const std::size_t practitioner = random.Below(clinic.years.size());
      const Year& year = clinic.years[practitioner];
      const Query query =
          Query::Of(practitioner, year[random.Below(year.size())].interval(), false);
      const bool is_new = std::none_of(batch.begin(), batch.end(), [&](const Query& other) {
        return other.practitioner == query.practitioner && other.interval == query.interval;
      });
      if (is_new) batch.push_back(query);
    }
  }
  return batches;
}

const Batches& BatchesToBook(const Clinic& clinic) {
  static Latest<Batches> kept;
  return kept.Of(clinic.name, [&] { return MakeBatchesToBook(clinic); });
}

const Batches& BatchesToCancel(const Clinic& clinic) {
  static Latest<Batches> kept;
  return kept.Of(clinic.name, [&] { return MakeBatchesToCancel(clinic); });
}

// Runs `timed` on each query of a batch against the clock, then `undo` on each without it.
template <typename Timed, typename Undo>
void RunBatches(benchmark::State& state, const Batches& batches, Timed timed, Undo undo) {
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
void BookIfFree(benchmark::State& state, const std::string& row, std::size_t practitioners) {
  const Clinic& clinic = ClinicOf(Filling::kBooked, practitioners);
  const Batches& batches = BatchesToBook(clinic);
  Peer& calendars = LoadedWith<Peer>(clinic).calendars;
  const auto book = [&](const Query& query) {
    return calendars.Book(query.practitioner, query.interval, query.id);
  };
  const auto undo = [&](const Query& query) {
    return !query.free || calendars.Cancel(query.practitioner, query.interval);
  };
  Once(row, Peer::kName, [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch) Require(book(query) == query.free, row, Peer::kName);
      for (const Query& query : batch) Require(undo(query), row, Peer::kName);
    }
  });
  RunBatches(state, batches, book, undo);
}

template <typename Peer>
void Cancel(benchmark::State& state, const std::string& row, std::size_t practitioners) {
  const Clinic& clinic = ClinicOf(Filling::kBooked, practitioners);
  const Batches& batches = BatchesToCancel(clinic);
  Peer& calendars = LoadedWith<Peer>(clinic).calendars;
  const auto cancel = [&](const Query& query) {
    return calendars.Cancel(query.practitioner, query.interval);
  };
  const auto undo = [&](const Query& query) {
    return calendars.Book(query.practitioner, query.interval, query.id);
  };
  Once(row, Peer::kName, [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch) Require(cancel(query), row, Peer::kName);
      for (const Query& query : batch) Require(!cancel(query) && undo(query), row, Peer::kName);
    }
  });
  RunBatches(state, batches, cancel, undo);
}

template <typename Peer>
void Rebook(benchmark::State& state, const std::string& row, std::size_t practitioners) {
  const Clinic& clinic = ClinicOf(Filling::kBooked, practitioners);
  const Batches& batches = BatchesToCancel(clinic);
  Peer& calendars = LoadedWith<Peer>(clinic).calendars;
  const auto rebook = [&](const Query& query) {
    return calendars.Cancel(query.practitioner, query.interval) &&
           calendars.Book(query.practitioner, query.interval, query.id);
  };
  Once(row, Peer::kName, [&] {
    for (const std::vector<Query>& batch : batches) {
      for (const Query& query : batch) Require(rebook(query), row, Peer::kName);
    }
  });
  RunBatches(state, batches, rebook, [](const Query&) {});
}

}  // namespace

void AddBookAndCancel(Suite& suite, std::size_t practitioners) {
  ForEachPeer([&]<typename Peer>() {
    if (practitioners > Peer::kMostPractitioners) return;
    const auto add = [&](const char* scenario, auto run) {
      const std::string row = RowName(scenario, practitioners);
      suite.Add({.scenario = row, .peer = Peer::kName, .manual_time = true},
                [=](benchmark::State& state) { run(state, row, practitioners); });
    };
    add("book_if_free", BookIfFree<Peer>);
    add("cancel", Cancel<Peer>);
    add("rebook", Rebook<Peer>);
  });
}

}  // namespace clinic::bench
