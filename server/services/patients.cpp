#include "server/services/patients.hpp"

#include <utility>

#include "server/services/rights.hpp"

namespace clinic::server {
namespace {

Error Unknown() { return {ErrorCode::kNotFound, "there is no such patient"}; }

}  // namespace

Result<Patient> Patients::Read(const Caller& caller, ResourceId id) {
  Result<Patient> patient = Unknown();
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    const Result<bool> may = MaySeePatient(work, caller, id);
    if (!may.ok()) return may.error();
    if (!*may) return Unknown();
    patient = work.directory().GetPatient(id);
    if (!patient.ok()) return patient.error();
    return work.audit().Append(AuditOf(caller, scheduler_.Now(), "patient.read", ToString(id), id));
  });
  if (!done.ok()) return std::move(done).error();
  return patient;
}

Result<Patient> Patients::Update(const Caller& caller, ResourceId id, const PatientChange& change,
                                 std::optional<std::uint32_t> expected_version) {
  if (!caller.is(id) && !caller.is_staff()) return Unknown();
  for (;;) {
    Result<Patient> patient = TryUpdate(caller, id, change, expected_version);
    // Someone else changed it in between: unless the caller minds, both changes are kept.
    const bool stale = !patient.ok() && patient.error().code == ErrorCode::kStaleVersion;
    if (!stale || expected_version) return patient;
  }
}

Result<Patient> Patients::TryUpdate(const Caller& caller, ResourceId id,
                                    const PatientChange& change,
                                    std::optional<std::uint32_t> expected_version) {
  Result<Resource> resource = scheduler_.FindResource(id);
  if (!resource.ok() && resource.error().code != ErrorCode::kNotFound) return resource.error();
  if (!resource.ok() || resource->kind != ResourceKind::kPatient) return Unknown();
  if (change.full_name) resource->name = *change.full_name;
  if (change.timezone) resource->timezone = *change.timezone;

  Result<Patient> patient = Unknown();
  Command command = CommandOf(caller);
  command.expected_version = resource->version;
  const Result<Resource> updated = scheduler_.UpdateResource(
      *std::move(resource), command,
      [&](UnitOfWork& work, const Resource& written) -> Result<void> {
        patient = work.directory().GetPatient(id);
        if (!patient.ok()) return patient.error();
        if (expected_version && patient->version != *expected_version) {
          return Error{ErrorCode::kStaleVersion, "the profile was changed since"};
        }
        patient->full_name = written.name;
        patient->timezone = written.timezone;
        if (change.phone) patient->phone = *change.phone;
        if (change.date_of_birth) patient->date_of_birth = *change.date_of_birth;
        if (change.notify_by_email) patient->notify_by_email = *change.notify_by_email;
        if (change.notify_by_sms) patient->notify_by_sms = *change.notify_by_sms;
        patient->version += 1;
        patient->updated_at = written.updated_at;
        if (Result<void> done = work.directory().Update(*patient); !done.ok()) return done;
        return work.audit().Append(
            AuditOf(caller, written.updated_at, "patient.update", ToString(id), id));
      });
  if (!updated.ok()) return updated.error();
  return patient;
}

}  // namespace clinic::server
