// The locks that servers take of each other, in the database, by numbers of our own. Each holds
// until its transaction ends, and in one schema: several clinics can share a database.
#pragma once

#include <string>

namespace clinic::postgres {

/// Held by who brings the schema up to date.
inline std::string LockToMigrate() {
  return "pg_advisory_xact_lock(1668050286, hashtext(current_schema()))";  // "clin"
}

/// Held by who writes events: see outbox.hpp.
inline std::string LockToWriteEvents() {
  return "pg_advisory_xact_lock(1868919394, hashtext(current_schema()))";  // "outb"
}

}  // namespace clinic::postgres
