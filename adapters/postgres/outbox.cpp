#include "adapters/postgres/outbox.hpp"

#include "adapters/postgres/locks.hpp"

namespace clinic::postgres {

void WriteEvents(Unit& unit) {
  if (unit.events.empty()) return;
  Column types;
  Column bookings;
  Column versions;
  Column instants;
  for (const OutboxEvent& event : unit.events) {
    types.Add(event.type);
    bookings.Add(event.booking);
    versions.Add(event.version);
    instants.Add(event.at);
  }
  // The lock is a statement of its own: the numbers are given in the order of what follows it.
  unit.connection.RunScript("SELECT " + LockToWriteEvents());
  unit.connection.Run(
      "INSERT INTO outbox (type, booking, version, at) "
      "SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[])",
      types, bookings, versions, instants);
  unit.connection.RunScript("SELECT pg_notify('clinic_outbox', current_schema())");
  unit.events.clear();
}

}  // namespace clinic::postgres
