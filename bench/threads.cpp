// Two threads on different practitioners, beside one: book a free time and cancel it again, in
// calendars that are booked to 70 %. Times are of one pair by the clock on the wall, whoever did
// it, so that two threads that do not hinder each other take half as long.
#include <array>
#include <thread>

#include "bench/calendars.hpp"
#include "bench/clinic_fixture.hpp"

namespace clinic::bench {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kPractitionersEach = 4;

struct Visit {
  std::uint32_t practitioner;
  Interval interval;
};

// For each thread times that are free, with practitioners of its own.
using Work = std::array<std::vector<Visit>, kThreads>;

Work FreeTimes(const Clinic& clinic, std::size_t pairs) {
  Random random(5);
  const std::vector<Cells> cells(clinic.years.begin(), clinic.years.end());
  Work work;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    while (work[thread].size() < pairs) {
      const std::size_t practitioner =
          thread * kPractitionersEach + random.Below(kPractitionersEach);
      const Interval interval = RandomWorkingTime(random);
      if (!cells[practitioner].IsFree(interval)) continue;
      work[thread].push_back({static_cast<std::uint32_t>(practitioner), interval});
    }
  }
  return work;
}

// Books and cancels; false where any of it was refused.
class InScheduler {
 public:
  static constexpr const char* kRow = "book_and_cancel_in_the_scheduler";

  explicit InScheduler(const Clinic& clinic)
      : fixture_(std::make_unique<ClinicFixture>(clinic.years)) {}

  bool Do(std::size_t, const std::vector<Visit>& visits) {
    bool right = true;
    Scheduler& scheduler = fixture_->scheduler();
    for (const Visit& visit : visits) {
      const auto booked = scheduler.Book({.resources = {PractitionerId(visit.practitioner)},
                                          .interval = visit.interval,
                                          .waive = {.past = true}});
      right = right && booked.ok() && scheduler.Cancel(booked->id).ok();
    }
    return right;
  }

 private:
  std::unique_ptr<ClinicFixture> fixture_;
};

// Each thread has its calendars in memory of its own, as they would have in a program that minds
// what its threads share.
class InCalendars {
 public:
  static constexpr const char* kRow = "book_and_cancel_in_calendars";

  explicit InCalendars(const Clinic& clinic) {
    for (std::size_t i = 0; i < kThreads; ++i) loaded_.push_back(Load<Each<ClinicPeer>>(clinic));
  }

  bool Do(std::size_t thread, const std::vector<Visit>& visits) {
    bool right = true;
    Each<ClinicPeer>& calendars = loaded_[thread].calendars;
    for (const Visit& visit : visits) {
      right = right && calendars.Book(visit.practitioner, visit.interval, 1) &&
              calendars.Cancel(visit.practitioner, visit.interval);
    }
    return right;
  }

 private:
  std::vector<Loaded<Each<ClinicPeer>>> loaded_;
};

template <typename Place>
bool DoOnBoth(Place& place, const Work& work) {
  bool other_is_right = false;
  std::thread other([&] { other_is_right = place.Do(1, work[1]); });
  const bool right = place.Do(0, work[0]);
  other.join();
  return right && other_is_right;
}

template <typename Place>
void AddPlace(Suite& suite, std::size_t pairs) {
  const auto add = [&](const char* name, std::size_t threads) {
    suite.Add({.scenario = Place::kRow, .peer = name, .manual_time = true, .iterations = 5},
              [=](benchmark::State& state) {
                static Latest<Place> kept;
                const Clinic& clinic = ClinicOf(Filling::kBooked, kThreads * kPractitionersEach);
                Place& place = kept.Of(Place::kRow, [&] { return Place(clinic); });
                const Work work = FreeTimes(clinic, pairs);
                TimeEach(
                    state, WallSeconds, threads * pairs, [] {},
                    [&] {
                      const bool right =
                          threads == 1 ? place.Do(0, work[0]) : DoOnBoth(place, work);
                      Require(right, Place::kRow, name);
                    });
              });
  };
  add("two threads", 2);
  add("one thread", 1);
}

}  // namespace

void RunThreads(Suite& suite) {
  AddPlace<InScheduler>(suite, suite.Scaled<std::size_t>(500, 10'000, 10'000));
  suite.RunAdded();
  AddPlace<InCalendars>(suite, suite.Scaled<std::size_t>(500, 1'000'000, 1'000'000));
  suite.RunAdded();
}

}  // namespace clinic::bench
