// Appointments in iCalendar (RFC 5545), plain or compressed with gzip.
//
//   practitioner   whose calendar it is: X-WR-CALNAME, else NAME, else what the file is called
//   appointment    the UID, and for one of a series "/" and which of it: "visit@clinic/20260329"
//   patient, slot  empty: who takes part is not read
//   status         CANCELLED is cancelled, all else, TENTATIVE included, is booked
//   length         the event's own, else as in CSV from the slots or the caller
//
// Events that take up no time (TRANSP:TRANSPARENT) are no appointments, and left out.
//
// A series is written out. One without an end goes on for kYearsBeyond years after the last start
// that the file names; one of more than kMostOfSeries, or beyond
// kMostEvents of the file, is rejected. Rows are numbered by the line
// that their event begins on.
#pragma once

#include <cstddef>

#include "clinic/result.hpp"
#include "clinic/zone.hpp"
#include "server/import/appointments.hpp"
#include "server/import/input_file.hpp"
#include "server/import/table.hpp"

namespace clinic::calendar_file {

inline constexpr int kYearsBeyond = 2;
inline constexpr std::size_t kMostOfSeries = 10'000;
inline constexpr std::size_t kMostEvents = 2'000'000;           ///< of a file with its series
inline constexpr std::size_t kLargestICalendar = 256UL << 20U;  ///< bytes, uncompressed

/// True for a file that begins as iCalendar does, or is called .ics or .ics.gz. To be called before
/// anything of it is read. Errors: as InputFile::Read.
Result<bool> IsICalendar(InputFile& file);

/// Reads the events of `file`, which `source` was opened as; the clinic's local time is that of
/// `zone`. Errors: as InputFile::Read; kCorrupt (no calendar, or larger than kLargestICalendar).
Result<Table<AppointmentRow>> ReadEvents(InputFile file, const Source& source,
                                         const LengthRules& rules, const Zone& zone);

}  // namespace clinic::calendar_file
