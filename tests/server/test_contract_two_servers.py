"""Two servers on one database: what one acknowledged holds for both."""

import sqlite3

import pytest

import clinic_server
from clinic_server import DOCTOR, Server, wait_until


@pytest.fixture
def other(server, tmp_path):
    """A second server on the database of the first."""
    folder = tmp_path / "other"
    folder.mkdir()
    second = Server(folder)
    second.database = server.database
    second.start(clock=clinic_server.CLOCK_AFTER_SIGN_IN)
    yield second
    second.kill()


@pytest.fixture
def elsewhere(patient, other):
    """The patient, as a client of the second server."""
    return other.client(patient.token)


def starts(client):
    answer = client.get(f"/api/doctors/{DOCTOR}/slots", from_="2024-03-11", to="2024-03-12", limit=500)
    return [slot["start"] for slot in answer["items"]]


def test_an_appointment_is_read_and_changed_on_the_other_at_once(patient, elsewhere):
    made = patient.book("2024-03-11T10:00")
    path = f"/api/appointments/{made['id']}"
    assert elsewhere.get(path).status == 200
    assert elsewhere.post(path + "/cancel", {"reason": "Better"}).status == 200
    assert patient.post(path + "/cancel", {"reason": "Better"}).json["code"] == "illegal_transition"
    assert patient.get(path)["status"] == "cancelled"
    assert patient.book("2024-03-11T10:00").status == 201


def test_a_time_that_was_taken_on_the_other_is_refused_with_what_could_be_had(patient, elsewhere):
    assert patient.book("2024-03-11T10:00").status == 201
    refused = elsewhere.book("2024-03-11T10:00")
    assert (refused.status, refused["code"]) == (409, "conflict")
    assert refused["conflicts"] and refused["alternatives"]


def test_a_list_of_doctors_tells_at_once_of_what_the_other_changed(patient, doctor, elsewhere):
    for name in ("Dr. Ada Byron", "Dr. Ada Lovelace", "Dr. Ada King"):
        patient.get("/api/doctors")
        elsewhere.get("/api/doctors")
        assert doctor.patch("/api/doctors/me", {"full_name": name}).status == 200
        assert elsewhere.get("/api/doctors")["items"][0]["full_name"] == name
        assert patient.get("/api/doctors")["items"][0]["full_name"] == name


def test_slots_follow_the_other_server(patient, doctor, elsewhere):
    before = starts(elsewhere)
    assert before
    assert patient.book("2024-03-11T10:00").status == 201
    assert wait_until(lambda: len(starts(elsewhere)) < len(before))
    assert doctor.post("/api/doctors/me/time-off", {
        "start": "2024-03-11T00:00", "end": "2024-03-12T00:00"}).status == 201
    assert wait_until(lambda: not starts(elsewhere))


def test_a_server_whose_database_lost_its_events_says_so(server, patient):
    assert patient.book("2024-03-11T10:00").status == 201
    with sqlite3.connect(server.database) as database:
        database.execute("DELETE FROM outbox")
    client = server.client()
    assert wait_until(lambda: client.get("/readyz").status == 503)
    assert client.get("/readyz")["part"] == "feed"
    assert "open it anew" in server.stderr()
