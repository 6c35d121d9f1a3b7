// Patients: those who are listed, and those who only have appointments.
#include <absl/container/flat_hash_map.h>

#include <utility>

#include "server/loading/identity.hpp"
#include "server/loading/steps.hpp"

namespace clinic::loading {
namespace {

constexpr std::string_view kWhat = "Adding patients";

// Adds those who are missing, a batch at a time.
class PatientBatches {
 public:
  explicit PatientBatches(const Step& step) : step_(step) {}

  /// Adds a patient, unless they are there or came before.
  Result<void> Add(ResourceId id, std::string_view name, std::optional<CivilDay> birth_date) {
    if (!seen_.insert(id).second) return {};
    if (step_.scheduler.FindResource(id).ok()) {
      ++step_.report.patients.already_there;
      return {};
    }
    resources_.push_back({.id = id,
                          .kind = ResourceKind::kPatient,
                          .name = std::string(name),
                          .timezone = step_.zone.name()});
    birth_dates_.insert_or_assign(id, birth_date);
    return resources_.size() < step_.options.batch ? Result<void>() : Flush();
  }

  /// Writes down the last, smaller batch.
  Result<void> Flush() {
    if (resources_.empty()) return {};
    const auto profile = [this](UnitOfWork& work, const Resource& resource) {
      return work.directory().Insert(Patient{.id = resource.id,
                                             .full_name = resource.name,
                                             .date_of_birth = birth_dates_.at(resource.id),
                                             .timezone = resource.timezone,
                                             .created_at = resource.created_at,
                                             .updated_at = resource.updated_at});
    };
    for (const auto& added : step_.scheduler.AddResources(resources_, Step::By(), profile)) {
      if (!added.ok()) return added.error();
      ++step_.report.patients.loaded;
    }
    resources_.clear();
    birth_dates_.clear();
    return {};
  }

 private:
  const Step& step_;
  absl::flat_hash_set<ResourceId> seen_;
  std::vector<Resource> resources_;
  absl::flat_hash_map<ResourceId, std::optional<CivilDay>> birth_dates_;
};

}  // namespace

PatientIds::PatientIds(std::span<const calendar_file::PatientRow> patients) {
  listed_.reserve(patients.size());
  for (const auto& patient : patients) {
    listed_.insert(PatientId(patient.practitioner, patient.patient));
  }
}

ResourceId PatientIds::Of(const calendar_file::AppointmentRow& appointment) const {
  const ResourceId own = PatientId(appointment.practitioner, appointment.patient);
  if (listed_.contains(own)) return own;
  const ResourceId shared = PatientId("", appointment.patient);
  return listed_.contains(shared) ? shared : own;
}

Result<void> LoadPatients(const Step& step, const PatientIds& ids) {
  const auto& listed = step.calendar.patients;
  const auto& appointments = step.calendar.appointments;
  PatientBatches batches(step);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const ResourceId id = PatientId(listed[i].practitioner, listed[i].patient);
    if (auto added = batches.Add(id, listed[i].name, listed[i].birth_date); !added.ok()) {
      return added;
    }
    step.Progress(kWhat, i + 1, listed.size());
  }
  for (const auto& appointment : appointments) {
    if (appointment.patient.empty()) continue;
    if (auto added = batches.Add(ids.Of(appointment), appointment.patient, std::nullopt);
        !added.ok()) {
      return added;
    }
  }
  return batches.Flush();
}

}  // namespace clinic::loading
