// The steps of a load, one after the other; for the .cpp files of this folder.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <span>
#include <vector>

#include "clinic/zone.hpp"
#include "server/loading/load.hpp"

namespace clinic::loading {

/// What every step works with.
struct Step {
  const Calendar& calendar;
  Scheduler& scheduler;
  const Zone& zone;
  const Options& options;
  Report& report;

  void Progress(std::string_view what, std::size_t done, std::size_t total) const {
    if (options.on_progress) options.on_progress(what, done, total);
  }

  /// Who is written down as having done it.
  static Command By() { return {.actor = "import"}; }
};

/// Which patient an appointment means. Ids are the practitioner's own, unless the file of patients
/// says of no practitioner whose patients they are.
class PatientIds {
 public:
  explicit PatientIds(std::span<const calendar_file::PatientRow> patients);

  /// Requires that the appointment names a patient.
  ResourceId Of(const calendar_file::AppointmentRow& appointment) const;

 private:
  absl::flat_hash_set<ResourceId> listed_;
};

/// Each adds what is missing, and counts in `step.report`. Errors: those of the store.
Result<void> LoadPractitioners(const Step& step);
Result<void> LoadHours(const Step& step);
Result<void> LoadPatients(const Step& step, const PatientIds& ids);
Result<void> LoadAppointments(const Step& step, const PatientIds& ids);

}  // namespace clinic::loading
