// What `clinic check` prints.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>

#include "server/import/double_bookings.hpp"

namespace clinic::cli {

/// For people: the figures, who is double-booked, and the first few pairs.
std::string CheckReportAsText(std::span<const calendar_file::AppointmentFile> files,
                              const calendar_file::DoubleBookings& found);

/// For machines, one JSON object:
///
///   {"appointments": n, "overlapping_pairs": n, "double_booked_slots": n,
///    "by_practitioner": {"D04": {"appointments": n, "overlapping_pairs": n,
///                                "double_booked_slots": n}},
///    "pairs": [{"practitioner": "D04", "first": {"file", "row", "appointment", "start", "end"},
///               "second": {...}}],
///    "pairs_left_out": n, "appointments_without_time": n,
///    "rejected_rows": [{"file", "row", "reason"}]}
///
/// by_practitioner has those who are double-booked only; times are local, "2024-03-05T14:30:00".
std::string CheckReportAsJson(std::span<const calendar_file::AppointmentFile> files,
                              const calendar_file::DoubleBookings& found);

/// 3779 is "3,779".
std::string Figure(std::uint64_t number);

/// Says which rows of a file were left out and why: the first few, and how many more there are.
void PrintRejected(std::ostream& err, const std::string& file,
                   std::span<const calendar_file::RowError> rejected);

}  // namespace clinic::cli
