#include "adapters/sqlite/booking_rows.hpp"

#include <algorithm>

#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

#define CLINIC_BOOKING_COLUMNS                                                                \
  "b.id, b.starts_at, b.ends_at, b.status, b.occupies, b.overrides, b.expires_at, b.series, " \
  "b.reason, b.version, b.created_at, b.updated_at"

// Everything but the allocations, of which there are none afterwards.
void ReadBookingRow(Row row, Booking& booking) {
  booking.allocations.clear();
  booking.id = row.Id<BookingId>();
  booking.interval = row.Times();
  row.TextInto(booking.status);
  booking.occupies = row.Number<bool>();
  booking.overrides = row.Number<bool>();
  booking.expires_at = row.Optional([](Row& r) { return r.Time(); });
  booking.series = row.Optional([](Row& r) { return r.Id<SeriesId>(); });
  row.TextInto(booking.reason);
  booking.version = row.Number<std::uint32_t>();
  booking.created_at = row.Time();
  booking.updated_at = row.Time();
}

Booking ReadBookingRow(Row row) {
  Booking booking;
  ReadBookingRow(row, booking);
  return booking;
}

Allocation ReadAllocationRow(Row& row) {
  Allocation allocation;
  allocation.resource = row.Id<ResourceId>();
  allocation.occupied = row.Times();
  allocation.pool = row.Text();
  return allocation;
}

void ReadAllocations(Connection& connection, Booking& booking) {
  Query query(connection,
              "SELECT resource, starts_at, ends_at, pool FROM allocation WHERE booking = ?1 "
              "ORDER BY resource");
  query.Bind(booking.id);
  while (query.Next()) {
    Row row = query.row();
    booking.allocations.push_back(ReadAllocationRow(row));
  }
}

// The parameters that a query gives values to, in the order of BindFilters.
std::string ListStatement(const BookingQuery& query) {
  // Along which index the page is read, and what is known of a visit's start there.
  const bool by_resource = !query.resources.empty();
  const std::string start = by_resource ? "a.visit_starts_at" : "b.starts_at";
  std::string sql = "SELECT " CLINIC_BOOKING_COLUMNS " FROM ";
  sql += by_resource ? "allocation a CROSS JOIN booking b ON b.id = a.booking WHERE a.resource = ?"
                     : "booking b WHERE true";
  for (std::size_t i = 1; i < query.resources.size(); ++i) {
    sql += " AND EXISTS (SELECT 1 FROM allocation WHERE booking = b.id AND resource = ?)";
  }
  if (query.overlapping) {
    // No visit that overlaps starts earlier than the longest one takes: four hours, but where there
    // are longer ones, which an index of their own knows.
    sql += " AND " + start + " < ? AND b.ends_at > ? AND " + start +
           " > ? - ifnull((SELECT max(ends_at - starts_at) FROM booking "
           "WHERE ends_at - starts_at > 14400), 14400)";
  }
  if (query.status) sql += " AND b.status = ?";
  if (query.after)
    sql += by_resource ? " AND (a.visit_starts_at, a.booking) > (?, ?)"
                       : " AND (b.starts_at, b.id) > (?, ?)";
  sql += by_resource ? " ORDER BY a.visit_starts_at, a.booking" : " ORDER BY b.starts_at, b.id";
  return sql + " LIMIT ?";
}

void BindFilters(Query& statement, const BookingQuery& query) {
  for (const ResourceId resource : query.resources) statement.Bind(resource);
  if (query.overlapping) {
    const Interval& range = *query.overlapping;
    statement.Bind(range.end, range.start, range.start);
  }
  if (query.status) statement.Bind(*query.status);
  if (query.after) statement.Bind(query.after->first, query.after->second);
  statement.Bind(Limit(query.limit));
}

}  // namespace

std::optional<Booking> ReadBooking(Connection& connection, BookingId id) {
  Query query(connection, "SELECT " CLINIC_BOOKING_COLUMNS " FROM booking b WHERE b.id = ?1");
  if (!query.Bind(id).Next()) return std::nullopt;
  Booking booking = ReadBookingRow(query.row());
  ReadAllocations(connection, booking);
  return booking;
}

std::vector<Booking> ListBookings(Connection& connection, const BookingQuery& query) {
  std::vector<Booking> page;
  if (query.overlapping && query.overlapping->start >= query.overlapping->end) return page;
  const std::string sql = ListStatement(query);
  Query statement(connection, sql);
  BindFilters(statement, query);
  while (statement.Next()) {
    page.push_back(ReadBookingRow(statement.row()));
    ReadAllocations(connection, page.back());
  }
  return page;
}

// Both tables are read once, side by side, in the order of their keys.
void ForEachBooking(Connection& connection, const std::function<void(Booking&&)>& visit) {
  Query bookings(connection, "SELECT " CLINIC_BOOKING_COLUMNS " FROM booking b ORDER BY b.id");
  Query allocations(connection,
                    "SELECT booking, resource, starts_at, ends_at, pool FROM allocation "
                    "ORDER BY booking, resource");
  std::optional<std::pair<BookingId, Allocation>> next;
  const auto advance = [&] {
    next.reset();
    if (!allocations.Next()) return;
    Row row = allocations.row();
    const auto booking = row.Id<BookingId>();
    next.emplace(booking, ReadAllocationRow(row));
  };
  advance();
  Booking booking;  // one for all, so that its memory is used again where the visitor leaves it
  while (bookings.Next()) {
    ReadBookingRow(bookings.row(), booking);
    for (; next && next->first == booking.id; advance()) {
      booking.allocations.push_back(next->second);
    }
    visit(std::move(booking));
  }
}

void InsertBookingRow(Connection& connection, const Booking& booking) {
  Query(connection, "INSERT INTO booking VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(booking.id, booking.interval.start, booking.interval.end, booking.status,
            booking.occupies, booking.overrides, booking.expires_at, booking.series, booking.reason,
            booking.version, booking.created_at, booking.updated_at)
      .Run();
}

void InsertAllocationRow(Connection& connection, const Booking& booking,
                         const Allocation& allocation) {
  Query(connection, "INSERT INTO allocation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(booking.id, allocation.resource, allocation.occupied.start, allocation.occupied.end,
            booking.interval.start, booking.occupies, booking.overrides, booking.expires_at,
            booking.updated_at, allocation.pool)
      .Run();
}

}  // namespace clinic::sqlite
