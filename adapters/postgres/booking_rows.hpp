// Bookings as rows.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "clinic/booking.hpp"
#include "clinic/result.hpp"

namespace clinic::postgres {

/// A booking as it is stored.
struct StoredBooking {
  Booking booking;
  /// The allocations that have no lane: what they take up they do not hold against others.
  std::vector<ResourceId> without_lane;
};

/// The booking's row stays locked until the transaction ends.
std::optional<StoredBooking> ReadBookingToChange(Connection& connection, BookingId id);

std::optional<Booking> ReadBooking(Connection& connection, BookingId id);

/// As BookingStore::List.
std::vector<Booking> ListBookings(Connection& connection, const BookingQuery& query);

/// As BookingStore::ForEach. Inside a transaction.
void ForEachBooking(Connection& connection, const std::function<void(Booking&&)>& visit);

/// Writes a new booking with its allocations, or says why not.
Result<void> InsertBooking(Connection& connection, const Booking& booking);

/// Makes the rows of `before` those of `booking`, or says why not.
Result<void> ReplaceBooking(Connection& connection, const StoredBooking& before,
                            const Booking& booking);

}  // namespace clinic::postgres
