"""When doctors work and when they are away: availability and time off."""

import pytest

from clinic_server import DOCTOR, assert_problem

SATURDAY = {"start_time": "2024-03-09T10:00:00", "end_time": "2024-03-09T12:00:00",
            "recurring": False}


def windows(client, from_, to):
    answer = client.get(f"/api/doctors/{DOCTOR}/availability", from_=from_, to=to)
    assert answer.status == 200, answer
    return [(window["start"], window["end"]) for window in answer["windows"]]


def days(client, from_, to):
    return [start[:10] for start, _ in windows(client, from_, to)]


def test_hours_are_given_back_as_they_were_added(doctor):
    added = doctor.post("/api/doctors/availability", SATURDAY)
    assert added.status == 201
    assert added["doctor_id"] == DOCTOR
    assert added["start_time"] == "2024-03-09T10:00:00+00:00"
    assert added["end_time"] == "2024-03-09T12:00:00+00:00"
    assert (added["recurring"], added["rrule"]) == (False, None)
    assert added["timezone"] == "Europe/London"


@pytest.mark.parametrize("recurring, rrule, expected", [
    (False, None, ["09"]),
    (True, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", []),
    ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", []),
    ("daily", "FREQ=DAILY", ["09", "10", "16", "17", "23", "24"]),
    ("weekly", "FREQ=WEEKLY", ["09", "16", "23"]),
    ("FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2", ["09", "23"]),
    ("FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=2", ["09", "10"]),
])
def test_recurring_hours_come_on_the_days_of_their_rule(doctor, recurring, rrule, expected):
    added = doctor.post("/api/doctors/availability", {**SATURDAY, "recurring": recurring})
    assert added.status == 201, added
    assert added["rrule"] == rrule
    weekend = [day[-2:] for day in days(doctor, "2024-03-09", "2024-03-25")
               if day[-2:] in ("09", "10", "16", "17", "23", "24")]
    assert weekend == expected


def test_hours_end_with_until_inclusive_and_leave_out_exceptions(doctor):
    doctor.post("/api/doctors/availability",
                {**SATURDAY, "recurring": "weekly", "until": "2024-03-23",
                 "exceptions": ["2024-03-16"]})
    saturdays = [day for day in days(doctor, "2024-03-09", "2024-04-08")
                 if day in ("2024-03-09", "2024-03-16", "2024-03-23", "2024-03-30")]
    assert saturdays == ["2024-03-09", "2024-03-23"]


def test_staff_add_hours_for_a_doctor_and_others_do_not(server, patient, receptionist, admin):
    path = f"/api/doctors/{DOCTOR}/availability"
    assert receptionist.post(path, SATURDAY).status == 201
    assert admin.post(path, SATURDAY).status == 201
    for client in (patient, server.sign_in("other_doctor")):
        assert_problem(client.post(path, SATURDAY), 403, "forbidden")
    for client in (patient, receptionist):
        assert_problem(client.post("/api/doctors/availability", SATURDAY), 403, "forbidden")


@pytest.mark.parametrize("change, pointer", [
    ({"end_time": "2024-03-09T10:00:00"}, "/end_time"),
    ({"end_time": "2024-03-09T09:00:00"}, "/end_time"),
    ({"end_time": "2024-03-19T09:00:00"}, "/end_time"),
    ({"recurring": "fortnightly"}, "/recurring"),
    ({"recurring": 1}, "/recurring"),
    ({"recurring": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "/recurring"),
    ({"recurring": True, "exceptions": ["2024-13-01"]}, "/exceptions/0"),
    ({"recurring": True, "until": "soon"}, "/until"),
    ({"recurring": True, "until": 5}, "/until"),
    ({"until": "2024-03-23"}, "/until"),
    ({"exceptions": ["2024-03-23"]}, "/exceptions"),
])
def test_hours_that_cannot_be_are_refused_and_nothing_changes(doctor, change, pointer):
    before = doctor.get("/api/doctors/me/availability").json
    refused = doctor.post("/api/doctors/availability", {**SATURDAY, **change})
    assert_problem(refused, 422, pointers=[pointer])
    assert doctor.get("/api/doctors/me/availability").json == before


def rule_of_the_demo(client):
    [rule] = client.get(f"/api/doctors/{DOCTOR}/availability")["rules"]
    return f"/api/doctors/{DOCTOR}/availability/{rule['id']}"


def test_appointments_outside_replaced_hours_stay_and_are_named(patient, doctor):
    booked = patient.book("2024-03-12T16:30").json
    kept = patient.book("2024-03-12T11:00").json
    replaced = doctor.put(rule_of_the_demo(doctor), {
        "start_time": "2024-03-01T09:00:00", "end_time": "2024-03-01T12:00:00", "recurring": True})
    assert replaced.status == 200, replaced
    assert [one["id"] for one in replaced["orphaned_appointments"]] == [booked["id"]]
    assert patient.get(f"/api/appointments/{booked['id']}")["status"] == "booked"
    assert patient.get(f"/api/appointments/{kept['id']}")["status"] == "booked"
    assert_problem(patient.book("2024-03-13T16:30"), 422, "outside_availability",
                   ["/scheduled_time"])
    assert windows(doctor, "2024-03-13", "2024-03-14") == [
        ("2024-03-13T09:00:00+00:00", "2024-03-13T12:00:00+00:00")]


def test_hours_that_somebody_else_changed_are_not_overwritten(server, doctor):
    path = rule_of_the_demo(doctor)
    morning = {"start_time": "2024-03-01T09:00:00", "end_time": "2024-03-01T12:00:00",
               "recurring": True}
    afternoon = {**morning, "start_time": "2024-03-01T11:00:00"}
    known = doctor.get("/api/doctors/me/availability")["rules"][0]["etag"]
    changed = server.sign_in("receptionist").put(path, morning, headers={"If-Match": known})
    assert changed.status == 200, changed
    assert changed.headers["etag"] == changed["etag"] != known
    for stale in (known, '"1"', "W/" + changed["etag"], changed["etag"] + ", " + known, '""', "x"):
        refused = doctor.put(path, afternoon, headers={"If-Match": stale})
        assert_problem(refused, 412, "stale_version")
    [rule] = doctor.get("/api/doctors/me/availability")["rules"]
    assert (rule["start_time"], rule["etag"]) == (changed["start_time"], changed["etag"])
    assert doctor.put(path, afternoon, headers={"If-Match": rule["etag"]}).status == 200
    assert doctor.put(path, morning, headers={"If-Match": "*"}).status == 200


def test_deleted_hours_leave_their_appointments_and_name_them(patient, doctor):
    booked = patient.book("2024-03-12T16:30").json
    deleted = doctor.delete(rule_of_the_demo(doctor))
    assert deleted.status == 200
    assert booked["id"] in [one["id"] for one in deleted["orphaned_appointments"]]
    assert windows(doctor, "2024-03-12", "2024-03-14") == []
    assert patient.get(f"/api/appointments/{booked['id']}")["status"] == "booked"


def test_a_rule_that_is_not_the_doctors_is_not_found(server, doctor, receptionist):
    okafor = server.resource("Dr. Chidi Okafor")
    [rule] = receptionist.get(f"/api/doctors/{okafor}/availability")["rules"]
    path = f"/api/doctors/{DOCTOR}/availability/{rule['id']}"
    assert_problem(doctor.delete(path), 404, "not_found")
    assert_problem(doctor.put(path, SATURDAY), 404, "not_found")
    assert len(receptionist.get(f"/api/doctors/{okafor}/availability")["rules"]) == 1


def test_time_off_takes_precedence_over_hours_until_it_is_deleted(patient, doctor):
    added = doctor.post(f"/api/doctors/{DOCTOR}/time-off", {
        "start": "2024-03-12T12:00", "end": "2024-03-12T13:00", "reason": "Training"})
    assert added.status == 201
    assert (added["start"], added["reason"]) == ("2024-03-12T12:00:00+00:00", "Training")
    assert windows(patient, "2024-03-12", "2024-03-13") == [
        ("2024-03-12T09:00:00+00:00", "2024-03-12T12:00:00+00:00"),
        ("2024-03-12T13:00:00+00:00", "2024-03-12T17:00:00+00:00")]
    assert_problem(patient.book("2024-03-12T12:30"), 422, "outside_availability")
    listed = doctor.get("/api/doctors/me/time-off")
    assert [one["id"] for one in listed["items"]] == [added["id"]]
    deleted = doctor.delete(f"/api/doctors/{DOCTOR}/time-off/{added['id']}")
    assert (deleted.status, deleted.body) == (204, b"")
    assert_problem(doctor.delete(f"/api/doctors/{DOCTOR}/time-off/{added['id']}"), 404)
    assert patient.book("2024-03-12T12:30").status == 201


def test_time_off_is_for_the_doctor_and_the_staff(server, patient, receptionist):
    path = f"/api/doctors/{DOCTOR}/time-off"
    body = {"start": "2024-03-12T12:00", "end": "2024-03-12T13:00"}
    for client in (patient, server.sign_in("other_doctor")):
        assert_problem(client.post(path, body), 403, "forbidden")
        assert_problem(client.get(path), 403, "forbidden")
    assert receptionist.post(path, body).status == 201


def test_time_off_that_ends_before_it_starts_is_refused(doctor):
    for end in ("2024-03-12T12:00", "2024-03-12T11:00"):
        refused = doctor.post("/api/doctors/me/time-off", {"start": "2024-03-12T12:00", "end": end})
        assert_problem(refused, 422, pointers=["/end"])
    assert doctor.get("/api/doctors/me/time-off")["items"] == []


def test_a_range_of_more_than_two_years_is_refused(patient):
    path = f"/api/doctors/{DOCTOR}/availability"
    refused = patient.get(path, from_="2024-01-01", to="9999-12-31")
    assert_problem(refused, 422, "too_long", ["/to"])


def test_time_off_comes_in_pages(doctor):
    for day in (4, 5, 6):
        assert doctor.post("/api/doctors/me/time-off", {
            "start": f"2024-03-0{day}T09:00", "end": f"2024-03-0{day}T10:00"}).status == 201
    first = doctor.get("/api/doctors/me/time-off", limit=2)
    rest = doctor.get("/api/doctors/me/time-off", limit=2, cursor=first["next_cursor"])
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert first["items"] + rest["items"] == doctor.get("/api/doctors/me/time-off")["items"]
