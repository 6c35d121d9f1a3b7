"""Reads the server's SQLite file from outside, and says what in it cannot be true.

    findings(path)                       what is wrong with the store by itself
    missing(path, acknowledged)          what a client was told and the store does not know

Both give sentences; an empty list means that nothing was found.
"""

import collections
import contextlib
import datetime
import sqlite3
import uuid

OCCUPYING = {"pending", "booked", "arrived", "checked-in", "fulfilled"}
ENDED = {"cancelled", "noshow", "entered-in-error"}


@contextlib.contextmanager
def opened(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        yield database


def name(identifier):
    return str(uuid.UUID(bytes=identifier))


def findings(path):
    """Everything that is wrong with the store at `path`."""
    with opened(path) as database:
        return [finding for rule in RULES for finding in rule(database)]


def file_is_whole(database):
    [(verdict,)] = database.execute("PRAGMA integrity_check").fetchmany(1)
    if verdict != "ok":
        yield f"integrity_check: {verdict}"
    for row in database.execute("PRAGMA foreign_key_check"):
        yield f"a row of {row['table']} refers to one of {row['parent']} that is not there"


def nothing_overlaps(database):
    """No resource of capacity 1 has two bookings at once."""
    rows = database.execute(
        "SELECT a.* FROM allocation a JOIN resource r ON r.id = a.resource"
        " WHERE a.occupies = 1 AND a.overrides = 0 AND r.capacity = 1"
        " ORDER BY a.resource, a.starts_at")
    resource, under_way = None, []
    for row in rows:
        if row["resource"] != resource:
            resource, under_way = row["resource"], []
        under_way = [other for other in under_way if other["ends_at"] > row["starts_at"]]
        for other in under_way:
            # A hold whose time ran out gave it back when the later one was written.
            if not over(other, row) and not over(row, other):
                yield (f"{name(other['booking'])} and {name(row['booking'])} both have "
                       f"{name(resource)} at {row['starts_at']}")
        under_way.append(row)


def over(hold, other):
    return hold["expires_at"] is not None and hold["expires_at"] <= other["updated_at"]


def bookings_are_whole(database):
    """A booking has its allocations, a transition and an event for each version, an audit entry;
    and none of these are there without their booking."""
    named = {"allocation": "booking FROM allocation", "transition": "booking FROM transition",
             "outbox": "subject FROM outbox WHERE type LIKE 'appointment.%'"}
    counts = {table: collections.Counter(row[0] for row in database.execute(f"SELECT {rows}"))
              for table, rows in named.items()}
    audited = collections.Counter(
        subject for (subject,) in map(tuple, database.execute(
            "SELECT subject FROM audit WHERE action <> 'appointment.read'")))
    known = set()
    for booking in database.execute("SELECT * FROM booking"):
        identifier, version = booking["id"], booking["version"]
        known.add(identifier)
        if counts["allocation"][identifier] < 2:
            yield f"{name(identifier)} has {counts['allocation'][identifier]} allocations"
        for table in ("transition", "outbox"):
            if counts[table][identifier] != version:
                yield (f"{name(identifier)} is at version {version} and has "
                       f"{counts[table][identifier]} rows in {table}")
        if audited[name(identifier)] != version:
            yield (f"{name(identifier)} is at version {version} and has "
                   f"{audited[name(identifier)]} audit entries")
    for table, counter in counts.items():
        for orphan in set(counter) - known:
            yield f"{table} speaks of {name(orphan)}, which is not there"


def allocations_repeat_their_booking(database):
    for row in database.execute(
            "SELECT a.*, b.starts_at AS visit_start, b.ends_at AS visit_end,"
            " b.occupies AS booking_occupies, b.status AS status"
            " FROM allocation a JOIN booking b ON b.id = a.booking"):
        if row["visit_starts_at"] != row["visit_start"] or not (
                row["starts_at"] <= row["visit_start"] and row["visit_end"] <= row["ends_at"]):
            yield f"an allocation of {name(row['booking'])} is not about its time"
        if row["occupies"] != row["booking_occupies"]:
            yield f"an allocation of {name(row['booking'])} does not say whether it takes time"
        if bool(row["occupies"]) != (row["status"] in OCCUPYING):
            yield f"{name(row['booking'])} is {row['status']} and occupies = {row['occupies']}"


def histories_are_chains(database):
    """Versions count from 1, each step begins where the one before ended, and the last one ends
    where the booking is."""
    steps = collections.defaultdict(list)
    for row in database.execute("SELECT * FROM transition ORDER BY booking, version"):
        steps[row["booking"]].append(row)
    for booking in database.execute("SELECT id, status FROM booking"):
        status, version = "", 0
        for step in steps[booking["id"]]:
            version += 1
            if (step["version"], step["from_status"]) != (version, status):
                yield f"the history of {name(booking['id'])} breaks at step {version}"
            status = step["to_status"]
        if status != booking["status"]:
            yield f"{name(booking['id'])} is {booking['status']}, and its history says {status}"


def keys_speak_of_bookings(database):
    """An answer that was kept for a repeated request is about something that is there."""
    known = {name(row["id"]) for row in database.execute("SELECT id FROM booking")}
    for row in database.execute("SELECT key, location FROM idempotency WHERE status = 201"
                                " AND location LIKE '/api/appointments/%'"):
        if row["location"].rsplit("/", 1)[1] not in known:
            yield f"the answer to {row['key']} speaks of {row['location']}, which is not there"


RULES = (file_is_whole, nothing_overlaps, bookings_are_whole, allocations_repeat_their_booking,
         histories_are_chains, keys_speak_of_bookings)


def missing(path, acknowledged):
    """What of `acknowledged` is not in the store: appointments, as the API answered a change of
    them. An appointment may have gone on since, but not back."""
    found = []
    with opened(path) as database:
        for told in acknowledged:
            identifier, version = uuid.UUID(told["id"]).bytes, told["version"]
            booking = database.execute("SELECT * FROM booking WHERE id = ?",
                                       (identifier,)).fetchone()
            if booking is None:
                found.append(f"{told['id']} was acknowledged and is not there")
                continue
            step = database.execute("SELECT * FROM transition WHERE booking = ? AND version = ?",
                                    (identifier, version)).fetchone()
            if step is None or step["to_status"] != told["status"]:
                found.append(f"{told['id']} was acknowledged at version {version} as "
                             f"{told['status']}; its history does not say so")
            elif booking["version"] == version:
                start = int(datetime.datetime.fromisoformat(told["scheduled_time"]).timestamp())
                if (booking["starts_at"], booking["status"]) != (start, told["status"]):
                    found.append(f"{told['id']} was acknowledged as {told['status']} at "
                                 f"{told['scheduled_time']}, and is something else")
    return found
