"""The check of histories is held to account: a true story passes, each kind of lie is found out."""

import copy

import pytest

import history_check
from cluster import Operation

DOCTOR, PATIENT, OTHER = "doctor", "patient", "other patient"
T9, T10 = "2024-03-04T09:00:00Z", "2024-03-04T10:00:00Z"
HALF_PAST = {T9: "2024-03-04T09:30:00Z", T10: "2024-03-04T10:30:00Z"}


def operation(kind, began, ended, status, answer, node=0, **asked):
    made = Operation(kind, **asked)
    made.nodes = [node]
    made.began, made.ended, made.status, made.answer = began, ended, status, answer
    return made


def appointment(identifier, at, status, version, patient=PATIENT):
    return {"id": identifier, "doctor_id": DOCTOR, "patient_id": patient, "scheduled_time": at,
            "end_time": HALF_PAST[at], "status": status, "version": version, "reason": identifier}


def book(identifier, at, began, ended, status=201, patient=PATIENT, answer=None):
    if answer is None:
        answer = appointment(identifier, at, "booked", 1, patient)
    return operation("book", began, ended, status, answer, key=identifier, doctor_id=DOCTOR,
                     patient_id=patient, scheduled_time=at, duration_minutes=30,
                     reason=identifier)


def refusal(identifier, at, began, ended):
    conflict = {"resource": "doctor", "id": DOCTOR, "start": at, "end": HALF_PAST[at]}
    return book(identifier, at, began, ended, 409, OTHER,
                {"code": "conflict", "conflicts": [conflict]})


def change(kind, identifier, began, ended, status, answer, **asked):
    return operation(kind, began, ended, status, answer, id=identifier, **asked)


def true_story():
    """a is booked at nine and moved to ten, b then gets nine; c was refused ten."""
    history = [
        book("a", T9, 1, 2),
        change("reschedule", "a", 3, 4, 200, appointment("a", T10, "booked", 2),
               scheduled_time=T10),
        book("b", T9, 3.5, 5, patient=OTHER),
        refusal("c", T10, 6, 7),
        change("cancel", "b", 8, 9, 200, appointment("b", T9, "cancelled", 2, OTHER)),
        change("check-in", "b", 10, 11, 409, {"code": "illegal_transition"}),
        book("d", T9, 12, None, None, answer={}),
    ]
    final = [appointment("a", T10, "booked", 2), appointment("b", T9, "cancelled", 2, OTHER)]
    return history, final


def test_a_true_story_passes():
    assert history_check.findings(*true_story()) == []


def test_what_nobody_was_told_of_may_have_happened_or_not():
    history, final = true_story()
    assert history_check.findings(history, [*final, appointment("d", T9, "booked", 1)]) == []


def overlap_while_both_stood(history, final):
    history.append(book("e", T10, 5, 6, patient=OTHER))
    history.append(change("cancel", "e", 7, 8, 200, appointment("e", T10, "cancelled", 2, OTHER)))
    final.append(appointment("e", T10, "cancelled", 2, OTHER))


def overlap_in_the_end(history, final):
    final.append(appointment("d", T10, "booked", 1))


def lose_one(history, final):
    del final[0]


def go_back(history, final):
    final[0]["version"] = 1


def become_another(history, final):
    final[0]["status"] = "cancelled"


def change_by_itself(history, final):
    final[0]["version"] = 9


def book_twice_under_one_key(history, final):
    final.append({**appointment("d", T9, "cancelled", 1), "id": "d1"})
    final.append({**appointment("d", T9, "cancelled", 1), "id": "d2"})


def refuse_and_book(history, final):
    final.append({**appointment("c", T9, "cancelled", 1, OTHER), "id": "c1"})


def name_what_never_stood_there(history, final):
    history.append(refusal("f", T9, 14, 15))
    history[-1].answer["conflicts"][0]["start"] = "2024-03-04T08:45:00Z"


def name_what_had_left(history, final):
    del history[-1]
    history.append(refusal("f", T9, 20, 21))


def name_what_another_node_was_deciding(history, final):
    history.append(refusal("f", T10, 20, 22))
    history[-1].answer["conflicts"][0].update(start="2024-03-04T12:00:00Z",
                                              end="2024-03-04T12:30:00Z")
    history[-1].asked["scheduled_time"] = "2024-03-04T12:00:00Z"
    history.append(refusal("g", T10, 21, 23))
    history[-1].asked["scheduled_time"] = "2024-03-04T12:00:00Z"
    history[-1].nodes = [1]
    history[-1].answer["conflicts"][0].update(history[-2].answer["conflicts"][0])


def name_nothing(history, final):
    history[3].answer["conflicts"] = []


def name_what_is_elsewhere(history, final):
    history[3].answer["conflicts"][0].update(start=T9, end=HALF_PAST[T9])


def refuse_a_step_that_is_allowed(history, final):
    history.append(change("check-in", "a", 10, 11, 409, {"code": "illegal_transition"}))


def fail(history, final):
    history[3].status = 500


@pytest.mark.parametrize("lie, words", [
    (overlap_while_both_stood, "both had"),
    (overlap_in_the_end, "in the end"),
    (lose_one, "is not there"),
    (go_back, "went back"),
    (become_another, "is something else"),
    (change_by_itself, "more often"),
    (book_twice_under_one_key, "booked 2 times"),
    (refuse_and_book, "was refused, and booked"),
    (name_what_never_stood_there, "stood in nobody's way"),
    (name_what_had_left, "stood in nobody's way"),
    (name_what_another_node_was_deciding, "stood in nobody's way"),
    (name_nothing, "without conflicts"),
    (name_what_is_elsewhere, "elsewhere"),
    (refuse_a_step_that_is_allowed, "check-in was refused"),
    (fail, "was answered 500"),
])
def test_a_lie_is_found_out(lie, words):
    history, final = copy.deepcopy(true_story())
    lie(history, final)
    found = history_check.findings(history, final)
    assert any(words in finding for finding in found), found
