// Appointments: a patient, a doctor, perhaps a room, and a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "clinic/time_text.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// An appointment as someone asks for it.
struct AppointmentRequest {
  ResourceId doctor{};
  TimeText scheduled_time{};
  std::string reason{};
  std::optional<Duration> duration{};   ///< the doctor's default where not given
  std::optional<ResourceId> patient{};  ///< the caller where not given
  std::optional<ResourceId> room{};
  std::optional<Duration> hold_ttl{};  ///< hold it for that long, instead of booking it
  bool override_rules = false;         ///< staff: book over working hours and other appointments
};

struct RescheduleTo {
  TimeText scheduled_time{};
  std::optional<ResourceId> doctor{};
  std::optional<Duration> duration{};
};

struct AppointmentFilter {
  std::optional<TimeText> from{};
  std::optional<TimeText> to{};
  std::optional<ResourceId> doctor{};
  std::optional<ResourceId> patient{};
  std::optional<std::string> status{};
  std::optional<std::pair<Instant, BookingId>> after{};
  std::size_t limit = 50;
};

struct AppointmentPage {
  std::vector<Booking> items{};
  bool more = false;  ///< there are others behind the last one
};

/// Who takes part in an appointment.
struct Parties {
  std::optional<Resource> doctor{};
  std::optional<ResourceId> patient{};
  std::optional<ResourceId> room{};
};

/// Safe to call from any thread. Whatever an appointment says of a patient is only told to those
/// who may know; every such read and every change leaves an audit entry.
class Appointments {
 public:
  Appointments(Store& store, Scheduler& scheduler, Zone clinic_zone)
      : store_(store), scheduler_(scheduler), clinic_zone_(std::move(clinic_zone)) {}

  /// Books or holds. Errors: kForbidden where the caller may not book for that patient or with that
  /// doctor, or may not override; kNotFound for an unknown doctor, patient or room; then those of
  /// Scheduler::Book and Hold.
  Result<Booking> Book(const Caller& caller, const AppointmentRequest& request,
                       const Alongside<Booking>& alongside);

  /// Error: kNotFound, also for one that is not the caller's to know of.
  Result<Booking> Read(const Caller& caller, BookingId id);

  /// Those that the caller may see, by start. Errors: kInvalidArgument for an unknown status;
  /// kBadInterval; kUnavailable.
  Result<AppointmentPage> List(const Caller& caller, const AppointmentFilter& filter);

  /// Notes that the caller was shown the bookings, which they learned of elsewhere. Error:
  /// kUnavailable.
  Result<void> NoteRead(const Caller& caller, std::span<const Booking> bookings);

  /// Error: as Read.
  Result<std::vector<Transition>> History(const Caller& caller, BookingId id);

  /// Takes an action of the workflow. Errors: kNotFound as Read; kForbidden for a patient whose
  /// visit has begun; those of Scheduler::Transition.
  Result<Booking> TakeAction(const Caller& caller, BookingId id, std::string_view action,
                             std::string reason, std::optional<std::uint32_t> expected_version);

  /// Errors: kNotFound as Read, and for an unknown doctor; those of Scheduler::Reschedule.
  Result<Booking> Reschedule(const Caller& caller, BookingId id, const RescheduleTo& to,
                             std::optional<std::uint32_t> expected_version);

  /// Who takes part.
  Parties PartiesOf(const Booking& booking) const;

 private:
  Result<Resource> FindKind(ResourceId id, ResourceKind kind) const;
  /// What somebody may not see is not there.
  Result<Booking> FindFor(const Caller& caller, BookingId id) const;
  Result<void> CheckMayBook(const Caller& caller, ResourceId doctor, ResourceId patient,
                            const AppointmentRequest& request) const;
  /// Reads for someone, and notes that they did.
  Result<void> Note(const Caller& caller, UnitOfWork& work, const Booking& booking) const;

  Store& store_;
  Scheduler& scheduler_;
  Zone clinic_zone_;
};

}  // namespace clinic::server
