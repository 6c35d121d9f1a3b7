// A clinic inside the Scheduler, with the bookings of the workload.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/workload.hpp"
#include "clinic/clock.hpp"
#include "clinic/id_generator.hpp"
#include "clinic/scheduler.hpp"

namespace clinic::bench {

inline constexpr const char* kSpecialty = "general practice";

/// The practitioner of that number, counted from 0. Ids are in the order of the numbers.
ResourceId PractitionerId(std::size_t number);

/// A practitioner who works on weekdays from 09:00 to 17:00 UTC.
Resource Practitioner(std::size_t number);
AvailabilityRule OfficeHours();

/// A Scheduler in memory; its clock stands at the start of the year.
class ClinicFixture {
 public:
  /// A practitioner for each of the years, with what is booked in it.
  explicit ClinicFixture(const std::vector<Year>& years);

  Scheduler& scheduler() { return scheduler_; }

 private:
  SimulatedClock clock_{kYearStart};
  UuidV7Generator ids_{clock_, 1};
  Scheduler scheduler_{clock_, ids_};
};

}  // namespace clinic::bench
