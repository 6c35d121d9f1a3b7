"""Requests that come again: Idempotency-Key on every POST that creates."""

import threading

import pytest

from clinic_server import PASSWORD, assert_problem, booking

KEY = {"Idempotency-Key": "5f1c6a52-key"}


def again(client, path, body, key=KEY):
    return client.post(path, body, headers=key), client.post(path, body, headers=key)


def assert_replayed(first, second):
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers.get("location") == first.headers.get("location")
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


def test_a_repeated_booking_gets_the_first_answer_and_books_once(patient):
    first, second = again(patient, "/api/appointments", booking("2024-03-12T10:00"))
    assert first.status == 201
    assert_replayed(first, second)
    assert len(patient.get("/api/appointments")["items"]) == 1


@pytest.mark.parametrize("path, body", [
    ("/api/doctors/availability", {"start_time": "2024-03-09T10:00", "recurring": False,
                                   "end_time": "2024-03-09T12:00"}),
    ("/api/doctors/me/time-off", {"start": "2024-03-12T10:00", "end": "2024-03-12T12:00"}),
])
def test_everything_else_that_is_created_is_created_once(doctor, path, body):
    before = len(doctor.get("/api/doctors/me/availability")["rules"])
    first, second = again(doctor, path, body)
    assert first.status == 201
    assert_replayed(first, second)
    after = len(doctor.get("/api/doctors/me/availability")["rules"])
    assert after + len(doctor.get("/api/doctors/me/time-off")["items"]) == before + 1


def test_a_repeated_registration_makes_one_account(server):
    person = {"email": "ana@example.org", "password": PASSWORD, "full_name": "Ana"}
    first, second = again(server.client(), "/api/auth/register", person)
    assert first.status == 201
    assert_replayed(first, second)


def test_strangers_who_choose_the_same_key_do_not_meet(server):
    for name in ("ana", "ben"):
        made = server.client().post("/api/auth/register", {
            "email": f"{name}@example.org", "password": PASSWORD, "full_name": name}, headers=KEY)
        assert made.status == 201, made


def test_a_refusal_is_repeated_too(patient, server):
    first = server.sign_in("other_patient").book("2024-03-12T10:00").json
    refused, second = again(patient, "/api/appointments", booking("2024-03-12T10:00"))
    assert_problem(refused, 409, "conflict")
    server.sign_in("other_patient").post(f"/api/appointments/{first['id']}/cancel")
    third = patient.post("/api/appointments", booking("2024-03-12T10:00"), headers=KEY)
    for replayed in (second, third):
        assert (replayed.status, replayed.body) == (409, refused.body)
        assert replayed.headers["content-type"] == "application/problem+json"
        assert replayed.headers["idempotent-replayed"] == "true"


def test_a_key_with_another_body_is_refused(patient):
    assert patient.post("/api/appointments", booking("2024-03-12T10:00"), headers=KEY).status == 201
    other = patient.post("/api/appointments", booking("2024-03-12T11:00"), headers=KEY)
    assert_problem(other, 422, "idempotency_key_reused")
    assert len(patient.get("/api/appointments")["items"]) == 1


def test_a_key_belongs_to_whoever_sent_it(patient, server):
    other = server.sign_in("other_patient")
    mine = patient.post("/api/appointments", booking("2024-03-12T10:00"), headers=KEY)
    theirs = other.post("/api/appointments", booking("2024-03-12T11:00"), headers=KEY)
    assert (mine.status, theirs.status) == (201, 201)
    assert mine["id"] != theirs["id"]


def test_a_key_outlives_the_server(patient, server):
    first = patient.post("/api/appointments", booking("2024-03-12T10:00"), headers=KEY)
    server.kill()
    server.start(clock="2024-03-01T08:01:30Z")
    second = server.sign_in("patient").post("/api/appointments", booking("2024-03-12T10:00"),
                                            headers=KEY)
    assert_replayed(first, second)


def test_of_many_at_once_with_one_key_one_books_and_the_rest_are_told_the_same_or_to_wait(
        patient, server):
    clients = [server.client(patient.token) for _ in range(16)]
    barrier = threading.Barrier(len(clients))
    answers = [None] * len(clients)

    def send(number):
        barrier.wait()
        answers[number] = clients[number].post("/api/appointments", booking("2024-03-12T10:00"),
                                               headers=KEY)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    created = [answer for answer in answers if answer.status == 201]
    waiting = [answer for answer in answers if answer.status != 201]
    assert len({answer["id"] for answer in created}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in created) == 1
    for answer in waiting:
        assert_problem(answer, 409, "idempotency_key_in_use")
    assert len(patient.get("/api/appointments")["items"]) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\xe4"])
def test_a_key_that_cannot_be_one_is_refused(patient, key):
    refused = patient.post("/api/appointments", booking("2024-03-12T10:00"),
                           headers={"Idempotency-Key": key})
    assert_problem(refused, 400)
    assert patient.get("/api/appointments")["items"] == []
