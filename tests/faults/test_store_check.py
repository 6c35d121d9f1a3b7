"""The check of the store goes red: each case breaks a good store in one way, by hand."""

import sqlite3
import uuid

import pytest

import store_check


@pytest.fixture
def store(server):
    """A stopped server's file with a few bookings in it, and what was told of them."""
    patient = server.sign_in("patient")
    told = []
    for day in (11, 12, 13):
        made = patient.book(f"2024-03-{day}T10:00", hold=day == 13)
        told.append(made.json)
        told.append(patient.post(f"/api/appointments/{made['id']}/reschedule",
                                 {"scheduled_time": f"2024-03-{day}T12:00"}).json)
    told.append(patient.post(f"/api/appointments/{told[0]['id']}/cancel").json)
    patient.post("/api/appointments", {
        "doctor_id": told[0]["doctor_id"], "scheduled_time": "2024-03-14T10:00", "reason": "x"},
        headers={"Idempotency-Key": "k"})
    assert server.stop() == 0
    return server.database, told


def break_it(path, *statements):
    """Changes the file as only a bug or a broken disk would: nothing that guards it is asked."""
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        for sql, *parameters in statements:
            assert database.execute(sql, parameters).rowcount > 0, f"nothing was broken by {sql}"


def test_a_store_that_is_whole_gives_no_findings(store):
    path, told = store
    assert store_check.findings(path) == []
    assert store_check.missing(path, told) == []


BOOKED = "(SELECT min(id) FROM booking WHERE status = 'booked')"


@pytest.mark.parametrize("words, statement", [
    ("both have", f"UPDATE allocation SET ends_at = (SELECT max(ends_at) FROM allocation)"
                  f" WHERE booking = {BOOKED}"),
    ("allocations", f"DELETE FROM allocation WHERE booking = {BOOKED}"),
    ("rows in transition", f"DELETE FROM transition WHERE booking = {BOOKED}"),
    ("rows in outbox", f"DELETE FROM outbox WHERE subject = {BOOKED}"),
    ("audit entries", "DELETE FROM audit WHERE action LIKE 'appointment.%'"),
    ("which is not there", f"DELETE FROM booking WHERE id = {BOOKED}"),
    ("refers to", f"DELETE FROM booking WHERE id = {BOOKED}"),
    ("speaks of /api", "DELETE FROM booking WHERE reason = 'x'"),
    ("is not about its time", f"UPDATE booking SET starts_at = starts_at - 60 WHERE id = {BOOKED}"),
    ("takes time", f"UPDATE allocation SET occupies = 0 WHERE booking = {BOOKED}"),
    ("and occupies", f"UPDATE booking SET status = 'cancelled' WHERE id = {BOOKED}"),
    ("its history says", f"UPDATE booking SET status = 'arrived' WHERE id = {BOOKED}"),
    ("breaks at step", "UPDATE transition SET from_status = 'booked' WHERE version = 1"),
    ("breaks at step", "UPDATE transition SET version = 7 WHERE version = 2"),
])
def test_a_broken_store_is_found_out(store, words, statement):
    path, _ = store
    break_it(path, (statement,))
    found = store_check.findings(path)
    assert any(words in finding for finding in found), found


def test_a_damaged_page_is_found_out(store):
    path, _ = store
    with sqlite3.connect(path) as database:
        [(root,)] = database.execute("SELECT rootpage FROM sqlite_master WHERE name ="
                                     " 'allocation_by_visit'")
        [(size,)] = database.execute("PRAGMA page_size")
    with open(path, "r+b") as file:
        file.seek((root - 1) * size + size - 64)
        file.write(b"\x55" * 64)
    assert any("integrity_check" in finding for finding in
               store_check.file_is_whole(sqlite3.connect(path)))


def test_a_lost_booking_is_missed(store):
    path, told = store
    break_it(path, ("DELETE FROM booking WHERE id = ?", uuid.UUID(told[2]["id"]).bytes))
    assert any("is not there" in finding for finding in store_check.missing(path, told))


def test_a_lost_change_is_missed(store):
    path, told = store
    identifier = uuid.UUID(told[3]["id"]).bytes
    break_it(path, ("UPDATE booking SET version = 1 WHERE id = ?", identifier),
             ("DELETE FROM transition WHERE booking = ? AND version = 2", identifier))
    assert any("history does not say so" in finding for finding in store_check.missing(path, told))


def test_a_change_that_is_there_but_not_as_it_was_told_is_missed(store):
    path, told = store
    break_it(path, ("UPDATE booking SET starts_at = starts_at - 3600 WHERE id = ?",
                    uuid.UUID(told[3]["id"]).bytes))
    assert any("is something else" in finding for finding in store_check.missing(path, told))
