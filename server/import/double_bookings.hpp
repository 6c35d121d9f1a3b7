// Which appointments of a calendar are booked over each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "server/import/appointments.hpp"

namespace clinic::calendar_file {

/// One calendar, in the files that it came in.
struct AppointmentFile {
  std::string name;
  Table<AppointmentRow> table;
};

/// Where an appointment stands: in which file, and which of its rows that could be read.
struct RowPosition {
  std::uint32_t file = 0;
  std::uint32_t index = 0;
};

/// Two appointments of one practitioner that overlap; the first starts no later.
struct DoubleBooking {
  RowPosition first;
  RowPosition second;
};

/// What was found about one practitioner, or about all.
struct DoubleBookingCounts {
  std::uint64_t appointments = 0;  ///< those that hold time
  std::uint64_t overlapping_pairs = 0;
  /// Stretches of time that are double-booked: appointments that overlap one another, directly or
  /// through others, are one. Where all are on one grid, these are the slots with more than one.
  std::uint64_t double_booked_slots = 0;
};

/// Every double booking of a calendar.
struct DoubleBookings {
  DoubleBookingCounts all;
  std::map<std::string, DoubleBookingCounts> by_practitioner;  ///< everyone who has appointments
  std::uint64_t without_time = 0;    ///< appointments that do not count: cancelled, and the like
  std::vector<DoubleBooking> pairs;  ///< by practitioner and start; the first kMostPairs of them
};

/// So that a file of nothing but double bookings, which has n²/2 of them, is counted and not held.
inline constexpr std::size_t kMostPairs = 100'000;

/// Finds all appointments that hold time (HoldsTime) and overlap another of the same practitioner,
/// over all files, in a clinic in `zone`. Half-open: one may start when another ends. O(n log n +
/// pairs) time, O(n + kMostPairs) memory. Pure. Requires fewer than 2^32 appointments.
DoubleBookings FindDoubleBookings(std::span<const AppointmentFile> files,
                                  const Zone& zone = Zone::Utc());

}  // namespace clinic::calendar_file
