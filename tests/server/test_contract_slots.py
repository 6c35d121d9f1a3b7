"""Every slot that is offered can be booked as it stands, and nothing that is left out can."""

import datetime
import random

import pytest

from clinic_server import DOCTOR, assert_problem

DAY = datetime.datetime(2024, 3, 12, tzinfo=datetime.timezone.utc)  # a Tuesday; London is on UTC


def at(hours, minutes=0):
    return DAY + datetime.timedelta(hours=hours, minutes=minutes)


def minutes(count):
    return datetime.timedelta(minutes=count)


def starts_offered(client, path, **query):
    """The starts that a slot route offers on the day."""
    answer = client.get(path, from_=at(0).isoformat(), to=at(24).isoformat(), limit=500, **query)
    assert answer.status == 200, answer
    for slot in answer["items"]:
        assert slot["doctor_id"] == DOCTOR
    return [datetime.datetime.fromisoformat(slot["start"]) for slot in answer["items"]]


def starts_bookable(client, duration):
    """The starts, of all in five minutes' distance, that can be booked; each is let go again."""
    found = []
    for number in range(24 * 12):
        start = at(0, 5 * number)
        booked = client.book(start.isoformat(), duration_minutes=duration)
        if booked.status == 201:
            found.append(start)
            cancelled = client.post(f"/api/appointments/{booked['id']}/cancel")
            assert cancelled.status == 200, cancelled
        else:
            assert booked.status in (409, 422), booked
    return found


class Plan:
    """A day in a doctor's life, drawn at random: step, buffers, hours, bookings and time off."""

    def __init__(self, seed):
        draw = random.Random(seed)
        self.step = draw.choice([5, 10, 15, 30])
        self.before = draw.choice([0, 5, 10])
        self.after = draw.choice([0, 5, 15])
        self.duration = draw.choice([15, 20, 30, 45])
        self.window = (at(9), at(17))
        self.busy = []
        for _ in range(5):
            start = at(9, draw.randrange(0, 450, self.step))
            length = draw.choice([10, 30, 60])
            self.busy.append((start, start + minutes(length)))
        off = at(9, draw.randrange(0, 420, 5))
        self.off = (off, off + minutes(draw.choice([25, 60])))

    def set_up(self, doctor, receptionist, patient_id):
        """Tells the server; keeps of the bookings those that it took."""
        changed = doctor.patch("/api/doctors/me", {
            "slot_step_minutes": self.step, "buffer_before_minutes": self.before,
            "buffer_after_minutes": self.after})
        assert changed.status == 200, changed
        taken = []
        for start, end in self.busy:
            length = (end - start) // minutes(1)
            booked = receptionist.book(start.isoformat(), duration_minutes=length,
                                       patient_id=patient_id)
            if booked.status == 201:
                taken.append((start, end))
        assert taken, "a plan without a booking shows nothing"
        self.busy = taken
        off = doctor.post("/api/doctors/me/time-off", {
            "start": self.off[0].isoformat(), "end": self.off[1].isoformat()})
        assert off.status == 201, off

    def starts(self):
        """What can be booked, by the rules as the contract words them."""
        def overlaps(first, second):
            return first[0] < second[1] and second[0] < first[1]

        def around(visit):
            return visit[0] - minutes(self.before), visit[1] + minutes(self.after)

        start = self.window[0]
        while start + minutes(self.duration) <= self.window[1]:
            visit = start, start + minutes(self.duration)
            if not overlaps(visit, self.off) and not any(
                    overlaps(around(visit), around(busy)) for busy in self.busy):
                yield start
            start += minutes(self.step)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_offered_is_what_can_be_booked(server, patient, doctor, receptionist, seed):
    plan = Plan(seed)
    plan.set_up(doctor, receptionist, server.resource("Noor Haddad"))
    # Only of this doctor: the other cardiologist is away.
    away = server.resource("Dr. Chidi Okafor")
    assert receptionist.post(f"/api/doctors/{away}/time-off", {
        "start": at(0).isoformat(), "end": at(24).isoformat()}).status == 201

    offered = starts_offered(patient, f"/api/doctors/{DOCTOR}/slots",
                             duration_minutes=plan.duration)
    assert offered == list(plan.starts())
    assert offered == starts_offered(patient, "/api/slots", specialty="cardiology",
                                     duration_minutes=plan.duration)
    assert offered == starts_bookable(patient, plan.duration)


def test_slots_of_a_specialty_are_those_of_its_doctors_earliest_first(server, patient):
    okafor = server.resource("Dr. Chidi Okafor")
    query = {"from_": "2024-03-11", "to": "2024-03-13", "limit": 500}
    all_of_them = patient.get("/api/slots", specialty="cardiology", **query)["items"]
    of_each = [slot for doctor in (DOCTOR, okafor)
               for slot in patient.get(f"/api/doctors/{doctor}/slots", **query)["items"]]
    assert all_of_them == sorted(of_each, key=lambda slot: (slot["start"], slot["doctor_id"]))
    first = patient.get("/api/slots", specialty="cardiology", **{**query, "limit": 3})["items"]
    assert first == all_of_them[:3]


def test_a_patient_is_not_offered_a_time_at_which_they_are_elsewhere(patient, server):
    query = {"specialty": "dermatology", "from_": "2024-03-12T10:00", "to": "2024-03-12T10:30"}
    assert len(patient.get("/api/slots", **query)["items"]) == 1
    assert patient.book("2024-03-12T10:15").status == 201
    assert patient.get("/api/slots", **query)["items"] == []
    assert len(server.sign_in("other_patient").get("/api/slots", **query)["items"]) == 1


def test_a_slot_is_as_long_as_asked_for_or_as_the_doctor_says(patient, doctor):
    def length(**query):
        slot = patient.get(f"/api/doctors/{DOCTOR}/slots", limit=1, **query)["items"][0]
        start, end = (datetime.datetime.fromisoformat(slot[name]) for name in ("start", "end"))
        return (end - start) // minutes(1)
    assert length(duration_minutes=50) == 50
    doctor.patch("/api/doctors/me", {"default_duration_minutes": 25})
    assert length() == 25


def test_what_is_past_is_not_offered(patient):
    # The clock stands at 08:00:40 on Friday the 1st; the hours begin at 09:00.
    slots = patient.get(f"/api/doctors/{DOCTOR}/slots", from_="2024-02-01", to="2024-03-02",
                        limit=1)["items"]
    assert slots[0]["start"] == "2024-03-01T09:00:00+00:00"
    assert patient.get(f"/api/doctors/{DOCTOR}/slots", from_="2024-02-01",
                       to="2024-03-01")["items"] == []


def test_a_range_that_begins_in_the_past_reaches_four_weeks_from_now(patient):
    long_ago = patient.get(f"/api/doctors/{DOCTOR}/slots", from_="2020-01-01T00:00:00Z", limit=1)
    now = patient.get(f"/api/doctors/{DOCTOR}/slots", limit=1)
    assert long_ago["items"] == now["items"] != []


def test_a_range_of_more_than_two_years_is_refused(patient):
    for path in (f"/api/doctors/{DOCTOR}/slots?limit=1", "/api/slots?specialty=cardiology"):
        refused = patient.get(path + "&from=2024-03-01&to=2026-03-03")
        assert_problem(refused, 422, "too_long", ["/to"])
        assert patient.get(path + "&from=2020-01-01&to=2026-03-01")["items"]


def test_a_held_time_is_not_offered(patient):
    first = patient.get(f"/api/doctors/{DOCTOR}/slots", limit=1)["items"][0]
    assert patient.book(first["start"], hold=True).status == 201
    assert patient.get(f"/api/doctors/{DOCTOR}/slots", limit=1)["items"][0] != first


def test_an_unknown_specialty_has_no_slots_and_none_at_all_is_refused(patient):
    assert patient.get("/api/slots", specialty="alchemy")["items"] == []
    assert_problem(patient.get("/api/slots"), 422, pointers=["/specialty"])


@pytest.mark.parametrize("query", [{"duration_minutes": 1440}, {"duration_minutes": 481}])
def test_a_duration_that_fits_in_no_window_has_no_slots(patient, query):
    assert patient.get(f"/api/doctors/{DOCTOR}/slots", **query)["items"] == []
