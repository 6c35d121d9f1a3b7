// The next free times of a specialty, whoever's they are, each shown by the doctor's own clock.
//
// Prints:
//   2024-03-11T09:00:00-04:00 Dr. Osei
//   2024-03-11T10:00:00-04:00 Dr. Osei
//   2024-03-11T09:00:00-05:00 Dr. Ruiz
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  clinic::SimulatedClock clock(clinic::ParseInstant("2024-03-08T23:00Z").value());  // a Friday
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);

  // Both work nine to five; the clocks go forward between this Friday and the Monday after it.
  const clinic::CivilTime friday{*clinic::ParseDate("2024-03-08")};
  const auto weekdays = clinic::RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR").value();
  for (const auto& [name, zone] :
       {std::pair("Dr. Osei", "America/New_York"), std::pair("Dr. Ruiz", "America/Chicago")}) {
    const auto doctor = scheduler.AddResource({.name = name,
                                               .timezone = zone,
                                               .hours = clinic::Resource::Hours::kByRules,
                                               .slot_step = 1h,
                                               .specialties = {"cardiology"}});
    const auto hours = scheduler.PutAvailability(
        doctor->id, {.start = friday + 9h, .end = friday + 17h, .rule = weekdays});
    if (!hours.ok()) return 1;
  }
  const clinic::Interval three_days{clock.Now(), clock.Now() + 72h};
  const auto slots =
      scheduler.FindSlots({.specialty = "cardiology", .range = three_days, .limit = 3});
  for (const auto& [resource, visit] : *slots) {
    const auto doctor = scheduler.FindResource(resource);
    const auto offset = clinic::Zone::Load(doctor->timezone)->OffsetAt(visit.start);
    std::cout << clinic::FormatRfc3339(visit.start, offset) << ' ' << doctor->name << '\n';
  }
}
