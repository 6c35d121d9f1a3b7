// Two people want the same half hour: one gets it, the other learns what could be had instead.
//
// Prints:
//   Alice: booked 2024-03-05T14:30:00Z
//   Bob: conflict
//     taken 2024-03-05T14:30:00Z to 2024-03-05T15:00:00Z
//     free 2024-03-05T13:45:00Z
//     free 2024-03-05T14:00:00Z
//     free 2024-03-05T15:00:00Z
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  const clinic::Instant half_past_two = clinic::ParseInstant("2024-03-05T14:30Z").value();
  clinic::SimulatedClock clock(half_past_two - 6h);
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto doctor = scheduler.AddResource({.name = "Dr. Osei", .slot_step = 15min});

  for (const std::string name : {"Alice", "Bob"}) {
    const auto patient =
        scheduler.AddResource({.kind = clinic::ResourceKind::kPatient, .name = name});
    const auto booked = scheduler.Book({.resources = {doctor->id, patient->id},
                                        .interval = {half_past_two, half_past_two + 30min}});
    if (booked.ok()) {
      std::cout << name << ": booked " << clinic::FormatUtc(booked->interval.start) << '\n';
      continue;
    }
    std::cout << name << ": " << clinic::ToString(booked.error().code) << '\n';
    for (const auto& [resource, kind, booking, taken] : booked.error().conflicts)
      std::cout << "  taken " << clinic::FormatUtc(taken.start) << " to "
                << clinic::FormatUtc(taken.end) << '\n';
    for (const clinic::Interval& free : booked.error().alternatives)
      std::cout << "  free " << clinic::FormatUtc(free.start) << '\n';
  }
}
