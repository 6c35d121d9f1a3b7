"""What can happen to an appointment: every action in every state that a client can bring about."""

import pytest

from clinic_server import assert_problem

ACTIONS = ["confirm", "arrive", "check-in", "complete", "cancel", "no-show"]

# How to get into a state (a hold or a booking, then actions), and where actions lead from there.
STATES = {
    "pending": ([], {"confirm": "booked", "cancel": "cancelled"}),
    "booked": ([], {"arrive": "arrived", "check-in": "checked-in", "cancel": "cancelled",
                    "no-show": "noshow"}),
    "arrived": (["arrive"], {"check-in": "checked-in", "complete": "fulfilled",
                             "cancel": "cancelled"}),
    "checked-in": (["check-in"], {"complete": "fulfilled", "cancel": "cancelled"}),
    "fulfilled": (["check-in", "complete"], {}),
    "cancelled": (["cancel"], {}),
    "noshow": (["no-show"], {}),
}
OCCUPYING = {"pending", "booked", "arrived", "checked-in", "fulfilled"}


def bring_into(server, staff, state):
    """An appointment in that state."""
    steps, _ = STATES[state]
    made = staff.book("2024-03-12T10:00", hold=state == "pending",
                      patient_id=server.resource("Sam Rivera"))
    assert made.status == 201, made
    path = f"/api/appointments/{made['id']}"
    for step in steps:
        assert staff.post(f"{path}/{step}").status == 200
    assert staff.get(path)["status"] == state
    return path


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_leads_where_the_table_says_or_is_refused(server, receptionist, state, action):
    path = bring_into(server, receptionist, state)
    before = receptionist.get(path).json
    answer = receptionist.post(f"{path}/{action}", {"reason": "because"})
    leads_to = STATES[state][1].get(action)
    if leads_to is None:
        problem = assert_problem(answer, 409, "illegal_transition")
        possible = set(problem["allowed"]) & set(ACTIONS)
        assert possible == set(STATES[state][1])
        assert receptionist.get(path).json == before
    else:
        assert answer.status == 200, answer
        assert (answer["status"], answer["version"]) == (leads_to, before["version"] + 1)
        assert receptionist.get(path).json == answer.json
        assert receptionist.get(f"{path}/history")["items"][-1]["reason"] == "because"


@pytest.mark.parametrize("state", STATES)
def test_the_states_of_the_contract_occupy_time_and_the_others_do_not(server, receptionist, state):
    bring_into(server, receptionist, state)
    again = receptionist.book("2024-03-12T10:00", patient_id=server.resource("Sam Rivera"))
    assert again.status == (409 if state in OCCUPYING else 201), again


@pytest.mark.parametrize("state", ["cancelled", "noshow", "fulfilled"])
def test_what_has_ended_cannot_be_moved(server, receptionist, state):
    path = bring_into(server, receptionist, state)
    moved = receptionist.post(f"{path}/reschedule", {"scheduled_time": "2024-03-13T10:00"})
    assert_problem(moved, 409, "illegal_transition")


def test_a_patient_confirms_and_cancels_and_leaves_the_rest_to_the_clinic(patient):
    held = patient.book("2024-03-12T10:00", hold=True).json
    path = f"/api/appointments/{held['id']}"
    assert patient.post(f"{path}/confirm").status == 200
    for action in ("arrive", "check-in", "complete", "no-show"):
        assert_problem(patient.post(f"{path}/{action}"), 403, "forbidden")
    assert patient.post(f"{path}/cancel").status == 200


def test_transitions_and_moves_honour_if_match(patient):
    booked = patient.book("2024-03-12T10:00")
    path, etag = booked.headers["location"], booked.headers["etag"]
    moved = patient.post(f"{path}/reschedule", {"scheduled_time": "2024-03-12T11:00"},
                         headers={"If-Match": etag})
    assert moved.status == 200 and moved.headers["etag"] != etag
    stale = patient.post(f"{path}/cancel", headers={"If-Match": etag})
    assert_problem(stale, 412, "stale_version")
    stale = patient.post(f"{path}/reschedule", {"scheduled_time": "2024-03-12T12:00"},
                         headers={"If-Match": etag})
    assert_problem(stale, 412, "stale_version")
    assert patient.get(path)["scheduled_time"] == "2024-03-12T11:00:00+00:00"
    etag = patient.get(path).headers["etag"]
    assert patient.post(f"{path}/cancel", headers={"If-Match": etag}).status == 200


@pytest.mark.parametrize("state", ["arrived", "checked-in"])
def test_a_visit_that_has_begun_is_not_the_patients_to_move_or_to_end(
        server, patient, receptionist, state):
    path = bring_into(server, receptionist, state)
    assert_problem(patient.post(f"{path}/cancel"), 403, "forbidden")
    for anyone in (patient, receptionist):
        assert_problem(anyone.post(f"{path}/reschedule", {"scheduled_time": "2024-03-13T10:00"}),
                       409, "illegal_transition")
    assert patient.get(path)["status"] == state
