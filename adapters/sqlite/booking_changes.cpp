// How a booking's rows change, and why they may not.
#include <algorithm>
#include <tuple>

#include "adapters/sqlite/booking_rows.hpp"
#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/words.hpp"
#include "clinic/capacity.hpp"

namespace clinic::sqlite {
namespace {

bool Has(const Booking& booking, ResourceId resource) {
  return std::ranges::binary_search(booking.allocations, resource, {}, &Allocation::resource);
}

void UpdateAllocationRow(Connection& connection, const Booking& booking,
                         const Allocation& allocation) {
  Query(connection,
        "UPDATE allocation SET starts_at = ?3, ends_at = ?4, visit_starts_at = ?5, occupies = ?6, "
        "overrides = ?7, expires_at = ?8, updated_at = ?9, pool = ?10 "
        "WHERE booking = ?1 AND resource = ?2")
      .Bind(booking.id, allocation.resource, allocation.occupied.start, allocation.occupied.end,
            booking.interval.start, booking.occupies, booking.overrides, booking.expires_at,
            booking.updated_at, allocation.pool)
      .Run();
}

void UpdateBookingRow(Connection& connection, const Booking& booking) {
  Query(connection,
        "UPDATE booking SET starts_at = ?2, ends_at = ?3, status = ?4, occupies = ?5, "
        "overrides = ?6, expires_at = ?7, series = ?8, reason = ?9, version = ?10, "
        "created_at = ?11, updated_at = ?12 WHERE id = ?1")
      .Bind(booking.id, booking.interval.start, booking.interval.end, booking.status,
            booking.occupies, booking.overrides, booking.expires_at, booking.series, booking.reason,
            booking.version, booking.created_at, booking.updated_at)
      .Run();
}

void DeleteAllocationRow(Connection& connection, BookingId booking, ResourceId resource) {
  Query(connection, "DELETE FROM allocation WHERE booking = ?1 AND resource = ?2")
      .Bind(booking, resource)
      .Run();
}

struct Calendar {
  ResourceKind kind;
  std::int32_t capacity;
};

std::optional<Calendar> ReadCalendar(Connection& connection, ResourceId id) {
  Query query(connection, "SELECT kind, capacity FROM resource WHERE id = ?1");
  if (!query.Bind(id).Next()) return std::nullopt;
  Row row = query.row();
  const auto kind = ParseWord<ResourceKind>(row.Text());
  return Calendar{kind, row.Number<std::int32_t>()};
}

void AddConflicts(Connection& connection, const Booking& booking, const Allocation& claim,
                  std::vector<Conflict>& conflicts) {
  const Calendar calendar = ReadCalendar(connection, claim.resource).value();
  // The same stretch of the calendar as the trigger reads.
  Query query(connection,
              "WITH calendar AS (SELECT ifnull((SELECT max(ends_at - starts_at) FROM allocation "
              "WHERE resource = ?1 AND ends_at - starts_at > 14400), 14400) AS longest) "
              "SELECT booking, starts_at, ends_at FROM calendar CROSS JOIN allocation "
              "WHERE resource = ?1 AND booking <> ?2 AND occupies = 1 "
              "AND visit_starts_at > ?3 - longest AND visit_starts_at < ?4 + longest "
              "AND starts_at < ?4 AND ends_at > ?3 AND (expires_at IS NULL OR expires_at > ?5)");
  query.Bind(claim.resource, booking.id, claim.occupied.start, claim.occupied.end,
             booking.updated_at);
  std::vector<BookingId> bookings;
  std::vector<Interval> taken;
  while (query.Next()) {
    Row row = query.row();
    bookings.push_back(row.Id<BookingId>());
    taken.push_back(row.Times());
  }
  for (const std::size_t i : InTheWay(taken, claim.occupied, calendar.capacity)) {
    conflicts.push_back({claim.resource, calendar.kind, bookings[i], taken[i]});
  }
}

}  // namespace

void ReplaceBookingRows(Connection& connection, const Booking& before, const Booking& booking) {
  // The allocations that stay are changed in place, for the trigger to see what they had before.
  for (const Allocation& allocation : before.allocations) {
    if (!Has(booking, allocation.resource)) {
      DeleteAllocationRow(connection, booking.id, allocation.resource);
    }
  }
  for (const Allocation& allocation : booking.allocations) {
    if (Has(before, allocation.resource)) UpdateAllocationRow(connection, booking, allocation);
  }
  UpdateBookingRow(connection, booking);
  for (const Allocation& allocation : booking.allocations) {
    if (!Has(before, allocation.resource)) InsertAllocationRow(connection, booking, allocation);
  }
}

std::optional<Error> ExplainRefusal(Connection& connection, const Booking& booking,
                                    std::span<const Allocation> claims) {
  for (const Allocation& allocation : booking.allocations) {
    if (!ReadCalendar(connection, allocation.resource)) {
      return Error{ErrorCode::kUnknownResource,
                   "there is no resource " + ToString(allocation.resource)};
    }
  }
  std::vector<Conflict> conflicts;
  for (const Allocation& claim : claims) AddConflicts(connection, booking, claim, conflicts);
  if (conflicts.empty()) return std::nullopt;
  std::ranges::sort(conflicts, {}, [](const Conflict& conflict) {
    return std::tuple(conflict.interval.start, conflict.resource, conflict.booking);
  });
  return Error{ErrorCode::kConflict, "the time is taken", std::move(conflicts)};
}

}  // namespace clinic::sqlite
