// Bookings as rows.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "clinic/booking.hpp"
#include "clinic/result.hpp"

namespace clinic::sqlite {

std::optional<Booking> ReadBooking(Connection& connection, BookingId id);

/// As BookingStore::List.
std::vector<Booking> ListBookings(Connection& connection, const BookingQuery& query);

/// As BookingStore::ForEach.
void ForEachBooking(Connection& connection, const std::function<void(Booking&&)>& visit);

/// Writes the booking's own row; throws where the id is taken.
void InsertBookingRow(Connection& connection, const Booking& booking);
/// Writes a new allocation's row; throws where the resource is unknown, or taken.
void InsertAllocationRow(Connection& connection, const Booking& booking,
                         const Allocation& allocation);

/// Makes the rows of `before` those of `booking`; throws where a resource is unknown, or taken.
void ReplaceBookingRows(Connection& connection, const Booking& before, const Booking& booking);

/// Why the booking was refused: a resource that does not exist, or everything that stands in the
/// way of `claims`. Nothing where neither is so.
std::optional<Error> ExplainRefusal(Connection& connection, const Booking& booking,
                                    std::span<const Allocation> claims);

}  // namespace clinic::sqlite
