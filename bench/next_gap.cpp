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
    {"next_gap_in_a_full_year", PackedYear, 1.0, std::chrono::weeks{1}, 64},
    {"next_gap_in_a_packed_year", PackedYear, 0.98, kYearEnd - kYearStart, 4096},
    {"next_gap_in_a_booked_year", BookedYear, 0.7, kYearEnd - kYearStart, 4096},
};

std::vector<Question> QuestionsFor(Random& random, const Scenario& scenario, const Year& year) {
  Cells cells;
  for (const Booking& booking : year) cells.Mark(booking.interval, true);
  std::vector<Question> questions;
  while (questions.size() < scenario.questions) {
    const Instant from = RandomInstant(random);
    if (from - kYearStart >= scenario.asked_within) continue;
    questions.push_back({from, cells.NextGap(from, kLength)});
  }
  return questions;
}

template <typename Peer>
void NextGap(benchmark::State& state, const Scenario& scenario) {
  Random random(3);
  const Year year = WithClosedTimes(scenario.fill(random, scenario.share));
  const std::vector<Question> questions = QuestionsFor(random, scenario, year);
  const Peer calendar = CalendarOf<Peer>(year);
  for (const Question& question : questions) {
    Require(calendar.NextGap(question.from, kLength) == question.answer, scenario.name,
            Peer::kName);
  }
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
