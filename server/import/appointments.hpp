// The appointments of a calendar file: when each was planned to be, which is not when it took
// place.
//
// An appointment's length comes from its own columns where it has any: its end, else its duration.
// Else it is the length of its practitioner's slots, else a length that the caller gives for all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "clinic/zone.hpp"
#include "server/import/slots.hpp"
#include "server/import/table.hpp"

namespace clinic::calendar_file {

/// Where an appointment's length was taken from.
enum class LengthSource { kOwnColumns, kSlots, kFallback };

/// One appointment, in the clinic's local time.
struct AppointmentRow {
  std::uint64_t row = 0;  ///< in iCalendar, the line that its event begins on
  std::string practitioner{};
  std::string appointment{};  ///< its id; this and the next two are empty where the file has none
  std::string patient{};
  std::string slot{};
  CivilTime start{};
  std::optional<Instant> instant{};  ///< the start, where the file itself says which instant it is
  Duration length{0};                ///< positive
  LengthSource length_source = LengthSource::kOwnColumns;
  std::string_view status{};  ///< a word of clinic/appointment_status.hpp
};

/// What says how long an appointment is where its own columns do not.
struct LengthRules {
  SlotLengths slots{};
  std::optional<Duration> fallback{};  ///< positive
};

/// Reads a file of appointments; `rules` may be wanting where every row says its own length. What
/// begins as iCalendar does, or is called so, is read as such (icalendar.hpp), on the clock of
/// `zone`; everything else as CSV, whose times are in no zone. Errors: as InputFile::Open and Read;
/// then as ReadEvents; or as CsvReader::Open and Next, then as Columns::Resolve, then
/// kInvalidArgument (nothing says how long any appointment is).
Result<Table<AppointmentRow>> ReadAppointments(const Source& source, const LengthRules& rules,
                                               const Zone& zone = Zone::Utc());

/// The start of an appointment of a clinic in `zone`.
inline Instant StartOf(const AppointmentRow& appointment, const Zone& zone) {
  return appointment.instant ? *appointment.instant : zone.ToInstant(appointment.start);
}

/// False for an appointment that holds no time or gave it back: proposed, waitlist, cancelled,
/// entered-in-error. One that the patient did not come to held its time to the end.
bool HoldsTime(const AppointmentRow& appointment);

}  // namespace clinic::calendar_file
