// The first schema. adapters/sqlite/README.md says what each table is for.
#include "adapters/sqlite/migrations.hpp"

namespace clinic::sqlite {
namespace {

constexpr const char* kResourceTables = R"sql(
CREATE TABLE resource (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('practitioner', 'patient', 'room', 'device')),
  name TEXT NOT NULL,
  timezone TEXT NOT NULL,
  hours TEXT NOT NULL CHECK (hours IN ('always', 'by-rules')),
  capacity INTEGER NOT NULL CHECK (capacity >= 1),
  slot_step_seconds INTEGER NOT NULL,
  default_duration_seconds INTEGER NOT NULL,
  buffer_before_seconds INTEGER NOT NULL,
  buffer_after_seconds INTEGER NOT NULL,
  description TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX resource_by_name ON resource (name, id);
CREATE INDEX resource_by_kind ON resource (kind, name, id);

CREATE TABLE specialty (
  resource BLOB NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (resource, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX specialty_by_name ON specialty (name, resource);

-- Local times are the seconds that a wall clock shows, counted from 1970-01-01T00:00:00 on that clock.
CREATE TABLE availability_rule (
  resource BLOB NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  id BLOB NOT NULL CHECK (length(id) = 16),
  starts_local INTEGER NOT NULL,
  ends_local INTEGER NOT NULL,
  recurrence_rule TEXT,  -- RFC 5545
  PRIMARY KEY (resource, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE availability_date (
  resource BLOB NOT NULL,
  rule BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('added', 'removed')),
  position INTEGER NOT NULL,
  starts_local INTEGER NOT NULL,
  PRIMARY KEY (resource, rule, kind, position),
  FOREIGN KEY (resource, rule) REFERENCES availability_rule (resource, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE time_off (
  resource BLOB NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  id BLOB NOT NULL CHECK (length(id) = 16),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (resource, id),
  CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kBookingTables = R"sql(
CREATE TABLE booking (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  occupies INTEGER NOT NULL CHECK (occupies IN (0, 1)),
  overrides INTEGER NOT NULL CHECK (overrides IN (0, 1)),
  expires_at INTEGER,
  series BLOB CHECK (length(series) = 16),
  reason TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_by_start ON booking (starts_at, id, ends_at);
CREATE INDEX booking_by_status ON booking (status, starts_at, id);
CREATE INDEX booking_by_length ON booking (ends_at - starts_at) WHERE ends_at - starts_at > 14400;

-- The last five columns repeat the booking's, for the triggers and the indexes to see.
CREATE TABLE allocation (
  booking BLOB NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
  resource BLOB NOT NULL REFERENCES resource (id),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  visit_starts_at INTEGER NOT NULL,
  occupies INTEGER NOT NULL,
  overrides INTEGER NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (booking, resource),
  CHECK (starts_at <= visit_starts_at AND visit_starts_at < ends_at)
) STRICT, WITHOUT ROWID;
-- A resource's calendar: for lists, and all that the triggers need to know of those beside a new one.
CREATE INDEX allocation_by_visit ON allocation
  (resource, visit_starts_at, booking, starts_at, ends_at, expires_at, occupies);
CREATE INDEX allocation_by_length ON allocation (resource, ends_at - starts_at)
  WHERE ends_at - starts_at > 14400;

CREATE TABLE transition (
  booking BLOB NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  action TEXT NOT NULL,
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (booking, version)
) STRICT, WITHOUT ROWID;
)sql";

// Refuses the allocation NEW where some instant of it has as many others as the resource's
// capacity. The number of others only rises where one of them starts, so it is highest at the start
// of NEW or at a start inside it.
//
// None that overlaps starts earlier than the longest one takes, and its visit starts no later after
// its start than that: this bounds the stretch of the calendar that is read. The longest is four
// hours, but where the resource has longer ones, which an index of their own knows.
constexpr const char* kRefuseDoubleBooking = R"sql(
  SELECT RAISE(ABORT, 'the time is taken')
  FROM (SELECT capacity,
          ifnull((SELECT max(ends_at - starts_at) FROM allocation
                  WHERE resource = NEW.resource AND ends_at - starts_at > 14400), 14400) AS longest
        FROM resource WHERE id = NEW.resource) AS calendar
  WHERE EXISTS (
    SELECT 1 FROM allocation AS point
    WHERE point.resource = NEW.resource AND point.booking <> NEW.booking AND point.occupies = 1
      AND point.visit_starts_at > NEW.starts_at - longest
      AND point.visit_starts_at < NEW.ends_at + longest
      AND point.starts_at < NEW.ends_at AND point.ends_at > NEW.starts_at
      AND (point.expires_at IS NULL OR point.expires_at > NEW.updated_at)
      AND (capacity = 1 OR capacity <= (
        SELECT count(*) FROM allocation AS other
        WHERE other.resource = NEW.resource AND other.booking <> NEW.booking AND other.occupies = 1
          AND other.visit_starts_at > max(point.starts_at, NEW.starts_at) - longest
          AND other.visit_starts_at < max(point.starts_at, NEW.starts_at) + longest
          AND other.starts_at <= max(point.starts_at, NEW.starts_at)
          AND other.ends_at > max(point.starts_at, NEW.starts_at)
          AND (other.expires_at IS NULL OR other.expires_at > NEW.updated_at))));
END;
)sql";

constexpr const char* kOnInsert = R"sql(
CREATE TRIGGER allocation_repeats_its_booking BEFORE INSERT ON allocation
WHEN NOT EXISTS (
  SELECT 1 FROM booking
  WHERE id = NEW.booking AND starts_at = NEW.visit_starts_at AND occupies = NEW.occupies
    AND overrides = NEW.overrides AND expires_at IS NEW.expires_at AND updated_at = NEW.updated_at)
BEGIN
  SELECT RAISE(ABORT, 'an allocation repeats what its booking says');
END;

CREATE TRIGGER allocation_inserted_is_free BEFORE INSERT ON allocation
WHEN NEW.occupies = 1 AND NEW.overrides = 0
  AND (NEW.expires_at IS NULL OR NEW.expires_at > NEW.updated_at)
BEGIN
)sql";

// What an allocation takes up already it may keep.
constexpr const char* kOnUpdate = R"sql(
CREATE TRIGGER allocation_updated_is_free BEFORE UPDATE ON allocation
WHEN NEW.occupies = 1 AND NEW.overrides = 0
  AND (NEW.expires_at IS NULL OR NEW.expires_at > NEW.updated_at)
  AND NOT (OLD.booking = NEW.booking AND OLD.resource = NEW.resource AND OLD.occupies = 1
    AND (OLD.expires_at IS NULL OR OLD.expires_at > NEW.updated_at)
    AND OLD.starts_at <= NEW.starts_at AND NEW.ends_at <= OLD.ends_at)
BEGIN
)sql";

// Our own code changes the allocations first, and then this finds nothing to do.
constexpr const char* kOnBookingUpdate = R"sql(
CREATE TRIGGER booking_updated AFTER UPDATE ON booking
BEGIN
  UPDATE allocation
  SET visit_starts_at = NEW.starts_at, occupies = NEW.occupies, overrides = NEW.overrides,
    expires_at = NEW.expires_at, updated_at = NEW.updated_at
  WHERE booking = NEW.id
    AND (visit_starts_at, occupies, overrides, expires_at, updated_at)
      IS NOT (NEW.starts_at, NEW.occupies, NEW.overrides, NEW.expires_at, NEW.updated_at);
END;
)sql";

constexpr const char* kDirectoryTables = R"sql(
CREATE TABLE account (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  email TEXT NOT NULL UNIQUE,
  full_name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('patient', 'doctor', 'receptionist', 'admin')),
  password_hash TEXT NOT NULL,
  resource BLOB CHECK (length(resource) = 16),
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE patient (
  id BLOB NOT NULL PRIMARY KEY REFERENCES resource (id),
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  date_of_birth INTEGER,  -- days since 1970-01-01
  timezone TEXT NOT NULL,
  notify_by_email INTEGER NOT NULL CHECK (notify_by_email IN (0, 1)),
  notify_by_sms INTEGER NOT NULL CHECK (notify_by_sms IN (0, 1)),
  version INTEGER NOT NULL CHECK (version >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  account BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  refresh_token_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account, created_at);
)sql";

// AUTOINCREMENT: a sequence is never given twice, also after the last row was deleted.
constexpr const char* kJournalTables = R"sql(
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  patient BLOB CHECK (length(patient) = 16),
  source TEXT NOT NULL,
  request TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  booking BLOB NOT NULL CHECK (length(booking) = 16),
  version INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

Migration CreateSchema() {
  std::string sql;
  for (const char* part :
       {kResourceTables, kBookingTables, kOnInsert, kRefuseDoubleBooking, kOnUpdate,
        kRefuseDoubleBooking, kOnBookingUpdate, kDirectoryTables, kJournalTables}) {
    sql += part;
  }
  return {1, "create the schema", std::move(sql)};
}

}  // namespace clinic::sqlite
