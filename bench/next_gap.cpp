// When are the next 30 minutes free? One calendar, nights and weekends taken like bookings, in
// three states:
//
//   next_gap_in_a_full_year    every working minute of the year is booked; asked in its first week
//   next_gap_in_a_packed_year  98 % is booked, what is free was cancelled; asked anywhere in the
//   year next_gap_in_a_booked_year  70 % is booked, gaps everywhere; asked anywhere in the year
#include "bench/peers.hpp"
#include "bench/scenario.hpp"

namespace clinic::bench {
namespace {

constexpr Duration kLength = std::chrono::minutes{30};

struct Question {
  Instant from;
  Instant answer;
};

struct Scenario {
  const char* name;
  Year (*fill)(Random&, double share);
  double share;
  Duration asked_within;  // from the start of the year
  std::size_t questions;
};

constexpr Scenario kScenarios[] = {
    {"next_gap_in_a_full_year", PackedYear, 1.0, std::chrono::weeks{1}, 16},
    {"next_gap_in_a_packed_year", PackedYear, 0.98, kYearEnd - kYearStart, 1 << 14},
    {"next_gap_in_a_booked_year", BookedYear, 0.7, kYearEnd - kYearStart, 1 << 14},
};

struct Exercise {
  Year year;
  std::vector<Question> questions;
};

Exercise MakeExercise(const Scenario& scenario) {
  Random random(3);
  Exercise exercise{WithClosedTimes(scenario.fill(random, scenario.share)), {}};
  Cells cells;
  for (const Booking& booking : exercise.year) cells.Mark(booking.interval, true);
  while (exercise.questions.size() < scenario.questions) {
    const Instant from = RandomInstant(random);
    if (from - kYearStart >= scenario.asked_within) continue;
    exercise.questions.push_back({from, cells.NextGap(from, kLength)});
  }
  return exercise;
}

// Made once, as it is the same for every peer.
const Exercise& ExerciseOf(const Scenario& scenario) {
  static std::map<std::string, Exercise> kept;
  const auto [it, is_new] = kept.try_emplace(scenario.name);
  if (is_new) it->second = MakeExercise(scenario);
  return it->second;
}

template <typename Peer>
void NextGap(benchmark::State& state, const Scenario& scenario) {
  const auto& [year, questions] = ExerciseOf(scenario);
  const Peer calendar = CalendarOf<Peer>(year);
  Once(BenchmarkName<Peer>(scenario.name, 1), [&] {
    for (const Question& question : questions) {
      Require(calendar.NextGap(question.from, kLength) == question.answer, scenario.name,
              Peer::kName);
    }
  });
  std::size_t next = 0;
  for (auto _ : state) {
    const Question& question = questions[next++ % questions.size()];
    benchmark::DoNotOptimize(calendar.NextGap(question.from, kLength));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void RegisterNextGap() {
  for (const Scenario& scenario : kScenarios) {
    ForEachPeer([&scenario]<typename Peer>() {
      benchmark::RegisterBenchmark(BenchmarkName<Peer>(scenario.name, 1).c_str(), NextGap<Peer>,
                                   scenario);
    });
  }
}

}  // namespace clinic::bench
