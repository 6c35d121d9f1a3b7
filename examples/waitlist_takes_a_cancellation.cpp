// A cancellation goes to who waits for it: offered in the same step, and to the next when it is let
// go of.
//
// Prints:
//   Ada is offered 2024-03-05T14:30:00Z
//   Ben is offered 2024-03-05T14:30:00Z
//   Ben has it: booked
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  clinic::SimulatedClock clock(*clinic::ParseInstant("2024-03-05T09:00Z"));
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto doctor = scheduler.AddResource({.name = "Dr. Osei", .specialties = {"cardiology"}});
  const clinic::Instant at = *clinic::ParseInstant("2024-03-05T14:30Z");
  const auto visit = scheduler.Book({.resources = {doctor->id}, .interval = {at, at + 30min}});

  for (const char* name : {"Ada", "Ben"}) {
    const auto patient =
        scheduler.AddResource({.kind = clinic::ResourceKind::kPatient, .name = name});
    const auto joined = scheduler.JoinWaitlist({.patient = patient->id,
                                                .specialty = "cardiology",
                                                .range = {at - 4h, at + 4h},
                                                .duration = 30min});
    if (!joined.ok()) return 1;
  }
  if (!scheduler.Cancel(visit->id).ok()) return 1;
  for (const clinic::WaitlistEntry& entry : scheduler.Waitlist()) {
    const auto offer = scheduler.Find(*scheduler.FindWaitlistEntry(entry.id)->offer);
    const std::string name = scheduler.FindResource(entry.patient)->name;
    std::cout << name << " is offered " << clinic::FormatUtc(offer->interval.start) << '\n';
    const auto next = name == "Ada" ? scheduler.Release(offer->id) : scheduler.Confirm(offer->id);
    if (next->status == "booked") std::cout << name << " has it: booked\n";
  }
}
