// When are the next 30 minutes free? Calendars in which nights and weekends are taken like
// bookings, in three states:
//
//   next_gap_in_a_booked_year  70 % is booked, gaps everywhere; asked anywhere in the year
//   next_gap_in_a_packed_year  98 % is booked, what is free was cancelled; asked anywhere
//   next_gap_in_a_full_year    every minute of the year is taken, the only gap is behind its end;
//                              asked in its first week
#include "bench/calendars.hpp"

namespace clinic::bench {
namespace {

constexpr Duration kLength = std::chrono::minutes{30};

struct Question {
  std::uint32_t practitioner;
  Instant from;
  Instant answer;
};

struct Scenario {
  const char* name;
  Filling filling;
  Duration asked_within;  // from the start of the year
  std::size_t questions;
};

constexpr Scenario kScenarios[] = {
    {"next_gap_in_a_booked_year", Filling::kBookedAndClosed, kYear, 1 << 14},
    {"next_gap_in_a_packed_year", Filling::kPackedAndClosed, kYear, 1 << 14},
    {"next_gap_in_a_full_year", Filling::kFullAndClosed, std::chrono::weeks{1}, 1 << 10},
};

std::vector<Question> RandomQuestions(const Scenario& scenario, const Clinic& clinic) {
  Random random(3);
  const std::vector<Cells> cells(clinic.years.begin(), clinic.years.end());
  const auto places = static_cast<std::size_t>(scenario.asked_within / kGrid);
  std::vector<Question> questions;
  while (questions.size() < scenario.questions) {
    const std::size_t practitioner = random.Below(cells.size());
    const Instant from = StartOf(random.Below(places));
    questions.push_back({static_cast<std::uint32_t>(practitioner), from,
                         cells[practitioner].NextGap(from, kLength)});
  }
  return questions;
}

const std::vector<Question>& QuestionsFor(const Scenario& scenario, const Clinic& clinic) {
  static Latest<std::vector<Question>> kept;
  return kept.Of(clinic.name, [&] { return RandomQuestions(scenario, clinic); });
}

template <typename Peer>
void NextGap(benchmark::State& state, const std::string& row, const Scenario& scenario,
             std::size_t practitioners) {
  const Clinic& clinic = ClinicOf(scenario.filling, practitioners);
  const std::vector<Question>& questions = QuestionsFor(scenario, clinic);
  const Peer& calendars = LoadedWith<Peer>(clinic).calendars;
  const auto ask = [&](const Question& question) {
    return calendars.NextGap(question.practitioner, question.from, kLength);
  };
  Once(row, Peer::kName, [&] {
    for (const Question& question : questions) {
      Require(ask(question) == question.answer, row, Peer::kName);
    }
  });
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ask(questions[next++ % questions.size()]));
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void RunNextGap(Suite& suite) {
  for (const Scenario& scenario : kScenarios) {
    for (const std::size_t practitioners : suite.Sizes({1, 1'000, 10'000})) {
      const std::string row = RowName(scenario.name, practitioners);
      ForEachPeer([&]<typename Peer>() {
        if (practitioners > Peer::kMostPractitioners) return;
        suite.Add({row, Peer::kName}, [=, &scenario](benchmark::State& state) {
          NextGap<Peer>(state, row, scenario, practitioners);
        });
      });
      suite.RunAdded();
    }
  }
}

}  // namespace clinic::bench
