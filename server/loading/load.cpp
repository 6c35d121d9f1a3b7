#include "server/loading/load.hpp"

#include <utility>

#include "server/loading/steps.hpp"

namespace clinic::loading {

Result<Report> Load(const Calendar& calendar, Scheduler& scheduler, const Options& options) {
  Result<Zone> zone = Zone::Load(options.timezone);
  if (!zone.ok()) return std::move(zone).error();
  Report report;
  const Step step{calendar, scheduler, *zone, options, report};
  if (Result<void> done = LoadPractitioners(step); !done.ok()) return std::move(done).error();
  if (Result<void> done = LoadHours(step); !done.ok()) return std::move(done).error();
  const PatientIds patients(calendar.patients);
  if (Result<void> done = LoadPatients(step, patients); !done.ok()) return std::move(done).error();
  if (Result<void> done = LoadAppointments(step, patients); !done.ok()) {
    return std::move(done).error();
  }
  return report;
}

}  // namespace clinic::loading
