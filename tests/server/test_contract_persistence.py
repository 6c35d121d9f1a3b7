"""What was answered is there after a restart, however the server ended."""

import pytest

from clinic_server import DOCTOR

AFTERWARDS = "2024-03-01T08:02:00Z"

QUESTIONS = [
    ("patient", "/api/patients/me"),
    ("patient", "/api/auth/me"),
    ("patient", "/api/appointments"),
    ("patient", "/api/doctors"),
    ("patient", f"/api/doctors/{DOCTOR}"),
    ("patient", f"/api/doctors/{DOCTOR}/availability?from=2024-03-01&to=2024-04-01"),
    ("doctor", "/api/doctors/me/time-off"),
    ("patient", f"/api/doctors/{DOCTOR}/slots?from=2024-03-11&to=2024-03-14&limit=500"),
    ("patient", "/api/slots?specialty=cardiology&from=2024-03-11&to=2024-03-13&limit=500"),
    ("receptionist", "/api/appointments?limit=500"),
]


def do_a_bit_of_everything(patient, doctor):
    made = [patient.book(f"2024-03-12T{hour}:00").json["id"] for hour in (10, 11, 12, 13)]
    patient.post(f"/api/appointments/{made[0]}/cancel", {"reason": "Better"})
    patient.post(f"/api/appointments/{made[1]}/reschedule", {"scheduled_time": "2024-03-13T15:00"})
    doctor.post(f"/api/appointments/{made[2]}/arrive")
    assert patient.book("2024-03-13T10:00", hold=True, hold_ttl_seconds=3600).status == 201
    assert patient.patch("/api/patients/me", {"phone": "1"}).status == 200
    assert doctor.patch("/api/doctors/me", {"buffer_after_minutes": 5}).status == 200
    assert doctor.post("/api/doctors/me/time-off", {
        "start": "2024-03-13T12:00", "end": "2024-03-13T13:00"}).status == 201
    assert doctor.post("/api/doctors/availability", {
        "start_time": "2024-03-09T10:00", "end_time": "2024-03-09T12:00",
        "recurring": "weekly", "exceptions": ["2024-03-16"]}).status == 201
    return made


def answers(server, appointments):
    histories = [("patient", f"/api/appointments/{one}/history") for one in appointments]
    return [(path, server.sign_in(role).get(path).json) for role, path in QUESTIONS + histories]


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_restart_gives_the_same_answers_to_the_same_people(server, patient, doctor, ending):
    appointments = do_a_bit_of_everything(patient, doctor)
    before = answers(server, appointments)
    code = getattr(server, ending)()
    assert code == (0 if ending == "stop" else -9)
    server.start(clock=AFTERWARDS)
    # By the tokens that were handed out before the restart.
    assert answers(server, appointments) == before


def test_a_session_that_ended_stays_ended(server):
    token = server.log_in("patient@example.com")["access_token"]
    assert server.client(token).post("/api/auth/logout").status == 204
    server.kill()
    server.start(clock=AFTERWARDS)
    assert server.client(token).get("/api/auth/me").status == 401


def test_a_hold_runs_out_while_the_server_is_away(server, patient):
    held = patient.book("2024-03-12T10:00", hold=True, hold_ttl_seconds=60).json
    server.kill()
    server.start(clock="2024-03-01T08:05:00Z")
    patient = server.sign_in("patient")
    assert patient.book("2024-03-12T10:00").status == 201
    steps = patient.get(f"/api/appointments/{held['id']}/history")["items"]
    assert [step["to"] for step in steps] == ["pending", "cancelled"]
