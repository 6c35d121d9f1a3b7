// When can anyone of a specialty see a patient for 30 minutes, and who? Asked at random instants;
// everyone works on weekdays from 09:00 to 17:00, and is booked to 70 %. Of several who could at
// the same time, the first.
//
// Ours is the whole way through the public API: Scheduler::FindSlots, with its locks and checks.
#include <algorithm>
#include <utility>

#include "bench/calendars.hpp"
#include "bench/clinic_fixture.hpp"
#include "bench/peers/transposed.hpp"

namespace clinic::bench {
namespace {

constexpr Duration kLength = std::chrono::minutes{30};

// When, and the number of the practitioner.
using Answer = std::pair<Instant, std::size_t>;

struct Question {
  Instant from;
  Answer answer;
};

struct Exercise {
  std::vector<Year> years;  // without the nights
  Clinic clinic;            // and with them
  std::vector<Question> checked;
  std::vector<Instant> asked;
};

// Tries one time after another, with one practitioner after another.
Answer PlainAnswer(const std::vector<Cells>& cells, Instant from) {
  for (Instant t = from;; t += kGrid) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].IsFree({t, t + kLength})) return {t, i};
    }
  }
}

Exercise MakeExercise(const std::string& row, std::size_t practitioners, std::size_t weeks) {
  Random random(practitioners);
  Exercise exercise;
  exercise.clinic.name = row;
  for (std::size_t i = 0; i < practitioners; ++i) {
    exercise.years.push_back(BookedYear(random, 0.7, weeks));
    exercise.clinic.years.push_back(WithClosedTimes(exercise.years.back()));
  }
  const std::vector<Cells> cells(exercise.clinic.years.begin(), exercise.clinic.years.end());
  const Duration booked = std::min<Duration>(std::chrono::weeks{weeks - 1}, kYear);
  const auto random_instant = [&] {
    return StartOf(random.Below(static_cast<std::size_t>(booked / kGrid)));
  };
  while (exercise.checked.size() < 200) {
    const Instant from = random_instant();
    exercise.checked.push_back({from, PlainAnswer(cells, from)});
  }
  while (exercise.asked.size() < 1 << 14) exercise.asked.push_back(random_instant());
  return exercise;
}

// Asks every practitioner.
template <typename Calendar>
class AsksEach {
 public:
  static std::string Name() { return std::string(Calendar::kName) + " each"; }

  explicit AsksEach(const Exercise& exercise)
      : practitioners_(static_cast<std::uint32_t>(exercise.years.size())),
        loaded_(Load<Each<Calendar>>(exercise.clinic)) {}

  Answer Find(Instant from) const {
    Answer best{kLatest, 0};
    for (std::uint32_t i = 0; i < practitioners_; ++i) {
      best = std::min(best, Answer{loaded_.calendars.NextGap(i, from, kLength), i});
    }
    return best;
  }

 protected:
  std::uint32_t practitioners_;
  Loaded<Each<Calendar>> loaded_;
};

// Asks until someone is free at once: nobody can be earlier.
template <typename Calendar>
class AsksUntilFree : public AsksEach<Calendar> {
 public:
  static std::string Name() { return std::string(Calendar::kName) + " until free"; }

  using AsksEach<Calendar>::AsksEach;

  Answer Find(Instant from) const {
    Answer best{kLatest, 0};
    for (std::uint32_t i = 0; i < this->practitioners_ && best.first > from; ++i) {
      best = std::min(best, Answer{this->loaded_.calendars.NextGap(i, from, kLength), i});
    }
    return best;
  }
};

class Transposed {
 public:
  static std::string Name() { return "transposed bits"; }

  explicit Transposed(const Exercise& exercise) : bits_(exercise.clinic.years) {}

  Answer Find(Instant from) const { return bits_.FirstFree(from, kLength); }

 private:
  TransposedBits bits_;
};

class Ours {
 public:
  static std::string Name() { return "clinic"; }

  explicit Ours(const Exercise& exercise)
      : fixture_(std::make_unique<ClinicFixture>(exercise.years)) {}

  Answer Find(Instant from) const {
    const auto slots = fixture_->scheduler().FindSlots(
        {.specialty = kSpecialty, .range = {from, kYearEnd}, .duration = kLength, .limit = 1});
    if (!slots.ok() || slots->empty()) return {kLatest, 0};
    return {slots->front().interval.start, slots->front().resource.uuid().low - 1};
  }

 private:
  std::unique_ptr<ClinicFixture> fixture_;
};

}  // namespace

void RunSpecialty(Suite& suite) {
  struct Size {
    std::size_t practitioners;
    std::size_t weeks;  // that are booked: a Scheduler keeps all that was ever said of a booking
  };
  std::vector<Size> sizes{suite.Scaled(Size{20, 4}, Size{1'000, 53}, Size{1'000, 53})};
  if (suite.scale() == Scale::kLarge) sizes.push_back({10'000, 4});
  for (const auto [practitioners, weeks] : sizes) {
    const std::string row =
        RowName("earliest_in_a_specialty", practitioners) + "/weeks:" + std::to_string(weeks);
    const auto add = [&, weeks = weeks, practitioners = practitioners]<typename Way>() {
      suite.Add({row, Way::Name()}, [=](benchmark::State& state) {
        static Latest<Exercise> exercises;
        static Latest<Way> ways;
        const Exercise& exercise =
            exercises.Of(row, [&] { return MakeExercise(row, practitioners, weeks); });
        const Way& way = ways.Of(row, [&] { return Way(exercise); });
        Once(row, Way::Name(), [&] {
          for (const Question& question : exercise.checked) {
            Require(way.Find(question.from) == question.answer, row, Way::Name());
          }
        });
        std::size_t next = 0;
        for (auto _ : state) {
          benchmark::DoNotOptimize(way.Find(exercise.asked[next++ % exercise.asked.size()]));
        }
        state.SetItemsProcessed(state.iterations());
      });
    };
    add.template operator()<Ours>();
    add.template operator()<AsksEach<BtreeMapCalendar>>();
    add.template operator()<AsksUntilFree<BtreeMapCalendar>>();
    add.template operator()<AsksEach<SortedVectorCalendar>>();
    add.template operator()<Transposed>();
    suite.RunAdded();
  }
}

}  // namespace clinic::bench
