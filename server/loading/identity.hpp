// The ids of what is loaded from calendar files: made of what the files call it, and of nothing
// else, so that the same files always name the same things (UUIDv5, RFC 9562 §5.5).
//
// All functions are pure, and safe to call from any thread.
#pragma once

#include <string_view>

#include "clinic/availability.hpp"
#include "clinic/id.hpp"

namespace clinic::loading {

ResourceId PractitionerId(std::string_view practitioner);

/// A patient's id is unique within their practitioner only; `practitioner` is empty for a file
/// whose ids are unique throughout.
ResourceId PatientId(std::string_view practitioner, std::string_view patient);

BookingId AppointmentId(std::string_view practitioner, std::string_view appointment);

/// The `ordinal`-th appointment without an id of its own, from 0, among those of one practitioner
/// with the same patient and start.
BookingId NamelessAppointmentId(std::string_view practitioner, std::string_view patient,
                                CivilTime start, std::size_t ordinal);

/// Rules that give the same windows for the same reasons are the same rule; `rule.id` plays no
/// part.
RuleId HoursId(ResourceId practitioner, const AvailabilityRule& rule);

}  // namespace clinic::loading
