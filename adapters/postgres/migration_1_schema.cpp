// The first schema. adapters/postgres/README.md says what each table is for.
#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {
namespace {

// Text is compared by its bytes, wherever the database was made.
constexpr const char* kResourceTables = R"sql(
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE resource (
  id uuid NOT NULL PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('practitioner', 'patient', 'room', 'device')),
  name text COLLATE "C" NOT NULL,
  timezone text NOT NULL,
  hours text NOT NULL CHECK (hours IN ('always', 'by-rules')),
  capacity integer NOT NULL CHECK (capacity >= 1),
  slot_step_seconds bigint NOT NULL,
  default_duration_seconds bigint NOT NULL,
  buffer_before_seconds bigint NOT NULL,
  buffer_after_seconds bigint NOT NULL,
  description text NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);
CREATE INDEX resource_by_name ON resource (name, id);
CREATE INDEX resource_by_kind ON resource (kind, name, id);

CREATE TABLE specialty (
  resource uuid NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  position integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  PRIMARY KEY (resource, position)
);
CREATE INDEX specialty_by_name ON specialty (name, resource);

-- Local times are the seconds that a wall clock shows, counted from 1970-01-01T00:00:00 on that clock.
CREATE TABLE availability_rule (
  resource uuid NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  id uuid NOT NULL,
  starts_local bigint NOT NULL,
  ends_local bigint NOT NULL,
  recurrence_rule text,  -- RFC 5545
  added bigint[] NOT NULL,
  removed bigint[] NOT NULL,
  PRIMARY KEY (resource, id)
);

CREATE TABLE time_off (
  resource uuid NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
  id uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (resource, id),
  CHECK (starts_at < ends_at)
);
)sql";

// The constraint is what refuses a double booking: no two allocations have one lane of one resource
// at the same time.
constexpr const char* kBookingTables = R"sql(
CREATE TABLE booking (
  id uuid NOT NULL PRIMARY KEY,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  status text COLLATE "C" NOT NULL,
  occupies boolean NOT NULL,
  overrides boolean NOT NULL,
  expires_at bigint,
  series uuid,
  reason text NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  CHECK (starts_at < ends_at)
);
CREATE INDEX booking_by_start ON booking (starts_at, id);
CREATE INDEX booking_by_status ON booking (status, starts_at, id);
CREATE INDEX booking_by_length ON booking ((ends_at - starts_at)) WHERE ends_at - starts_at > 14400;

-- The five columns from visit_starts_at on repeat the booking's, for the constraint and the indexes;
-- they and the lane are filled in by triggers.
CREATE TABLE allocation (
  booking uuid NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
  resource uuid NOT NULL REFERENCES resource (id),
  during int8range NOT NULL,
  visit_starts_at bigint NOT NULL,
  occupies boolean NOT NULL,
  overrides boolean NOT NULL,
  expires_at bigint,
  updated_at bigint NOT NULL,
  pool text NOT NULL DEFAULT '',
  lane integer CHECK (lane >= -1),  -- from 0; -1: beside the lanes, over others; null: takes no time
  PRIMARY KEY (booking, resource),
  CHECK (visit_starts_at <@ during),
  CONSTRAINT allocation_is_free
    EXCLUDE USING gist (resource WITH =, lane WITH =, during WITH &&) WHERE (lane >= 0)
);
CREATE INDEX allocation_by_visit ON allocation (resource, visit_starts_at, booking);
-- What the constraint cannot judge: what was booked over others, and what the clock ends.
CREATE INDEX allocation_unusual ON allocation USING gist (resource, during)
  WHERE occupies AND (lane IS NULL OR lane < 0 OR expires_at IS NOT NULL);

CREATE TABLE transition (
  booking uuid NOT NULL REFERENCES booking (id) ON DELETE CASCADE,
  version bigint NOT NULL,
  action text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  at bigint NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (booking, version)
);
)sql";

// The number of others only rises where one of them starts, so it is highest at the start of what
// is wanted or at a start inside it.
constexpr const char* kCountOthers = R"sql(
CREATE FUNCTION most_at_once(of_resource uuid, wanted int8range, except_booking uuid, at_instant bigint)
RETURNS bigint LANGUAGE sql STABLE AS $$
  WITH other AS (
    SELECT during FROM allocation
    WHERE resource = of_resource AND during && wanted AND booking <> except_booking
      AND occupies AND (expires_at IS NULL OR expires_at > at_instant))
  SELECT coalesce(max((SELECT count(*) FROM other
                       WHERE during @> greatest(lower(point.during), lower(wanted)))), 0)
  FROM other AS point
$$;
)sql";

// Overlapping intervals can always be given as few lanes as there are of them at once: by start,
// each the lowest that is free. Taking lanes one by one as bookings come needs more now and then,
// and then all that hang together are dealt out again.
constexpr const char* kDealOutLanes = R"sql(
CREATE FUNCTION deal_out_lanes(of_resource uuid, wanted int8range, for_booking uuid)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  together int8range := wanted;
  wider int8range;
  others uuid[];
  lane_ends bigint[] := '{}';  -- when each lane is free again
  given integer;
  given_to_wanted integer;
  next record;
BEGIN
  LOOP
    SELECT int8range(least(min(lower(during)), lower(together)),
                     greatest(max(upper(during)), upper(together)))
    INTO wider FROM allocation
    WHERE resource = of_resource AND during && together AND lane >= 0 AND booking <> for_booking;
    EXIT WHEN wider = together;
    together := wider;
  END LOOP;
  WITH freed AS (
    UPDATE allocation SET lane = NULL
    WHERE resource = of_resource AND during && together AND lane >= 0 AND booking <> for_booking
    RETURNING booking)
  SELECT array_agg(booking) INTO others FROM freed;
  FOR next IN
    SELECT booking, during FROM allocation WHERE resource = of_resource AND booking = ANY (others)
    UNION ALL SELECT for_booking, wanted
    ORDER BY during, booking
  LOOP
    given := coalesce(
      (SELECT min(position) FROM unnest(lane_ends) WITH ORDINALITY AS lane (free_at, position)
       WHERE free_at <= lower(next.during)), cardinality(lane_ends) + 1);
    lane_ends[given] := upper(next.during);
    IF next.booking = for_booking THEN
      given_to_wanted := given - 1;
    ELSE
      UPDATE allocation SET lane = given - 1
      WHERE booking = next.booking AND resource = of_resource;
    END IF;
  END LOOP;
  RETURN given_to_wanted;
END $$;
)sql";

// Which lane an allocation has. Whatever else says which lane, it is decided here.
constexpr const char* kTakeALane = R"sql(
CREATE FUNCTION take_a_lane() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  room integer;
  unusual boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN  -- whatever was said, it repeats its booking
    SELECT starts_at, occupies, overrides, expires_at, updated_at
    INTO NEW.visit_starts_at, NEW.occupies, NEW.overrides, NEW.expires_at, NEW.updated_at
    FROM booking WHERE id = NEW.booking;
  END IF;
  IF NOT NEW.occupies OR NEW.expires_at <= NEW.updated_at THEN
    NEW.lane := NULL;
    RETURN NEW;
  END IF;
  -- What it takes up already it may keep, unless it ran out and was taken by others.
  IF TG_OP = 'UPDATE' AND OLD.occupies AND OLD.lane IS NOT NULL
     AND (OLD.expires_at IS NULL OR OLD.expires_at > NEW.updated_at)
     AND OLD.booking = NEW.booking AND OLD.resource = NEW.resource AND OLD.during @> NEW.during THEN
    NEW.lane := OLD.lane;
    RETURN NEW;
  END IF;
  IF NEW.overrides THEN
    NEW.lane := -1;
    RETURN NEW;
  END IF;

  SELECT capacity, EXISTS (
      SELECT FROM allocation
      WHERE resource = NEW.resource AND during && NEW.during AND booking <> NEW.booking
        AND occupies AND (lane IS NULL OR lane < 0 OR expires_at IS NOT NULL))
  INTO room, unusual FROM resource WHERE id = NEW.resource;
  IF room IS NULL OR (room = 1 AND NOT unusual) THEN
    NEW.lane := 0;  -- the constraint decides
    RETURN NEW;
  END IF;

  -- Those who want a lane of the same resource choose one after the other.
  IF room > 1 THEN
    SELECT capacity INTO room FROM resource WHERE id = NEW.resource FOR NO KEY UPDATE;
  END IF;
  IF most_at_once(NEW.resource, NEW.during, NEW.booking, NEW.updated_at) >= room THEN
    RAISE EXCEPTION 'the time is taken'
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'allocation_is_free', TABLE = 'allocation';
  END IF;
  UPDATE allocation SET lane = NULL  -- holds that ran out
  WHERE resource = NEW.resource AND during && NEW.during AND booking <> NEW.booking
    AND lane >= 0 AND expires_at <= NEW.updated_at;
  SELECT choice INTO NEW.lane
  FROM generate_series(0, least(room - 1, (
    SELECT count(*) FROM allocation
    WHERE resource = NEW.resource AND during && NEW.during AND lane >= 0)::integer)) AS choice
  WHERE NOT EXISTS (
    SELECT FROM allocation
    WHERE resource = NEW.resource AND lane = choice AND during && NEW.during
      AND booking <> NEW.booking)
  ORDER BY choice LIMIT 1;
  IF NEW.lane IS NULL THEN
    NEW.lane := deal_out_lanes(NEW.resource, NEW.during, NEW.booking);
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER allocation_takes_a_lane
BEFORE INSERT OR UPDATE OF booking, resource, during, occupies, overrides, expires_at, updated_at
ON allocation FOR EACH ROW EXECUTE FUNCTION take_a_lane();
)sql";

// Our own code changes the allocations first, and then this finds nothing to do.
constexpr const char* kRepeatTheBooking = R"sql(
CREATE FUNCTION repeat_the_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE allocation
  SET visit_starts_at = NEW.starts_at, occupies = NEW.occupies, overrides = NEW.overrides,
    expires_at = NEW.expires_at, updated_at = NEW.updated_at
  WHERE booking = NEW.id
    AND (visit_starts_at, occupies, overrides, expires_at, updated_at)
      IS DISTINCT FROM (NEW.starts_at, NEW.occupies, NEW.overrides, NEW.expires_at, NEW.updated_at);
  RETURN NULL;
END $$;

CREATE TRIGGER booking_updated AFTER UPDATE ON booking
FOR EACH ROW EXECUTE FUNCTION repeat_the_booking();
)sql";

constexpr const char* kWaitlistTables = R"sql(
CREATE TABLE waitlist (
  id uuid NOT NULL PRIMARY KEY,
  patient uuid NOT NULL REFERENCES resource (id),
  resource uuid REFERENCES resource (id),
  specialty text,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  duration_seconds bigint NOT NULL CHECK (duration_seconds > 0),
  priority integer NOT NULL,
  reason text NOT NULL,
  since bigint NOT NULL,
  offer uuid,
  version bigint NOT NULL,
  CHECK ((resource IS NULL) <> (specialty IS NULL)),
  CHECK (starts_at + duration_seconds <= ends_at)
);

CREATE TABLE waitlist_declined (
  entry uuid NOT NULL REFERENCES waitlist (id) ON DELETE CASCADE,
  position integer NOT NULL,
  resource uuid NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (entry, position)
);
)sql";

constexpr const char* kDirectoryTables = R"sql(
CREATE TABLE account (
  id uuid NOT NULL PRIMARY KEY,
  email text COLLATE "C" NOT NULL UNIQUE,
  full_name text NOT NULL,
  role text NOT NULL CHECK (role IN ('patient', 'doctor', 'receptionist', 'admin')),
  password_hash text NOT NULL,
  resource uuid,
  disabled boolean NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE patient (
  id uuid NOT NULL PRIMARY KEY REFERENCES resource (id),
  full_name text NOT NULL,
  email text NOT NULL,
  phone text NOT NULL,
  date_of_birth integer,  -- days since 1970-01-01
  timezone text NOT NULL,
  notify_by_email boolean NOT NULL,
  notify_by_sms boolean NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);

CREATE TABLE session (
  id uuid NOT NULL PRIMARY KEY,
  account uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  refresh_token_hash text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  ended_at bigint
);
CREATE INDEX session_by_account ON session (account, created_at);
)sql";

constexpr const char* kJournalTables = R"sql(
CREATE TABLE audit (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  patient uuid,
  source text NOT NULL,
  request text NOT NULL,
  detail text NOT NULL
);

CREATE TABLE outbox (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text NOT NULL,
  subject uuid NOT NULL,
  version bigint NOT NULL,
  at bigint NOT NULL
);

CREATE TABLE idempotency (
  actor text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  location text NOT NULL,
  body text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (actor, key)
);
)sql";

}  // namespace

Migration CreateSchema() {
  std::string sql;
  for (const char* part :
       {kResourceTables, kBookingTables, kCountOthers, kDealOutLanes, kTakeALane, kRepeatTheBooking,
        kWaitlistTables, kDirectoryTables, kJournalTables, kWriteRows}) {
    sql += part;
  }
  return {1, "create the schema", std::move(sql)};
}

}  // namespace clinic::postgres
