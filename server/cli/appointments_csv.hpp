// Appointments as CSV (RFC 4180), in the columns that `clinic import` and `clinic check` read.
#pragma once

#include <cstddef>
#include <ostream>

#include "clinic/store.hpp"

namespace clinic::cli {

/// Writes a line of names, then a line for each booking of one consistent state, by start, then by
/// id: practitioner_id, appointment_id, patient_id, start and end in UTC, status, reason. A booking
/// of several practitioners or patients names the first of each. Holds are left out: they are over
/// before anybody reads of them. Returns how many there were.
/// Errors: those of the store. O(bookings x log bookings).
Result<std::size_t> WriteAppointmentsCsv(Store& store, std::ostream& out);

}  // namespace clinic::cli
