// The next free mornings, rather with one's own doctor; and why there are no evenings.
//
// Prints:
//   2024-03-06T09:00:00+00:00 Dr. Ruiz
//   2024-03-04T09:00:00+00:00 Dr. Osei
//   2024-03-05T09:00:00+00:00 Dr. Osei
//   no evenings: nobody works then
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  clinic::SimulatedClock clock(clinic::ParseInstant("2024-03-03T12:00Z").value());  // a Sunday
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const clinic::CivilTime monday{*clinic::ParseDate("2024-03-04")};
  clinic::ResourceId mine;
  for (const auto& [name, days] : {std::pair("Dr. Osei", "MO,TU"), std::pair("Dr. Ruiz", "WE")}) {
    const auto rule = clinic::RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=" + std::string(days));
    clinic::Resource doctor{.name = name, .hours = clinic::Resource::Hours::kByRules};
    doctor.specialties = {"cardiology"};
    mine = scheduler.AddResource(doctor)->id;
    (void)scheduler.PutAvailability(mine, {{}, monday + 9h, monday + 17h, *rule, {}, {}});
  }
  clinic::SlotQuery query{.specialty = "cardiology", .range = {clock.Now(), clock.Now() + 96h}};
  query.times = {{.from = 8h, .until = 9h + 30min}};
  query.preferred = {mine};
  query.preferred_within = 48h;
  for (const auto& [resource, visit] : *scheduler.FindSlots(query)) {
    const auto doctor = scheduler.FindResource(resource);
    std::cout << clinic::FormatRfc3339(visit.start, 0s) << ' ' << doctor->name << '\n';
  }
  query.times = {{.from = 18h, .until = 21h}};
  const auto reasons = scheduler.WhatBlocks(query);
  const bool closed = reasons->back() == clinic::Explanation{{clinic::Blocker::Kind::kClosed}};
  if (closed) std::cout << "no evenings: nobody works then\n";
}
