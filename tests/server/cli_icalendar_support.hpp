// Appointments read from iCalendar text, as texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clinic/time_text.hpp"
#include "server/import/appointments.hpp"
#include "tests/server/cli_support.hpp"

namespace clinic::calendar_file {

using Texts = std::vector<std::string>;

/// A VCALENDAR of Dr. A around `content`, whose first line is line 4.
inline std::string CalendarOf(std::string_view content) {
  return "BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Dr. A\n" + std::string(content) +
         "END:VCALENDAR\n";
}

/// A VEVENT with the UID "u" around `content`.
inline std::string EventOf(std::string_view content) {
  return "BEGIN:VEVENT\nUID:u\n" + std::string(content) + "END:VEVENT\n";
}

inline Result<Table<AppointmentRow>> ReadICalendarText(const std::string& text,
                                                       const std::string& zone = "UTC",
                                                       const LengthRules& rules = {}) {
  const cli::TemporaryFolder folder;
  return ReadAppointments({.path = folder.Write("dr-b.ics", text)}, rules,
                          Zone::Load(zone).value());
}

/// "Dr. A 2026-03-28T01:30:00 30 booked u/20260328T013000", then what was rejected: "4 has ...".
inline Texts Events(const std::string& text, const std::string& zone = "UTC",
                    const LengthRules& rules = {}) {
  Texts texts;
  const auto table = ReadICalendarText(text, zone, rules);
  if (!table.ok()) return {table.error().message};
  for (const AppointmentRow& row : table->rows) {
    texts.push_back(row.practitioner + " " + FormatCivil(row.start) + " " +
                    std::to_string(row.length / std::chrono::minutes(1)) + " " +
                    std::string(row.status) + " " + row.appointment);
  }
  for (const RowError& rejected : table->rejected) {
    texts.push_back(std::to_string(rejected.row) + " " + rejected.reason);
  }
  return texts;
}

}  // namespace clinic::calendar_file
