"""Times with and without an offset, and the two nights on which London's clocks change."""

import pytest

from clinic_server import DOCTOR, assert_problem

SPRING = "2024-03-31"  # 01:00 GMT becomes 02:00 BST
AUTUMN = "2024-10-27"  # 02:00 BST becomes 01:00 GMT


@pytest.fixture
def night_shift(doctor):
    """The doctor works from midnight to six on both nights."""
    for day in (SPRING, AUTUMN):
        added = doctor.post("/api/doctors/availability", {
            "start_time": f"{day}T00:00:00", "end_time": f"{day}T06:00:00", "recurring": False})
        assert added.status == 201, added


def test_a_time_without_an_offset_is_the_doctors_local_time(patient):
    booked = patient.book("2024-04-02T10:00:00")
    assert booked["scheduled_time"] == "2024-04-02T10:00:00+01:00"
    assert booked["timezone"] == "Europe/London"


def test_a_time_with_an_offset_is_that_instant_wherever(patient):
    booked = patient.book("2024-04-02T05:00:00-04:00")
    assert booked["scheduled_time"] == "2024-04-02T10:00:00+01:00"
    assert_problem(patient.book("2024-04-02T09:00:00Z"), 409, "conflict")


def test_the_zone_is_the_doctors_not_the_patients(patient):
    patient.patch("/api/patients/me", {"timezone": "America/New_York"})
    assert patient.book("2024-04-02T10:00")["scheduled_time"] == "2024-04-02T10:00:00+01:00"


def test_a_skipped_local_time_is_moved_forward_by_the_gap(patient, night_shift):
    booked = patient.book(f"{SPRING}T01:30:00")
    assert booked.status == 201, booked
    assert booked["scheduled_time"] == f"{SPRING}T02:30:00+01:00"
    assert_problem(patient.book(f"{SPRING}T02:30:00"), 409, "conflict")
    assert_problem(patient.book(f"{SPRING}T01:30:00Z"), 409, "conflict")


def test_a_repeated_local_time_means_the_first(patient, night_shift):
    booked = patient.book(f"{AUTUMN}T01:30:00")
    assert booked["scheduled_time"] == f"{AUTUMN}T01:30:00+01:00"
    second = patient.book(f"{AUTUMN}T01:30:00+00:00")
    assert second.status == 201
    assert second["scheduled_time"] == f"{AUTUMN}T01:30:00+00:00"
    assert_problem(patient.book(f"{AUTUMN}T00:30:00Z"), 409, "conflict")


def test_a_night_shift_is_an_hour_shorter_or_longer(patient, night_shift):
    def starts(day):
        slots = patient.get(f"/api/doctors/{DOCTOR}/slots", from_=f"{day}T00:00",
                            to=f"{day}T06:00", duration_minutes=60, limit=500)["items"]
        return [slot["start"] for slot in slots if slot["start"][14:16] == "00"]
    assert [start[11:] for start in starts(SPRING)] == [
        "00:00:00+00:00", "02:00:00+01:00", "03:00:00+01:00", "04:00:00+01:00", "05:00:00+01:00"]
    assert [start[11:] for start in starts(AUTUMN)] == [
        "00:00:00+01:00", "01:00:00+01:00", "01:00:00+00:00", "02:00:00+00:00", "03:00:00+00:00",
        "04:00:00+00:00", "05:00:00+00:00"]


def test_weekly_hours_stay_at_the_same_wall_clock_time(patient):
    windows = patient.get(f"/api/doctors/{DOCTOR}/availability",
                          from_="2024-03-29", to="2024-04-02")["windows"]
    assert [window["start"] for window in windows] == [
        "2024-03-29T09:00:00+00:00", "2024-04-01T09:00:00+01:00"]


def test_a_filter_without_an_offset_is_local_to_the_doctor_that_it_names(patient):
    booked = patient.book("2024-04-02T10:00")
    found = patient.get("/api/appointments", doctor_id=DOCTOR, from_="2024-04-02T10:00",
                        to="2024-04-02T10:30")
    assert [one["id"] for one in found["items"]] == [booked["id"]]


def test_an_unescaped_plus_of_an_offset_is_understood(patient):
    booked = patient.book("2024-04-02T10:00")
    answer = patient.request("GET", "/api/appointments?from=2024-04-02T10:00:00+01:00"
                                    "&to=2024-04-02T10:30:00+01:00")
    assert [one["id"] for one in answer["items"]] == [booked["id"]]


def test_a_refusal_shows_times_as_the_doctors_clocks_do(patient):
    moving = patient.book("2024-04-02T12:00").json
    patient.book("2024-04-02T10:00")
    booked = patient.book("2024-04-02T10:00")
    moved = patient.post(f"/api/appointments/{moving['id']}/reschedule",
                         {"scheduled_time": "2024-04-02T10:00"})
    for refused in (booked, moved):
        problem = assert_problem(refused, 409, "conflict")
        for shown in problem["conflicts"] + problem["alternatives"]:
            assert shown["start"].endswith("+01:00"), refused
