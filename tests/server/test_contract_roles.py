"""Who may see and do what: patients, doctors, receptionists and admins."""

import pytest

from clinic_server import assert_problem


@pytest.fixture
def theirs(server):
    """An appointment of another patient with the demo's doctor."""
    booked = server.sign_in("other_patient").book("2024-03-12T10:00")
    assert booked.status == 201, booked
    return booked.json


EVERY_WAY_IN = [("GET", "", None), ("GET", "/history", None), ("POST", "/cancel", None),
                ("POST", "/confirm", {}), ("POST", "/arrive", None), ("POST", "/no-show", None),
                ("POST", "/check-in", None), ("POST", "/complete", None),
                ("POST", "/reschedule", {"scheduled_time": "2024-03-12T11:00"})]


@pytest.mark.parametrize("role", ["patient", "other_doctor"])
def test_what_is_not_ones_own_does_not_exist(server, theirs, role):
    client = server.sign_in(role)
    for method, suffix, body in EVERY_WAY_IN:
        known = client.request(method, f"/api/appointments/{theirs['id']}{suffix}", body)
        unknown = client.request(
            method, f"/api/appointments/00000000-0000-7000-8000-000000000001{suffix}", body)
        # What nobody in the role may do is refused before anyone looks whether it is there.
        not_for_patients = suffix in ("/arrive", "/no-show", "/check-in", "/complete")
        for answer in (known, unknown):
            if role == "patient" and not_for_patients:
                assert_problem(answer, 403, "forbidden")
            else:
                assert_problem(answer, 404, "not_found")
        differing = {"request_id", "instance"}
        assert ({key: value for key, value in known.json.items() if key not in differing}
                == {key: value for key, value in unknown.json.items() if key not in differing})
    assert theirs["id"] not in [one["id"] for one in client.get("/api/appointments")["items"]]
    listed = client.get("/api/appointments", patient_id=theirs["patient_id"])
    assert listed.status == 200
    assert theirs["id"] not in [one["id"] for one in listed["items"]]
    assert server.sign_in("other_patient").get(f"/api/appointments/{theirs['id']}").json == theirs


def test_a_doctor_sees_their_own_calendar_and_acts_in_it(doctor, theirs):
    assert theirs["id"] in [one["id"] for one in doctor.get("/api/appointments")["items"]]
    path = f"/api/appointments/{theirs['id']}"
    assert doctor.get(path).json == theirs
    assert doctor.post(f"{path}/arrive").status == 200


def test_a_patient_books_only_for_themselves(server, patient):
    noor = server.resource("Noor Haddad")
    assert_problem(patient.book("2024-03-12T10:00", patient_id=noor), 403, "forbidden")
    sam = server.resource("Sam Rivera")
    assert patient.book("2024-03-12T10:00", patient_id=sam).status == 201


def test_a_patient_learns_nothing_of_whether_another_exists(server, patient):
    known = patient.book("2024-03-12T10:00", patient_id=server.resource("Noor Haddad"))
    unknown = patient.book("2024-03-12T10:00", patient_id="00000000-0000-7000-8000-000000000001")
    assert (known.status, known["code"], known["detail"]) == (
        unknown.status, unknown["code"], unknown["detail"])


def test_staff_say_for_whom_they_book_and_book_for_anyone(server, receptionist, admin):
    for day, client in ((12, receptionist), (13, admin)):
        assert_problem(client.book(f"2024-03-{day}T10:00"), 422, pointers=["/patient_id"])
        noor = server.resource("Noor Haddad")
        booked = client.book(f"2024-03-{day}T10:00", patient_id=noor)
        assert (booked.status, booked["patient_id"]) == (201, noor)


def test_a_receptionist_sees_every_appointment(receptionist, theirs):
    assert receptionist.get(f"/api/appointments/{theirs['id']}").json == theirs


def test_staff_cannot_book_for_who_is_no_patient(server, receptionist):
    for name in ("Room 1", "Dr. Chidi Okafor"):
        refused = receptionist.book("2024-03-12T10:00", patient_id=server.resource(name))
        assert_problem(refused, 404, "not_found")


def test_a_doctor_books_their_own_patients_in_their_own_calendar(server, doctor, theirs):
    okafor = server.resource("Dr. Chidi Okafor")
    noor = theirs["patient_id"]
    assert doctor.book("2024-03-12T11:00", patient_id=noor).status == 201
    elsewhere = doctor.book("2024-03-12T12:00", patient_id=noor, doctor_id=okafor)
    assert_problem(elsewhere, 403, "forbidden")
    stranger = doctor.book("2024-03-12T12:00", patient_id=server.resource("Sam Rivera"))
    assert_problem(stranger, 404, "not_found")


def test_a_doctor_does_not_move_an_appointment_to_a_colleague(server, doctor, theirs):
    moved = doctor.post(f"/api/appointments/{theirs['id']}/reschedule", {
        "scheduled_time": "2024-03-12T10:00", "doctor_id": server.resource("Dr. Chidi Okafor")})
    assert_problem(moved, 403, "forbidden")


def test_only_staff_override(server, patient, doctor, theirs):
    for client, fields in ((patient, {}), (doctor, {"patient_id": theirs["patient_id"]})):
        for time in ("2024-03-12T10:00", "2024-03-09T10:00", "2024-03-12T12:00"):
            refused = client.book(time, override=True, **fields)
            assert_problem(refused, 403, "forbidden")


def test_an_override_books_over_hours_and_appointments_and_is_audited(server, receptionist, theirs):
    sam = server.resource("Sam Rivera")
    for time in ("2024-03-12T10:15", "2024-03-09T10:00", "2024-03-12T03:03"):
        booked = receptionist.book(time, override=True, patient_id=sam)
        assert booked.status == 201, booked
        [(count,)] = server.rows(
            "SELECT count(*) FROM audit WHERE subject = ? AND detail LIKE '%override%'",
            booked["id"])
        assert count == 1
        steps = receptionist.get(f"/api/appointments/{booked['id']}/history")["items"]
        assert steps[0]["reason"] == "override"
    past = receptionist.book("2024-02-29T10:00", override=True, patient_id=sam)
    assert_problem(past, 422, "in_the_past")


def test_every_read_and_write_of_an_appointment_leaves_an_audit_entry(server, theirs, receptionist):
    path = f"/api/appointments/{theirs['id']}"

    def entries():
        return server.rows("SELECT count(*) FROM audit WHERE subject = ?", theirs["id"])[0][0]

    before = entries()
    for number, request in enumerate([
            lambda: receptionist.get(path), lambda: receptionist.get(f"{path}/history"),
            lambda: receptionist.get("/api/appointments", patient_id=theirs["patient_id"],
                                     from_="2024-03-12"),
            lambda: receptionist.post(f"{path}/reschedule", {"scheduled_time": "2024-03-12T12:00"}),
            lambda: receptionist.post(f"{path}/cancel")], start=1):
        assert request().status == 200
        assert entries() == before + number
    [(actor, source)] = set(server.rows(
        "SELECT actor, source FROM audit WHERE subject = ? ORDER BY sequence DESC LIMIT 5",
        theirs["id"]))
    assert (actor, source) == (receptionist.get("/api/auth/me")["id"], "127.0.0.1")
