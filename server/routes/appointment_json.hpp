// An appointment as the API shows it.
#pragma once

#include "clinic/booking.hpp"
#include "server/json/writer.hpp"
#include "server/services/services.hpp"

namespace clinic::server {

/// Writes the appointment's fields, times as the clocks of its doctor's zone show them.
void RenderAppointment(json::ObjectWriter& out, const Services& services, const Booking& booking);

/// The zone in which an appointment's times are shown.
Zone ZoneOf(const Services& services, const Parties& parties);

}  // namespace clinic::server
