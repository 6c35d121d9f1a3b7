// Moving a clinic from one database to another, or into a backup: everything that a store holds,
// into an empty one.
#pragma once

#include <cstddef>

#include "clinic/store.hpp"

namespace clinic {

/// How many rows of each kind there were.
struct Copied {
  std::size_t resources = 0;
  std::size_t availability_rules = 0;
  std::size_t time_off = 0;
  std::size_t accounts = 0;
  std::size_t patients = 0;
  std::size_t sessions = 0;
  std::size_t bookings = 0;
  std::size_t transitions = 0;
  std::size_t waitlist_entries = 0;
  std::size_t audit_entries = 0;
  std::size_t outbox_events = 0;
  std::size_t idempotency_records = 0;

  friend bool operator==(const Copied&, const Copied&) = default;
};

/// Copies one consistent state of `from`, while others go on writing there, all or nothing: a
/// failure leaves `to` empty. Ids, versions, times and histories stay what they are; audit entries
/// and events keep their order, and are numbered anew. Errors: kAlreadyExists where `to` holds
/// anything; kConflict where `from` has more bookings at once on a resource than its capacity
/// allows by now; those of both stores. O(rows).
Result<Copied> CopyStore(Store& from, Store& to);

}  // namespace clinic
