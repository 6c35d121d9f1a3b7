#include "server/cli/check_report.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string_view>

#include "clinic/time_text.hpp"
#include "server/json/writer.hpp"

namespace clinic::cli {
namespace {

using calendar_file::AppointmentFile;
using calendar_file::AppointmentRow;
using calendar_file::DoubleBooking;
using calendar_file::DoubleBookingCounts;
using calendar_file::DoubleBookings;
using calendar_file::RowError;
using calendar_file::RowPosition;
using Files = std::span<const AppointmentFile>;

const AppointmentRow& RowAt(Files files, RowPosition at) {
  return files[at.file].table.rows[at.index];
}

std::string Count(std::uint64_t number, std::string_view one, std::string_view many) {
  return Figure(number) + " " + std::string(number == 1 ? one : many);
}

bool IsDoubleBooked(const DoubleBookingCounts& counts) { return counts.overlapping_pairs > 0; }

void PrintByPractitioner(std::ostream& out, const DoubleBookings& found) {
  out << "\n  practitioner     appointments   overlapping pairs   double-booked slots\n";
  for (const auto& [practitioner, counts] : found.by_practitioner) {
    if (!IsDoubleBooked(counts)) continue;
    out << "  " << std::left << std::setw(15) << practitioner << std::right << std::setw(14)
        << Figure(counts.appointments) << std::setw(20) << Figure(counts.overlapping_pairs)
        << std::setw(22) << Figure(counts.double_booked_slots) << "\n";
  }
}

// "08:00-08:15 row 12 (00191)", and the file where there are several.
void PrintSide(std::ostream& out, Files files, RowPosition at) {
  constexpr std::size_t kTime = sizeof "2024-03-05T" - 1;
  constexpr std::size_t kTimeLength = sizeof "14:30" - 1;
  const AppointmentRow& row = RowAt(files, at);
  out << FormatCivil(row.start).substr(kTime, kTimeLength) << "-"
      << FormatCivil(row.start + row.length).substr(kTime, kTimeLength) << " row " << row.row;
  if (!row.appointment.empty()) out << " (" << row.appointment << ")";
  if (files.size() > 1) out << " of " << files[at.file].name;
}

void PrintFirstPairs(std::ostream& out, Files files, const DoubleBookings& found) {
  constexpr std::size_t kShown = 5;
  const std::size_t shown = std::min(kShown, found.pairs.size());
  const bool all = shown == found.all.overlapping_pairs;
  out << (all ? "\nThey are:\n" : "\nThe first " + std::to_string(shown) + ":\n");
  for (const DoubleBooking& pair : std::span(found.pairs).first(shown)) {
    const AppointmentRow& row = RowAt(files, pair.first);
    out << "  " << row.practitioner << "  " << FormatCivil(row.start).substr(0, 10) << "  ";
    PrintSide(out, files, pair.first);
    out << " and ";
    PrintSide(out, files, pair.second);
    out << "\n";
  }
  if (!all) out << "\n--json prints them all.\n";
}

void WriteCounts(json::ObjectWriter& out, const DoubleBookingCounts& counts) {
  out.Field("appointments", counts.appointments);
  out.Field("overlapping_pairs", counts.overlapping_pairs);
  out.Field("double_booked_slots", counts.double_booked_slots);
}

void WriteSide(json::ObjectWriter& out, Files files, RowPosition at) {
  const AppointmentRow& row = RowAt(files, at);
  out.Field("file", files[at.file].name);
  out.Field("row", row.row);
  out.Field("appointment", row.appointment);
  out.Field("start", FormatCivil(row.start));
  out.Field("end", FormatCivil(row.start + row.length));
}

}  // namespace

std::string Figure(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
  return text;
}

std::string CheckReportAsText(Files files, const DoubleBookings& found) {
  std::ostringstream out;
  out << Count(found.all.appointments, "appointment", "appointments") << " of "
      << Count(found.by_practitioner.size(), "practitioner", "practitioners");
  if (found.without_time > 0) {
    out << " (cancelled or without time: " << Figure(found.without_time) << ")";
  }
  out << ".\n";
  if (found.all.overlapping_pairs == 0) {
    out << "Nothing is double-booked.\n";
    return out.str();
  }
  out << Count(found.all.overlapping_pairs, "pair overlaps", "pairs overlap") << ", in "
      << Count(found.all.double_booked_slots, "double-booked slot", "double-booked slots") << ".\n";
  PrintByPractitioner(out, found);
  PrintFirstPairs(out, files, found);
  return out.str();
}

std::string CheckReportAsJson(Files files, const DoubleBookings& found) {
  std::string text = json::WriteObject([&](json::ObjectWriter& out) {
    WriteCounts(out, found.all);
    out.Object("by_practitioner", [&](json::ObjectWriter& by_practitioner) {
      for (const auto& [practitioner, counts] : found.by_practitioner) {
        if (!IsDoubleBooked(counts)) continue;
        by_practitioner.Object(practitioner,
                               [&counts](json::ObjectWriter& one) { WriteCounts(one, counts); });
      }
    });
    out.Array("pairs", [&](json::ArrayWriter& pairs) {
      for (const DoubleBooking& pair : found.pairs) {
        pairs.Object([&](json::ObjectWriter& one) {
          one.Field("practitioner", RowAt(files, pair.first).practitioner);
          one.Object("first",
                     [&](json::ObjectWriter& side) { WriteSide(side, files, pair.first); });
          one.Object("second",
                     [&](json::ObjectWriter& side) { WriteSide(side, files, pair.second); });
        });
      }
    });
    out.Field("pairs_left_out", found.all.overlapping_pairs - found.pairs.size());
    out.Field("appointments_without_time", found.without_time);
    out.Array("rejected_rows", [&](json::ArrayWriter& rows) {
      for (const AppointmentFile& file : files) {
        for (const RowError& rejected : file.table.rejected) {
          rows.Object([&](json::ObjectWriter& one) {
            one.Field("file", file.name);
            one.Field("row", rejected.row);
            one.Field("reason", rejected.reason);
          });
        }
      }
    });
  });
  return text + "\n";
}

void PrintRejected(std::ostream& err, const std::string& file, std::span<const RowError> rejected) {
  constexpr std::size_t kShown = 20;
  const std::size_t shown = std::min(kShown, rejected.size());
  for (const RowError& row : rejected.first(shown)) {
    err << file << ": row " << row.row << " " << row.reason << "\n";
  }
  if (shown < rejected.size()) {
    err << file << ": " << Figure(rejected.size() - shown) << " more rows cannot be used\n";
  }
}

}  // namespace clinic::cli
