// A doctor is ill today: who sees her patients, and when, all of it or nothing.
//
// Prints:
//   09:00 is seen by Dr Okafor at 09:00
//   09:30 is seen by Dr Okafor at 10:00
//   moved: 2, still with Dr Chen: 0
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  const clinic::Instant nine = clinic::ParseInstant("2024-03-05T09:00Z").value();
  clinic::SimulatedClock clock(nine - 2h);
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto add = [&](clinic::ResourceKind kind, const char* name) {
    return scheduler.AddResource({.kind = kind, .name = name, .specialties = {"cardiology"}})->id;
  };
  const auto chen = add(clinic::ResourceKind::kPractitioner, "Dr Chen");
  const auto okafor = add(clinic::ResourceKind::kPractitioner, "Dr Okafor");
  const auto alice = add(clinic::ResourceKind::kPatient, "Alice");
  const auto bob = add(clinic::ResourceKind::kPatient, "Bob");
  scheduler.Book({.resources = {chen, alice}, .interval = {nine, nine + 30min}}).value();
  scheduler.Book({.resources = {chen, bob}, .interval = {nine + 30min, nine + 60min}}).value();
  scheduler.Book({.resources = {okafor}, .interval = {nine + 30min, nine + 60min}}).value();

  const auto plan =
      clinic::PlanAbsence(scheduler, {.practitioner = chen, .time = {nine - 2h, nine + 8h}});
  for (const clinic::DisplacedBooking& each : plan->displaced)
    std::cout << clinic::FormatUtc(each.booking.interval.start).substr(11, 5) << " is seen by "
              << scheduler.FindResource(each.to->resource)->name << " at "
              << clinic::FormatUtc(each.to->interval.start).substr(11, 5) << '\n';
  const auto outcome = clinic::ApplyAbsence(scheduler, *plan, {.reason = "ill"});
  std::cout << "moved: " << outcome->changed.size()
            << ", still with Dr Chen: " << outcome->remaining.size() << '\n';
}
