// Trying a change without making it: begin a branch of a whole clinic, book one visit in it, and
// drop it again, beside what a program without branches has to do: copy the calendars, change the
// copy, and drop that.
#include <memory>

#include "bench/calendars.hpp"
#include "bench/clinic_fixture.hpp"
#include "clinic/branch.hpp"

namespace clinic::bench {
namespace {

// A free time of each practitioner's, to try a visit at.
std::vector<Interval> FreeTimes(const Clinic& clinic) {
  Random random(7);
  std::vector<Interval> times;
  for (const Year& year : clinic.years) {
    const Cells cells(year);
    Interval interval = RandomWorkingTime(random);
    while (!cells.IsFree(interval)) interval = RandomWorkingTime(random);
    times.push_back(interval);
  }
  return times;
}

class BranchOfScheduler {
 public:
  static constexpr const char* kName = "clinic";

  explicit BranchOfScheduler(const Clinic& clinic)
      : fixture_(std::make_unique<ClinicFixture>(clinic.years)) {}

  void Begin() const { benchmark::DoNotOptimize(fixture_->scheduler().MakeBranch()); }
  bool Try(std::size_t practitioner, const Interval& interval) const {
    const Result<Branch> branch = fixture_->scheduler().MakeBranch();
    return branch.ok() && (*branch)
                              ->Book({.resources = {PractitionerId(practitioner)},
                                      .interval = interval,
                                      .waive = {.past = true}})
                              .ok();
  }

 private:
  std::unique_ptr<ClinicFixture> fixture_;
};

template <typename Calendar>
class CopyOfCalendars {
 public:
  static constexpr const char* kName = Calendar::kName;

  explicit CopyOfCalendars(const Clinic& clinic) : loaded_(Load<Each<Calendar>>(clinic)) {}

  void Begin() const { benchmark::DoNotOptimize(Each<Calendar>(loaded_.calendars)); }
  bool Try(std::size_t practitioner, const Interval& interval) const {
    Each<Calendar> copy(loaded_.calendars);
    return copy.Book(static_cast<std::uint32_t>(practitioner), interval, 1);
  }

 private:
  Loaded<Each<Calendar>> loaded_;
};

template <typename Way>
void AddWay(Suite& suite, std::size_t practitioners, std::size_t bookings) {
  const std::string size = "/bookings:" + std::to_string(bookings);
  const auto way = [=]() -> const Way& {
    static Latest<Way> ways;
    return ways.Of(size, [&] { return Way(ClinicOf(Filling::kBooked, practitioners)); });
  };
  suite.Add({"make_and_drop_a_branch" + size, Way::kName}, [=](benchmark::State& state) {
    const Way& clinic = way();
    for (auto _ : state) clinic.Begin();
    state.SetItemsProcessed(state.iterations());
  });
  suite.Add({"book_in_a_branch" + size, Way::kName}, [=](benchmark::State& state) {
    const Way& clinic = way();
    const std::vector<Interval> times = FreeTimes(ClinicOf(Filling::kBooked, practitioners));
    std::size_t next = 0;
    for (auto _ : state) {
      const std::size_t practitioner = next++ % times.size();
      Require(clinic.Try(practitioner, times[practitioner]), "book_in_a_branch", Way::kName);
    }
    state.SetItemsProcessed(state.iterations());
  });
}

}  // namespace

void RunBranch(Suite& suite) {
  const auto practitioners = suite.Scaled<std::size_t>(5, 220, 220);
  const std::size_t bookings = ClinicOf(Filling::kBooked, practitioners).bookings();
  AddWay<BranchOfScheduler>(suite, practitioners, bookings);
  AddWay<CopyOfCalendars<BtreeMapCalendar>>(suite, practitioners, bookings);
  AddWay<CopyOfCalendars<SortedVectorCalendar>>(suite, practitioners, bookings);
  suite.RunAdded();
}

}  // namespace clinic::bench
