// Patients' profiles.
#pragma once

#include <optional>
#include <string>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// What to change of a profile; what is not given stays.
struct PatientChange {
  std::optional<std::string> full_name{};
  std::optional<std::string> phone{};
  std::optional<std::optional<CivilDay>> date_of_birth{};  ///< nothing inside: forget it
  std::optional<std::string> timezone{};
  std::optional<bool> notify_by_email{};
  std::optional<bool> notify_by_sms{};
};

/// Safe to call from any thread. Every read and write leaves an audit entry, and fails where it
/// cannot.
class Patients {
 public:
  Patients(Store& store, Scheduler& scheduler) : store_(store), scheduler_(scheduler) {}

  /// A patient's profile: their own, or any for staff, or for a doctor of theirs. Error: kNotFound,
  /// also for one that is not the caller's to know of.
  Result<Patient> Read(const Caller& caller, ResourceId id);

  /// Changes a profile. Errors: kNotFound as Read, and for doctors; kStaleVersion; kInvalidArgument
  /// for an unknown zone.
  Result<Patient> Update(const Caller& caller, ResourceId id, const PatientChange& change,
                         std::optional<std::uint32_t> expected_version);

 private:
  Result<Patient> TryUpdate(const Caller& caller, ResourceId id, const PatientChange& change,
                            std::optional<std::uint32_t> expected_version);

  Store& store_;
  Scheduler& scheduler_;
};

}  // namespace clinic::server
