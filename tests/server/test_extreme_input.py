"""Input that is well-formed and far out: never a server error, and never a long wait."""

import time

import pytest

from clinic_server import DOCTOR, assert_problem

EXTREME_TIMES = ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59", "9999-12-31T23:00",
                 "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z",
                 "0001-01-01T00:00:00-14:00", "1970-01-01T00:00", "2024-02-29T00:00"]
PATIENCE_SECONDS = 5


@pytest.fixture(autouse=True)
def still_serving(server, patient):
    """Holds every test to it that the doctor's calendar can be asked for afterwards, and soon."""
    start = time.monotonic()
    yield
    assert patient.get("/api/slots", specialty="cardiology").status == 200
    assert patient.get(f"/api/doctors/{DOCTOR}/availability").status == 200
    assert patient.get("/api/appointments").status == 200
    assert time.monotonic() - start < PATIENCE_SECONDS
    server.kill()
    server.start(clock="2024-03-01T08:01:00Z")  # what was taken can be loaded again
    assert server.sign_in("patient").get("/api/slots", specialty="cardiology").status == 200


@pytest.mark.parametrize("when", EXTREME_TIMES)
def test_a_booking_far_out_is_refused_by_a_rule(patient, receptionist, server, when):
    sam = server.resource("Sam Rivera")
    for client, fields in ((patient, {}), (receptionist, {"patient_id": sam})):
        refused = client.book(when, duration_minutes=1440, **fields)
        assert refused.status in (422, 409), refused
        assert_problem(refused, refused.status)
    over = receptionist.book(when, override=True, patient_id=sam, duration_minutes=1440)
    assert over.status in (201, 422), over


@pytest.mark.parametrize("when", EXTREME_TIMES)
def test_an_appointment_is_not_moved_far_out(patient, when):
    booked = patient.book("2024-03-12T10:00").json
    moved = patient.post(f"/api/appointments/{booked['id']}/reschedule", {"scheduled_time": when})
    assert_problem(moved, 422)
    assert patient.get(f"/api/appointments/{booked['id']}").json == booked


@pytest.mark.parametrize("start", EXTREME_TIMES)
@pytest.mark.parametrize("end", EXTREME_TIMES)
def test_time_off_from_any_time_to_any_is_taken_or_refused(doctor, start, end):
    answer = doctor.post("/api/doctors/me/time-off", {"start": start, "end": end})
    assert answer.status in (201, 422), answer


RULES = [False, True, "daily", "weekly", "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY",
         "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY;BYYEARDAY=366;BYDAY=MO",
         "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;BYMONTH=2", "FREQ=YEARLY;INTERVAL=9999",
         "FREQ=DAILY;INTERVAL=2147483647", "FREQ=DAILY;COUNT=2147483647",
         "FREQ=SECONDLY;COUNT=2147483647",
         "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE="
         + ",".join(map(str, range(60))) + ";BYSECOND=" + ",".join(map(str, range(60))),
         "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=31;BYMONTH=2"]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("start, end", [
    ("2024-03-02T10:00", "2024-03-02T11:00"), ("0001-01-01T00:00", "0001-01-01T01:00"),
    ("9999-12-31T22:00", "9999-12-31T23:00"), ("2024-03-02T10:00", "2024-03-08T10:00")])
def test_hours_by_any_rule_are_taken_or_refused_soon(doctor, rule, start, end):
    answer = doctor.post("/api/doctors/availability", {
        "start_time": start, "end_time": end, "recurring": rule})
    assert answer.status in (201, 422), answer


@pytest.mark.parametrize("from_", EXTREME_TIMES)
def test_a_search_over_all_of_time_is_answered_or_refused(patient, from_):
    for to in EXTREME_TIMES:
        for path in (f"/api/doctors/{DOCTOR}/slots", f"/api/doctors/{DOCTOR}/availability",
                     "/api/appointments"):
            answer = patient.get(path, from_=from_, to=to)
            assert answer.status in (200, 422), (path, answer)
        answer = patient.get("/api/slots", specialty="cardiology", from_=from_, to=to, limit=500,
                             duration_minutes=1440)
        assert answer.status in (200, 422), answer


def test_text_of_any_script_comes_back_as_it_went_in(patient):
    text = "Ärztin 👩🏽‍⚕️ \u202eabc\u202c \"quoted\" \\ </script> 'x'; DROP TABLE booking; --\n\tend"
    booked = patient.book("2024-03-12T10:00", reason=text)
    assert booked["reason"] == text
    assert patient.get(f"/api/appointments/{booked['id']}")["reason"] == text
