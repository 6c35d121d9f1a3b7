// How new rows are written, those of many callers at once.
#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {

// Allocations go by resource: two who write at once meet in the same order, and do not wait for
// each other in a circle.
//
// Events come last, under a lock that holds until the transaction ends. An event's number is given
// when it is written, and is seen when it is committed: were the next number given while an earlier
// one is not committed yet, who reads in the order of the numbers could see the later event first,
// go on after it, and never see the earlier one. Under the lock they are given in the order of the
// commits. Nobody waits for more of another transaction than its commit.
const char* const kWriteRows = R"sql(
CREATE FUNCTION write_rows(
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
    INSERT INTO allocation (booking, resource, during, pool)
    SELECT booking, resource, int8range(starts, ends), pool
    FROM unnest($13, $14, $15, $16, $17) AS row (booking, resource, starts, ends, pool)
    ORDER BY resource, starts;
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

}  // namespace clinic::postgres
