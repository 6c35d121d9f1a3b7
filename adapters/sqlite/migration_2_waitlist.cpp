// Who waits for a time to become free.
#include "adapters/sqlite/migrations.hpp"

namespace clinic::sqlite {
namespace {

constexpr const char* kWaitlistTables = R"sql(
CREATE TABLE waitlist (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  patient BLOB NOT NULL REFERENCES resource (id),
  resource BLOB REFERENCES resource (id),
  specialty TEXT,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  duration_seconds INTEGER NOT NULL CHECK (duration_seconds > 0),
  priority INTEGER NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  offer BLOB CHECK (length(offer) = 16),
  CHECK ((resource IS NULL) <> (specialty IS NULL)),
  CHECK (starts_at + duration_seconds <= ends_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE waitlist_declined (
  entry BLOB NOT NULL REFERENCES waitlist (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  resource BLOB NOT NULL CHECK (length(resource) = 16),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

Migration AddWaitlist() { return {2, "add the waitlist", kWaitlistTables}; }

}  // namespace clinic::sqlite
