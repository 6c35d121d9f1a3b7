// How a booking's rows change, and why they may not.
#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "adapters/postgres/booking_rows.hpp"
#include "clinic/capacity.hpp"

namespace clinic::postgres {
namespace {

struct Calendar {
  ResourceKind kind;
  std::int32_t capacity;
};

using Calendars = std::map<ResourceId, Calendar>;

Error UnknownResource(ResourceId id) {
  return {ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
}

Result<Calendars> ReadCalendars(Connection& connection, const Booking& booking) {
  std::vector<ResourceId> ids;
  for (const Allocation& allocation : booking.allocations) ids.push_back(allocation.resource);
  Calendars calendars;
  for (Row row :
       connection.Run("SELECT id, kind, capacity FROM resource WHERE id = ANY ($1::uuid[])", ids)) {
    const auto id = row.Id<ResourceId>();
    const auto kind = row.Word<ResourceKind>();
    calendars.emplace(id, Calendar{kind, row.Number<std::int32_t>()});
  }
  for (const ResourceId id : ids) {
    if (!calendars.contains(id)) return UnknownResource(id);
  }
  return calendars;
}

struct Taken {
  std::vector<BookingId> bookings;
  std::vector<Interval> intervals;
};

// What others take up of the claimed resources, beside the claims.
std::map<ResourceId, Taken> ReadTaken(Connection& connection, const Booking& booking,
                                      std::span<const Allocation> claims) {
  Column resources;
  Column starts;
  Column ends;
  for (const Allocation& claim : claims) {
    resources.Add(claim.resource);
    starts.Add(claim.occupied.start);
    ends.Add(claim.occupied.end);
  }
  std::map<ResourceId, Taken> taken;
  for (Row row : connection.Run(
           "SELECT a.resource, a.booking, lower(a.during), upper(a.during) "
           "FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS claim (resource, starts, ends) "
           "JOIN allocation a ON a.resource = claim.resource "
           "AND a.during && int8range(claim.starts, claim.ends) "
           "WHERE a.booking <> $4 AND a.occupies "
           "AND (a.expires_at IS NULL OR a.expires_at > $5)",
           resources, starts, ends, booking.id, booking.updated_at)) {
    Taken& of_resource = taken[row.Id<ResourceId>()];
    of_resource.bookings.push_back(row.Id<BookingId>());
    of_resource.intervals.push_back(row.Times());
  }
  return taken;
}

// Everything that stands in the way of `claims`, by start.
std::vector<Conflict> FindConflicts(Connection& connection, const Booking& booking,
                                    std::span<const Allocation> claims,
                                    const Calendars& calendars) {
  std::vector<Conflict> conflicts;
  if (claims.empty()) return conflicts;
  const std::map<ResourceId, Taken> taken = ReadTaken(connection, booking, claims);
  for (const Allocation& claim : claims) {
    const auto found = taken.find(claim.resource);
    if (found == taken.end()) continue;
    const Calendar& calendar = calendars.at(claim.resource);
    const Taken& others = found->second;
    for (const std::size_t i : InTheWay(others.intervals, claim.occupied, calendar.capacity)) {
      conflicts.push_back({claim.resource, calendar.kind, others.bookings[i], others.intervals[i]});
    }
  }
  std::ranges::sort(conflicts, {}, [](const Conflict& conflict) {
    return std::tuple(conflict.interval.start, conflict.resource, conflict.booking);
  });
  return conflicts;
}

// Why the booking is refused, as far as this transaction sees. The constraint decides, by what
// others may be writing now.
Result<void> Check(Connection& connection, const Booking& booking,
                   std::span<const Allocation> claims) {
  const Result<Calendars> calendars = ReadCalendars(connection, booking);
  if (!calendars.ok()) return calendars.error();
  std::vector<Conflict> conflicts = FindConflicts(connection, booking, claims, *calendars);
  if (conflicts.empty()) return {};
  return Error{ErrorCode::kConflict, "the time is taken", std::move(conflicts)};
}

// Those of `allocations` that `chosen` names become rows.
template <typename Predicate>
void InsertAllocations(Connection& connection, const Booking& booking, Predicate chosen) {
  Column resources;
  Column starts;
  Column ends;
  Column pools;
  for (const Allocation& allocation : booking.allocations) {
    if (!chosen(allocation.resource)) continue;
    resources.Add(allocation.resource);
    starts.Add(allocation.occupied.start);
    ends.Add(allocation.occupied.end);
    pools.Add(allocation.pool);
  }
  if (resources.empty()) return;
  connection.Run(
      "INSERT INTO allocation (booking, resource, during, pool) "
      "SELECT $1, resource, int8range(starts, ends), pool "
      "FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[]) "
      "AS row (resource, starts, ends, pool)",
      booking.id, resources, starts, ends, pools);
}

void UpdateAllocation(Connection& connection, const Booking& booking,
                      const Allocation& allocation) {
  connection.Run(
      "UPDATE allocation SET during = int8range($3, $4), visit_starts_at = $5, occupies = $6, "
      "overrides = $7, expires_at = $8, updated_at = $9, pool = $10 "
      "WHERE booking = $1 AND resource = $2",
      booking.id, allocation.resource, allocation.occupied.start, allocation.occupied.end,
      booking.interval.start, booking.occupies, booking.overrides, booking.expires_at,
      booking.updated_at, allocation.pool);
}

void UpdateBooking(Connection& connection, const Booking& booking) {
  connection.Run(
      "UPDATE booking SET starts_at = $2, ends_at = $3, status = $4, occupies = $5, "
      "overrides = $6, expires_at = $7, series = $8, reason = $9, version = $10, "
      "created_at = $11, updated_at = $12 WHERE id = $1",
      booking.id, booking.interval.start, booking.interval.end, booking.status, booking.occupies,
      booking.overrides, booking.expires_at, booking.series, booking.reason, booking.version,
      booking.created_at, booking.updated_at);
}

// What `before` takes up against others: a hold that ran out, and was taken, has lost its time.
Booking HeldAgainstOthers(const StoredBooking& before) {
  Booking held = before.booking;
  std::erase_if(held.allocations, [&](const Allocation& allocation) {
    return std::ranges::find(before.without_lane, allocation.resource) != before.without_lane.end();
  });
  return held;
}

bool Has(std::span<const Allocation> allocations, ResourceId resource) {
  return std::ranges::find(allocations, resource, &Allocation::resource) != allocations.end();
}

}  // namespace

Result<void> InsertBooking(Connection& connection, const Booking& booking) {
  const Rows inserted = connection.Run(
      "INSERT INTO booking VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
      "ON CONFLICT DO NOTHING",
      booking.id, booking.interval.start, booking.interval.end, booking.status, booking.occupies,
      booking.overrides, booking.expires_at, booking.series, booking.reason, booking.version,
      booking.created_at, booking.updated_at);
  if (inserted.changed() == 0) {
    return Error{ErrorCode::kAlreadyExists, "there is a booking " + ToString(booking.id)};
  }
  const std::vector<Allocation> claims = TimeToClaim(booking, nullptr);
  if (Result<void> fits = Check(connection, booking, claims); !fits.ok()) return fits;
  InsertAllocations(connection, booking, [](ResourceId) { return true; });
  return {};
}

Result<void> ReplaceBooking(Connection& connection, const StoredBooking& before,
                            const Booking& booking) {
  const Booking held = HeldAgainstOthers(before);
  const std::vector<Allocation> claims = TimeToClaim(booking, &held);
  if (Result<void> fits = Check(connection, booking, claims); !fits.ok()) return fits;
  // What is kept is changed in place, for the database to see what it had before. What is claimed
  // lets go of its old time first.
  const auto is_kept = [&](ResourceId resource) {
    return Has(before.booking.allocations, resource) && Has(booking.allocations, resource) &&
           !Has(claims, resource);
  };
  std::vector<ResourceId> left;
  for (const Allocation& allocation : before.booking.allocations) {
    if (!is_kept(allocation.resource)) left.push_back(allocation.resource);
  }
  if (!left.empty()) {
    connection.Run("DELETE FROM allocation WHERE booking = $1 AND resource = ANY ($2::uuid[])",
                   booking.id, left);
  }
  for (const Allocation& allocation : booking.allocations) {
    if (is_kept(allocation.resource)) UpdateAllocation(connection, booking, allocation);
  }
  UpdateBooking(connection, booking);
  InsertAllocations(connection, booking, [&](ResourceId resource) { return !is_kept(resource); });
  return {};
}

}  // namespace clinic::postgres
