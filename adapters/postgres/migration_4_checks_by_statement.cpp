// Rows are looked at a statement at a time, however many it writes, instead of one by one.
#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {
namespace {

// Most resources have one lane. Apart from it the constraint has a column less to compare.
constexpr const char* kConstraints = R"sql(
ALTER TABLE allocation
  DROP CONSTRAINT allocation_is_free,
  DROP CONSTRAINT allocation_booking_fkey,
  DROP CONSTRAINT allocation_resource_fkey,
  ADD CONSTRAINT allocation_is_free
    EXCLUDE USING gist (resource WITH =, during WITH &&) WHERE (lane = 0),
  ADD CONSTRAINT allocation_is_free_beside
    EXCLUDE USING gist (resource WITH =, lane WITH =, during WITH &&) WHERE (lane > 0);
ALTER TABLE transition DROP CONSTRAINT transition_booking_fkey;
)sql";

// Who takes the first lane, and repeats the booking, need not be told which lane it is: whether
// that is right is seen when all rows of the statement are there. All others are given theirs.
constexpr const char* kTakeALane = R"sql(
DROP TRIGGER allocation_takes_a_lane ON allocation;
CREATE TRIGGER allocation_takes_a_lane BEFORE INSERT ON allocation
FOR EACH ROW WHEN (NEW.lane IS DISTINCT FROM 0 OR NEW.visit_starts_at IS NULL)
EXECUTE FUNCTION take_a_lane();
CREATE TRIGGER allocation_takes_another_lane
BEFORE UPDATE OF during, occupies, overrides, expires_at, updated_at ON allocation
FOR EACH ROW EXECUTE FUNCTION take_a_lane();
)sql";

// A lane that is free is not enough where others have no lane, or one only until the clock ends it:
// then they are counted, but for those that the same statement writes over this one on purpose.
//
// LIMIT keeps each of these queries a look along an index, whatever the planner makes of the rest.
constexpr const char* kCheckAllocations = R"sql(
CREATE FUNCTION check_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  PERFORM require_read_committed();
  SELECT booking.id IS NULL OR resource.id IS NULL AS is_dangling INTO wrong
  FROM written
  LEFT JOIN LATERAL (
    SELECT id, (starts_at, occupies, overrides, expires_at, updated_at) IS NOT DISTINCT FROM
        (visit_starts_at, written.occupies, written.overrides, written.expires_at,
         written.updated_at)
      AND (lane IS DISTINCT FROM 0
           OR occupies AND NOT overrides AND (expires_at > updated_at) IS NOT FALSE) AS is_repeated
    FROM booking WHERE id = written.booking LIMIT 1) AS booking ON true
  LEFT JOIN LATERAL (
    SELECT id FROM resource WHERE id = written.resource LIMIT 1) AS resource ON true
  WHERE resource.id IS NULL OR is_repeated IS NOT TRUE
  LIMIT 1;
  IF FOUND AND wrong.is_dangling THEN
    RAISE EXCEPTION 'there is no such booking, or no such resource'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'allocation';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'an allocation repeats what its booking says'
      USING ERRCODE = 'check_violation', TABLE = 'allocation';
  END IF;

  PERFORM FROM written CROSS JOIN LATERAL (
    SELECT FROM allocation
    WHERE resource = written.resource AND during && written.during AND booking <> written.booking
      AND occupies AND (lane IS NULL OR lane < 0 OR expires_at IS NOT NULL) LIMIT 1) AS unusual
  WHERE lane = 0 LIMIT 1;
  IF FOUND THEN
    PERFORM FROM written JOIN resource ON resource.id = written.resource
    WHERE lane = 0
      AND EXISTS (
        SELECT FROM allocation AS unusual
        WHERE resource = written.resource AND during && written.during
          AND booking <> written.booking
          AND occupies AND (lane IS NULL OR lane < 0 OR expires_at IS NOT NULL)
          AND booking NOT IN (SELECT beside.booking FROM written AS beside))
      AND most_at_once(written.resource, written.during, written.booking, written.updated_at)
        >= capacity;
    IF FOUND THEN
      RAISE EXCEPTION 'the time is taken' USING ERRCODE = 'exclusion_violation',
        CONSTRAINT = 'allocation_is_free', TABLE = 'allocation';
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER allocations_are_checked AFTER INSERT ON allocation
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION check_allocations();
)sql";

constexpr const char* kCheckTransitions = R"sql(
CREATE FUNCTION check_transitions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_read_committed();
  IF EXISTS (
      SELECT FROM written
      LEFT JOIN LATERAL (
        SELECT id FROM booking WHERE id = written.booking LIMIT 1) AS booking ON true
      WHERE booking.id IS NULL) THEN
    RAISE EXCEPTION 'there is no such booking'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'transition';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER transitions_are_checked AFTER INSERT ON transition
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION check_transitions();
)sql";

// A foreign key locks the row that it refers to, with every row that refers to it, against being
// taken away meanwhile. That hardly ever happens, so here whoever takes it away waits for all who
// write, and they for it. Each statement then sees what was committed before it.
constexpr const char* kTakeAway = R"sql(
CREATE FUNCTION require_read_committed() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'bookings are written in READ COMMITTED transactions'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
END $$;

CREATE FUNCTION wait_for_writers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_read_committed();
  LOCK TABLE allocation, transition IN SHARE ROW EXCLUSIVE MODE;
  RETURN NULL;
END $$;
CREATE TRIGGER booking_is_taken_away BEFORE DELETE ON booking
FOR EACH STATEMENT EXECUTE FUNCTION wait_for_writers();
CREATE TRIGGER resource_is_taken_away BEFORE DELETE ON resource
FOR EACH STATEMENT EXECUTE FUNCTION wait_for_writers();

CREATE FUNCTION take_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM allocation WHERE booking = OLD.id;
  DELETE FROM transition WHERE booking = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER booking_takes_along AFTER DELETE ON booking
FOR EACH ROW EXECUTE FUNCTION take_along();

CREATE FUNCTION stay_while_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM allocation WHERE resource = OLD.id) THEN
    RAISE EXCEPTION 'the resource has bookings'
      USING ERRCODE = 'foreign_key_violation', TABLE = 'allocation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER resource_stays_while_booked AFTER DELETE ON resource
FOR EACH ROW EXECUTE FUNCTION stay_while_booked();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'other rows refer to these by their ids';
END $$;
CREATE TRIGGER booking_keeps_its_id BEFORE UPDATE OF id ON booking
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER resource_keeps_its_id BEFORE UPDATE OF id ON resource
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_keeps_its_ids BEFORE UPDATE OF booking, resource ON allocation
FOR EACH ROW WHEN ((NEW.booking, NEW.resource) <> (OLD.booking, OLD.resource))
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transition_keeps_its_booking BEFORE UPDATE OF booking ON transition
FOR EACH ROW WHEN (NEW.booking <> OLD.booking) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bookings_stay BEFORE TRUNCATE ON booking
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER resources_stay BEFORE TRUNCATE ON resource
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
)sql";

// As the first migration has it, but for the allocations, which say all that is in them.
constexpr const char* kWriteWholeRows = R"sql(
CREATE OR REPLACE FUNCTION write_rows(
  -- booking
  uuid[], bigint[], bigint[], text[], boolean[], boolean[], bigint[], uuid[], text[], bigint[],
  bigint[], bigint[],
  -- allocation: booking, resource, start, end, pool
  uuid[], uuid[], bigint[], bigint[], text[],
  -- transition
  uuid[], bigint[], text[], text[], text[], bigint[], text[], text[],
  -- audit
  bigint[], text[], text[], text[], uuid[], text[], text[], text[],
  -- idempotency
  text[], text[], text[], integer[], text[], text[], bigint[],
  -- outbox
  text[], uuid[], bigint[], bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality($1) > 0 THEN
    INSERT INTO booking SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);
    INSERT INTO allocation
    SELECT row.booking, row.resource, int8range(starts, ends), starts_at, occupies, overrides,
      expires_at, updated_at, pool,
      CASE WHEN occupies AND NOT overrides AND (expires_at > updated_at) IS NOT FALSE
                AND capacity = 1 THEN 0 END
    FROM unnest($13, $14, $15, $16, $17) AS row (booking, resource, starts, ends, pool)
    CROSS JOIN LATERAL (SELECT * FROM booking WHERE id = row.booking LIMIT 1) AS booked
    LEFT JOIN LATERAL (
      SELECT capacity FROM resource WHERE id = row.resource LIMIT 1) AS needed ON true
    ORDER BY row.resource, starts;
  END IF;
  IF cardinality($18) > 0 THEN
    INSERT INTO transition SELECT * FROM unnest($18, $19, $20, $21, $22, $23, $24, $25);
  END IF;
  IF cardinality($26) > 0 THEN
    INSERT INTO audit (at, actor, action, subject, patient, source, request, detail)
    SELECT * FROM unnest($26, $27, $28, $29, $30, $31, $32, $33);
  END IF;
  IF cardinality($34) > 0 THEN
    INSERT INTO idempotency SELECT * FROM unnest($34, $35, $36, $37, $38, $39, $40)
      AS row (actor, key) ORDER BY actor, key;
  END IF;
  IF cardinality($41) > 0 THEN
    PERFORM pg_advisory_xact_lock(1868919394, hashtext(current_schema()));  -- "outb"
    INSERT INTO outbox (type, subject, version, at) SELECT * FROM unnest($41, $42, $43, $44);
    PERFORM pg_notify('clinic_outbox', current_schema());
  END IF;
END $$;
)sql";

}  // namespace

Migration CheckByStatement() {
  std::string sql;
  for (const char* part : {kConstraints, kTakeALane, kTakeAway, kCheckAllocations,
                           kCheckTransitions, kWriteWholeRows}) {
    sql += part;
  }
  return {4, "check rows a statement at a time", std::move(sql)};
}

}  // namespace clinic::postgres
