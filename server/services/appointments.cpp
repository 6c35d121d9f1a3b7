#include "server/services/appointments.hpp"

#include <algorithm>
#include <utility>

#include "clinic/appointment_status.hpp"
#include "server/services/doctors.hpp"
#include "server/services/rights.hpp"

namespace clinic::server {
namespace {

Error Unknown() { return {ErrorCode::kNotFound, "there is no such appointment"}; }

}  // namespace

Result<Booking> Appointments::Book(const Caller& caller, const AppointmentRequest& request,
                                   const Alongside<Booking>& alongside) {
  const std::optional<ResourceId> patient =
      request.patient || caller.role != Role::kPatient ? request.patient : caller.resource;
  if (!patient) return Error{ErrorCode::kInvalidArgument, "say for which patient: patient_id"};
  if (Result<void> may = CheckMayBook(caller, request.doctor, *patient, request); !may.ok()) {
    return std::move(may).error();
  }
  const Result<Resource> doctor = FindKind(request.doctor, ResourceKind::kPractitioner);
  if (!doctor.ok()) return doctor.error();
  if (auto known = FindKind(*patient, ResourceKind::kPatient); !known.ok()) return known.error();

  const Instant start = PlaceIn(ZoneOf(*doctor), request.scheduled_time);
  BookRequest book{.resources = {request.doctor, *patient},
                   .interval = {start, start + request.duration.value_or(doctor->default_duration)},
                   .reason = request.reason};
  if (request.room) {
    if (auto room = FindKind(*request.room, ResourceKind::kRoom); !room.ok()) return room.error();
    book.resources.push_back(*request.room);
  }
  if (request.override_rules) book.waive = Waivers::Override();
  const Command command = CommandOf(caller, request.override_rules ? "override" : "");
  return request.hold_ttl ? scheduler_.Hold(book, *request.hold_ttl, command, alongside)
                          : scheduler_.Book(book, command, alongside);
}

Result<void> Appointments::CheckMayBook(const Caller& caller, ResourceId doctor, ResourceId patient,
                                        const AppointmentRequest& request) const {
  if (caller.is_staff()) return {};
  if (request.override_rules) {
    return Error{ErrorCode::kForbidden, "only the staff may override"};
  }
  if (caller.role == Role::kPatient) {
    if (caller.is(patient)) return {};
    return Error{ErrorCode::kForbidden, "a patient books for themselves"};
  }
  if (!caller.is(doctor)) {
    return Error{ErrorCode::kForbidden, "a doctor books in their own calendar"};
  }
  bool known = false;
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    const Result<bool> may = MaySeePatient(work, caller, patient);
    if (!may.ok()) return may.error();
    known = *may;
    return {};
  });
  if (!read.ok() || known) return read;
  return Error{ErrorCode::kNotFound, "there is no such patient"};
}

Result<Booking> Appointments::Read(const Caller& caller, BookingId id) {
  Result<Booking> booking = FindFor(caller, id);
  if (!booking.ok()) return booking;
  Result<void> noted = store_.Write([&](UnitOfWork& work) { return Note(caller, work, *booking); });
  if (!noted.ok()) return std::move(noted).error();
  return booking;
}

Result<AppointmentPage> Appointments::List(const Caller& caller, const AppointmentFilter& filter) {
  if (filter.status && !Workflow::Fhir().Find(*filter.status)) {
    return Error{ErrorCode::kInvalidArgument, "there is no status \"" + *filter.status + "\""};
  }
  BookingQuery query{.status = filter.status, .after = filter.after, .limit = filter.limit + 1};
  // Patients come first: a store looks the first one up, and sifts what it finds by the others.
  const auto also = [&](const std::optional<ResourceId>& resource) {
    if (resource && std::ranges::find(query.resources, *resource) == query.resources.end()) {
      query.resources.push_back(*resource);
    }
  };
  also(filter.patient);
  if (!caller.is_staff()) {
    if (!caller.resource) return AppointmentPage();
    also(caller.resource);
  }
  also(filter.doctor);
  if (filter.from || filter.to) {
    Zone zone = clinic_zone_;
    if (filter.doctor) {
      const Result<Resource> doctor = FindKind(*filter.doctor, ResourceKind::kPractitioner);
      if (doctor.ok()) zone = ZoneOf(*doctor);
    }
    query.overlapping = {filter.from ? PlaceIn(zone, *filter.from) : kEarliest,
                         filter.to ? PlaceIn(zone, *filter.to) : kLatest};
    if (!IsProper(*query.overlapping)) {
      return Error{ErrorCode::kBadInterval, "`to` must come after `from`"};
    }
  }

  if (Result<std::size_t> expired = scheduler_.ExpireHolds(); !expired.ok()) {
    return std::move(expired).error();
  }
  AppointmentPage page;
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<Booking>> found = work.bookings().List(query);
    if (!found.ok()) return std::move(found).error();
    page.more = found->size() > filter.limit;
    if (page.more) found->pop_back();
    page.items = *std::move(found);
    for (const Booking& booking : page.items) {
      if (Result<void> noted = Note(caller, work, booking); !noted.ok()) return noted;
    }
    return {};
  });
  if (!done.ok()) return std::move(done).error();
  return page;
}

Result<void> Appointments::NoteRead(const Caller& caller, std::span<const Booking> bookings) {
  return store_.Write([&](UnitOfWork& work) -> Result<void> {
    for (const Booking& booking : bookings) {
      if (Result<void> noted = Note(caller, work, booking); !noted.ok()) return noted;
    }
    return {};
  });
}

Result<std::vector<Transition>> Appointments::History(const Caller& caller, BookingId id) {
  const Result<Booking> booking = FindFor(caller, id);
  if (!booking.ok()) return booking.error();
  if (Result<std::size_t> expired = scheduler_.ExpireHolds(); !expired.ok()) {
    return std::move(expired).error();
  }
  std::vector<Transition> history;
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<Transition>> found = work.bookings().History(id);
    if (!found.ok()) return std::move(found).error();
    history = *std::move(found);
    return Note(caller, work, *booking);
  });
  if (!done.ok()) return std::move(done).error();
  return history;
}

Result<Booking> Appointments::TakeAction(const Caller& caller, BookingId id,
                                         std::string_view action, std::string reason,
                                         std::optional<std::uint32_t> expected_version) {
  const Result<Booking> booking = FindFor(caller, id);
  if (!booking.ok()) return booking.error();
  const bool began = booking->status == appointment_status::kArrived ||
                     booking->status == appointment_status::kCheckedIn;
  if (caller.role == Role::kPatient && began) {
    return Error{ErrorCode::kForbidden, "the visit has begun; ask at the reception"};
  }
  Command command = CommandOf(caller, std::move(reason));
  command.expected_version = expected_version;
  return scheduler_.Transition(id, action, command);
}

Result<Booking> Appointments::Reschedule(const Caller& caller, BookingId id, const RescheduleTo& to,
                                         std::optional<std::uint32_t> expected_version) {
  const Result<Booking> booking = FindFor(caller, id);
  if (!booking.ok()) return booking.error();
  const Parties parties = PartiesOf(*booking);
  if (caller.role == Role::kDoctor && to.doctor && !caller.is(*to.doctor)) {
    return Error{ErrorCode::kForbidden, "a doctor books in their own calendar"};
  }
  std::optional<Resource> doctor = parties.doctor;
  if (to.doctor) {
    Result<Resource> other = FindKind(*to.doctor, ResourceKind::kPractitioner);
    if (!other.ok()) return std::move(other).error();
    doctor = *std::move(other);
  }
  const Zone zone = doctor ? ZoneOf(*doctor) : clinic_zone_;
  const Instant start = PlaceIn(zone, to.scheduled_time);
  RescheduleRequest request{
      .interval = {start, start + to.duration.value_or(booking->interval.length())}};
  if (to.doctor && parties.doctor) {
    request.resources.emplace();
    for (const Allocation& allocation : booking->allocations) {
      const bool moved = allocation.resource == parties.doctor->id;
      request.resources->push_back(moved ? *to.doctor : allocation.resource);
    }
  }
  Command command = CommandOf(caller);
  command.expected_version = expected_version;
  return scheduler_.Reschedule(id, request, command);
}

Parties Appointments::PartiesOf(const Booking& booking) const {
  Parties parties;
  for (const Allocation& allocation : booking.allocations) {
    Result<Resource> resource = scheduler_.FindResource(allocation.resource);
    if (!resource.ok()) continue;
    switch (resource->kind) {
      case ResourceKind::kPractitioner:
        parties.doctor = *std::move(resource);
        break;
      case ResourceKind::kPatient:
        parties.patient = allocation.resource;
        break;
      case ResourceKind::kRoom:
        parties.room = allocation.resource;
        break;
      case ResourceKind::kDevice:
        break;
    }
  }
  return parties;
}

Result<Resource> Appointments::FindKind(ResourceId id, ResourceKind kind) const {
  Result<Resource> resource = scheduler_.FindResource(id);
  const bool may_be_there = !resource.ok() && resource.error().code != ErrorCode::kNotFound;
  if (may_be_there || (resource.ok() && resource->kind == kind)) return resource;
  const std::string word =
      kind == ResourceKind::kPractitioner ? "doctor" : std::string(ToString(kind));
  return Error{ErrorCode::kNotFound, "there is no such " + word};
}

Result<Booking> Appointments::FindFor(const Caller& caller, BookingId id) const {
  Result<Booking> booking = scheduler_.Find(id);
  if (!booking.ok() && booking.error().code != ErrorCode::kNotFound) return booking;
  if (!booking.ok() || !MaySeeBooking(caller, *booking)) return Unknown();
  return booking;
}

Result<void> Appointments::Note(const Caller& caller, UnitOfWork& work,
                                const Booking& booking) const {
  return work.audit().Append(AuditOf(caller, scheduler_.Now(), "appointment.read",
                                     ToString(booking.id), PartiesOf(booking).patient));
}

}  // namespace clinic::server
