// Laboratory, then scan, then consultation: the earliest way through the house, booked at once.
//
// Prints:
//   2024-03-05T08:30:00Z Laboratory 2
//   2024-03-05T09:00:00Z Scanner
//   2024-03-05T10:00:00Z Dr. Osei
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  const clinic::Instant eight = clinic::ParseInstant("2024-03-05T08:00Z").value();
  clinic::SimulatedClock clock(eight);
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto add = [&](const std::string& name, clinic::Duration busy) {
    const auto id = scheduler.AddResource({.name = name}).value().id;
    (void)scheduler.Book({.resources = {id}, .interval = {eight, eight + busy}});
    return id;
  };
  const auto patient = scheduler.AddResource({.kind = clinic::ResourceKind::kPatient}).value().id;
  const std::vector laboratories = {add("Laboratory 1", 1h), add("Laboratory 2", 10min)};
  const auto scanner = add("Scanner", 1h);
  const auto doctor = add("Dr. Osei", 2h);

  const clinic::SequenceQuery visit{
      .steps = {{.any_of = laboratories, .duration = 10min},
                {.resources = {scanner}, .duration = 30min, .gap_min = 10min, .gap_max = 20min},
                {.resources = {doctor}, .duration = 20min, .gap_min = 10min, .gap_max = 30min}},
      .throughout = {patient},
      .range = {eight, eight + 9h}};
  const auto booked = clinic::BookSequence(scheduler, visit);
  for (const clinic::Booking& step : *booked)
    for (const clinic::Allocation& taken : step.allocations)
      if (taken.resource != patient)
        std::cout << clinic::FormatUtc(taken.occupied.start) << ' '
                  << scheduler.FindResource(taken.resource)->name << '\n';
}
