"""Booking, holding, moving, listing: /api/appointments."""

import pytest

from clinic_server import DOCTOR, assert_problem, wait_until

UNKNOWN = "00000000-0000-7000-8000-000000000001"


def ids(answer):
    assert answer.status == 200, answer
    return [one["id"] for one in answer["items"]]


def test_an_appointment_has_the_fields_of_the_contract(patient):
    booked = patient.book("2024-03-12T10:00:00", reason="Fever")
    assert booked.status == 201
    assert booked.headers["location"] == f"/api/appointments/{booked['id']}"
    assert booked.headers["etag"] == '"1"'
    assert booked.json == {
        "id": booked["id"], "patient_id": patient.get("/api/patients/me")["id"],
        "doctor_id": DOCTOR, "room_id": None, "scheduled_time": "2024-03-12T10:00:00+00:00",
        "end_time": "2024-03-12T10:30:00+00:00", "timezone": "Europe/London",
        "duration_minutes": 30, "status": "booked", "reason": "Fever", "series_id": None,
        "version": 1, "expires_at": None, "created_at": booked["created_at"],
        "updated_at": booked["updated_at"]}
    assert patient.get(booked.headers["location"]).json == booked.json


def test_appointments_that_touch_do_not_conflict(patient):
    assert patient.book("2024-03-12T14:30", duration_minutes=30).status == 201
    assert patient.book("2024-03-12T15:00", duration_minutes=30).status == 201
    assert patient.book("2024-03-12T14:00", duration_minutes=30).status == 201
    for start in ("2024-03-12T14:25", "2024-03-12T14:40", "2024-03-12T15:25"):
        assert_problem(patient.book(start, duration_minutes=10), 409, "conflict")


def test_buffers_keep_the_doctors_time_free_around_an_appointment(patient, doctor):
    doctor.patch("/api/doctors/me", {"buffer_before_minutes": 5, "buffer_after_minutes": 10})
    booked = patient.book("2024-03-12T14:00", duration_minutes=30)
    assert booked["end_time"] == "2024-03-12T14:30:00+00:00"
    assert_problem(patient.book("2024-03-12T14:40", duration_minutes=30), 409, "conflict")
    assert_problem(patient.book("2024-03-12T13:20", duration_minutes=30), 409, "conflict")
    assert patient.book("2024-03-12T14:45", duration_minutes=30).status == 201
    assert patient.book("2024-03-12T13:15", duration_minutes=30).status == 201


def test_a_conflict_names_what_is_taken_and_whose_it_is_to_nobody(server, patient, receptionist):
    noor = server.resource("Noor Haddad")
    theirs = receptionist.book("2024-03-12T10:00", patient_id=noor, reason="Secret reason")
    refused = patient.book("2024-03-12T10:15")
    problem = assert_problem(refused, 409, "conflict")
    assert problem["conflicts"] == [{
        "resource": "doctor", "id": DOCTOR, "start": "2024-03-12T10:00:00+00:00",
        "end": "2024-03-12T10:30:00+00:00"}]
    for secret in (noor, theirs["id"], "Noor", "Secret"):
        assert secret.encode() not in refused.body


def test_a_patient_and_a_room_are_not_booked_twice_either(server, receptionist):
    sam, noor, room, okafor = (server.resource(name) for name in (
        "Sam Rivera", "Noor Haddad", "Room 1", "Dr. Chidi Okafor"))
    first = receptionist.book("2024-03-12T10:00", patient_id=sam, room_id=room)
    assert (first.status, first["room_id"]) == (201, room)
    same_patient = receptionist.book("2024-03-12T10:15", patient_id=sam, doctor_id=okafor)
    problem = assert_problem(same_patient, 409, "conflict")
    assert [one["resource"] for one in problem["conflicts"]] == ["patient"]
    same_room = receptionist.book("2024-03-12T10:15", patient_id=noor, doctor_id=okafor,
                                  room_id=room)
    problem = assert_problem(same_room, 409, "conflict")
    assert [(one["resource"], one["id"]) for one in problem["conflicts"]] == [("room", room)]


@pytest.mark.parametrize("fields, status, code, pointer", [
    ({"scheduled_time": "2024-02-29T10:00"}, 422, "in_the_past", "/scheduled_time"),
    ({"scheduled_time": "2024-03-09T10:00"}, 422, "outside_availability", "/scheduled_time"),
    ({"scheduled_time": "2024-03-12T16:45"}, 422, "outside_availability", "/scheduled_time"),
    ({"scheduled_time": "2024-03-12T10:02"}, 422, "off_grid", "/scheduled_time"),
    ({"scheduled_time": "2030-03-12T10:00"}, 422, "beyond_horizon", "/scheduled_time"),
    ({"duration_minutes": 1441}, 422, "invalid_argument", "/duration_minutes"),
    ({"duration_minutes": 0}, 422, "invalid_argument", "/duration_minutes"),
    ({"doctor_id": UNKNOWN}, 404, "not_found", None),
    ({"room_id": UNKNOWN}, 404, "not_found", None),
])
def test_a_booking_that_cannot_be_is_refused(patient, fields, status, code, pointer):
    refused = patient.book(**{"scheduled_time": "2024-03-12T10:00", **fields})
    assert_problem(refused, status, code, [pointer] if pointer else [])
    assert ids(patient.get("/api/appointments")) == []


def test_a_refusal_outside_the_hours_names_times_that_can_be_booked(patient):
    refused = patient.book("2024-03-09T10:00")
    assert refused["alternatives"]
    for alternative in refused["alternatives"]:
        booked = patient.book(alternative["start"])
        assert booked.status == 201
        assert patient.post(f"/api/appointments/{booked['id']}/cancel").status == 200


def test_a_hold_takes_its_time_until_it_is_confirmed(patient, server):
    held = patient.book("2024-03-12T10:00", hold=True)
    assert (held.status, held["status"]) == (201, "pending")
    assert held["expires_at"].startswith("2024-03-01T08:05:")
    other = server.sign_in("other_patient")
    assert_problem(other.book("2024-03-12T10:00"), 409, "conflict")
    confirmed = patient.post(f"/api/appointments/{held['id']}/confirm")
    assert (confirmed.status, confirmed["status"], confirmed["expires_at"]) == (200, "booked", None)


def test_a_hold_runs_out_by_the_clock(patient, server):
    held = patient.book("2024-03-12T10:00", hold=True, hold_ttl_seconds=1)
    other = server.sign_in("other_patient")
    assert wait_until(lambda: other.book("2024-03-12T10:00").status == 201, seconds=5)
    path = f"/api/appointments/{held['id']}"
    assert wait_until(lambda: patient.get(path)["status"] == "cancelled", seconds=5)
    assert patient.post(f"{path}/confirm").status == 409
    steps = patient.get(f"{path}/history")["items"]
    assert [step["action"] for step in steps] == ["hold", "expire"]


def test_a_hold_lives_a_second_to_a_day_and_only_a_hold_has_a_lifetime(patient):
    for seconds in (0, -1, 86_401):
        refused = patient.book("2024-03-12T10:00", hold=True, hold_ttl_seconds=seconds)
        assert_problem(refused, 422, pointers=["/hold_ttl_seconds"])
    refused = patient.book("2024-03-12T10:00", hold_ttl_seconds=60)
    assert_problem(refused, 422, pointers=["/hold_ttl_seconds"])


def test_rescheduling_frees_the_old_time_and_takes_the_new_one(patient):
    booked = patient.book("2024-03-12T10:00", duration_minutes=20).json
    moved = patient.post(f"/api/appointments/{booked['id']}/reschedule",
                         {"scheduled_time": "2024-03-13T11:00"})
    assert moved.status == 200
    assert moved["scheduled_time"] == "2024-03-13T11:00:00+00:00"
    assert moved["end_time"] == "2024-03-13T11:20:00+00:00"  # as long as it was
    assert (moved["version"], moved["id"]) == (2, booked["id"])
    assert_problem(patient.book("2024-03-13T11:00"), 409, "conflict")
    assert patient.book("2024-03-12T10:00").status == 201


def test_rescheduling_onto_its_own_time_is_no_conflict(patient):
    booked = patient.book("2024-03-12T10:00").json
    moved = patient.post(f"/api/appointments/{booked['id']}/reschedule",
                         {"scheduled_time": "2024-03-12T10:15", "duration_minutes": 45})
    assert (moved.status, moved["duration_minutes"]) == (200, 45)


@pytest.mark.parametrize("to, status", [
    ({"scheduled_time": "2024-03-12T11:00"}, 409),
    ({"scheduled_time": "2024-03-09T11:00"}, 422),
    ({"scheduled_time": "2024-02-09T11:00"}, 422),
    ({"scheduled_time": "2024-03-13T11:00", "doctor_id": UNKNOWN}, 404),
])
def test_a_refused_rescheduling_leaves_the_old_time_booked(patient, to, status):
    booked = patient.book("2024-03-12T10:00").json
    patient.book("2024-03-12T11:00")
    assert_problem(patient.post(f"/api/appointments/{booked['id']}/reschedule", to), status)
    assert patient.get(f"/api/appointments/{booked['id']}").json == booked
    assert_problem(patient.book("2024-03-12T10:00"), 409, "conflict")


def test_rescheduling_to_another_doctor_takes_their_time(server, patient, receptionist):
    okafor = server.resource("Dr. Chidi Okafor")
    booked = patient.book("2024-03-12T10:00").json
    moved = patient.post(f"/api/appointments/{booked['id']}/reschedule",
                         {"scheduled_time": "2024-03-12T10:00", "doctor_id": okafor})
    assert (moved.status, moved["doctor_id"]) == (200, okafor)
    noor = server.resource("Noor Haddad")
    taken = receptionist.book("2024-03-12T10:00", doctor_id=okafor, patient_id=noor)
    assert_problem(taken, 409, "conflict")
    assert receptionist.book("2024-03-12T10:00", patient_id=noor).status == 201


@pytest.fixture
def three(patient):
    """Three appointments, one of them cancelled, in the order of their starts."""
    made = [patient.book(f"2024-03-{day}T10:00").json for day in (12, 13, 14)]
    patient.post(f"/api/appointments/{made[1]['id']}/cancel")
    return [one["id"] for one in made]


def test_a_list_is_ordered_by_start_and_filtered(server, patient, receptionist, three):
    def list_(**query):
        return ids(patient.get("/api/appointments", **query))
    assert list_() == three
    assert list_(status="cancelled") == three[1:2]
    assert list_(from_="2024-03-13") == three[1:]
    assert list_(to="2024-03-14") == three[:2]
    assert list_(from_="2024-03-12T10:29Z", to="2024-03-12T11:00Z") == three[:1]
    assert list_(from_="2024-03-12T10:30Z", to="2024-03-12T11:00Z") == []  # half-open
    assert list_(doctor_id=DOCTOR) == three
    assert list_(doctor_id=server.resource("Dr. Chidi Okafor")) == []
    sam = server.resource("Sam Rivera")
    assert ids(receptionist.get("/api/appointments", patient_id=sam)) == three


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_a_list_join_to_the_whole(patient, three, limit):
    found, cursor = [], None
    while True:
        after = {"cursor": cursor} if cursor else {}
        page = patient.get("/api/appointments", limit=limit, **after)
        found += ids(page)
        assert len(page["items"]) <= limit
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == three


def test_pages_join_where_many_start_at_once(server, receptionist):
    """Appointments that were booked over one another start at the same time."""
    sam = server.resource("Sam Rivera")
    made = {receptionist.book("2024-03-12T10:00", patient_id=sam, override=True)["id"]
            for _ in range(5)}
    first = receptionist.get("/api/appointments", patient_id=sam, limit=3)
    second = receptionist.get("/api/appointments", patient_id=sam, limit=3,
                              cursor=first["next_cursor"])
    assert len(ids(first)) == 3 and set(ids(first) + ids(second)) == made


@pytest.mark.parametrize("query, pointer", [
    ({"limit": 0}, "/limit"), ({"limit": 501}, "/limit"), ({"limit": "x"}, "/limit"),
    ({"cursor": "x"}, "/cursor"), ({"cursor": "eA"}, "/cursor"), ({"status": "gone"}, "/status"),
    ({"doctor_id": "x"}, "/doctor_id"), ({"from_": "yesterday"}, "/from"), ({"fro": "1"}, "/fro"),
    ({"from_": "2024-03-02", "to": "2024-03-01"}, "/to"),
    ({"from_": "2024-03-01", "to": "2024-03-01"}, "/to"),
])
def test_a_query_that_means_nothing_is_refused(patient, query, pointer):
    assert_problem(patient.get("/api/appointments", **query), 422, pointers=[pointer])


def test_the_history_tells_every_step_and_who_took_it(patient, receptionist, server):
    booked = patient.book("2024-03-12T10:00").json
    path = f"/api/appointments/{booked['id']}"
    patient.post(f"{path}/reschedule", {"scheduled_time": "2024-03-12T12:00"})
    receptionist.post(f"{path}/cancel", {"reason": "Doctor is ill"})
    steps = patient.get(f"{path}/history")["items"]
    assert [(step["from"], step["to"], step["action"]) for step in steps] == [
        (None, "booked", "book"), ("booked", "booked", "reschedule"),
        ("booked", "cancelled", "cancel")]
    assert steps[2]["reason"] == "Doctor is ill"
    assert [step["by"] for step in steps] == [
        patient.get("/api/auth/me")["id"]] * 2 + [receptionist.get("/api/auth/me")["id"]]
    assert all(step["at"].startswith("2024-03-01T08:") for step in steps)
