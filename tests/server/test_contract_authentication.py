"""Registering, signing in, signing out: /api/auth."""

import base64
import contextlib
import ctypes
import ctypes.util
import json
import sqlite3
import statistics
import time

import pytest

from clinic_server import EMAILS, PASSWORD, assert_problem

PERSON = {"email": "Ana.Silva@example.org", "password": PASSWORD, "full_name": "Ana Silva",
          "phone": "+44 20 7946 0000", "date_of_birth": "1980-02-29"}


def test_registering_makes_a_patient_who_can_sign_in(server):
    made = server.client().post("/api/auth/register", PERSON)
    assert made.status == 201
    assert made["role"] == "patient"
    assert made["email"] == "ana.silva@example.org"
    token = server.log_in("ana.silva@EXAMPLE.org")["access_token"]
    profile = server.client(token).get("/api/patients/me").json
    assert profile["id"] == made["patient_id"]
    assert profile["full_name"] == "Ana Silva"
    assert profile["phone"] == "+44 20 7946 0000"
    assert profile["date_of_birth"] == "1980-02-29"


def test_an_answer_never_holds_the_password_or_its_hash(server):
    made = server.client().post("/api/auth/register", PERSON)
    assert PASSWORD.encode() not in made.body and b"argon2" not in made.body
    assert [hashed for (hashed,) in server.rows("SELECT password_hash FROM account")
            if not hashed.startswith("$argon2id$")] == []


def test_an_email_has_one_account_in_whatever_case(server):
    assert server.client().post("/api/auth/register", PERSON).status == 201
    again = server.client().post("/api/auth/register", {**PERSON, "email": "ANA.silva@example.org"})
    assert_problem(again, 409, "email_taken", ["/email"])


@pytest.mark.parametrize("password", ["", "short", "password", "x" * 1001])
def test_a_password_that_is_too_weak_or_too_long_is_refused(server, password):
    refused = server.client().post("/api/auth/register", {**PERSON, "password": password})
    assert_problem(refused, 422, pointers=["/password"])


def test_signing_in_gives_a_bearer_token_and_a_refresh_token(server):
    answer = server.log_in(EMAILS["patient"])
    assert answer.status == 200
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] > 0
    assert answer["refresh_token"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_password_and_an_unknown_email_look_the_same(server):
    wrong = server.log_in(EMAILS["patient"], "wrongPassword123!")
    unknown = server.log_in("nobody@example.com", "wrongPassword123!")
    for answer in (wrong, unknown):
        assert_problem(answer, 401, "invalid_credentials")
    differing = {"request_id"}
    assert ({name: value for name, value in wrong.json.items() if name not in differing}
            == {name: value for name, value in unknown.json.items() if name not in differing})
    assert wrong.headers.keys() == unknown.headers.keys()


def test_a_wrong_password_and_an_unknown_email_take_the_same_time(server):
    def seconds(email):
        start = time.perf_counter()
        assert server.log_in(email, "wrongPassword123!").status == 401
        return time.perf_counter() - start
    known, unknown = [], []
    for _ in range(9):  # in turn, so that a busy machine slows both
        known.append(seconds(EMAILS["patient"]))
        unknown.append(seconds("nobody@example.com"))
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.5 < ratio < 2, f"known {known}, unknown {unknown}"


def weaker_hash(password):
    """Argon2id with less memory than ours, by libsodium itself."""
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
    assert sodium.sodium_init() >= 0
    encoded = ctypes.create_string_buffer(128)
    assert sodium.crypto_pwhash_str_alg(encoded, password.encode(), ctypes.c_ulonglong(len(password)),
                                        ctypes.c_ulonglong(1), ctypes.c_size_t(8 << 20), 2) == 0
    return encoded.value.decode()


@pytest.mark.skipif(ctypes.util.find_library("sodium") is None, reason="libsodium is not found")
def test_a_hash_with_other_parameters_is_made_anew_at_the_next_sign_in(server):
    server.stop()
    with contextlib.closing(sqlite3.connect(server.database)) as database:
        database.execute("UPDATE account SET password_hash = ? WHERE email = ?",
                         (weaker_hash(PASSWORD), EMAILS["patient"]))
        database.commit()
    server.start()

    def kept():
        [(hashed,)] = server.rows("SELECT password_hash FROM account WHERE email = ?",
                                  EMAILS["patient"])
        return hashed
    weak = kept()
    assert weak.startswith("$argon2id$v=19$m=8192,t=1")
    assert server.log_in(EMAILS["patient"], "wrongPassword123!").status == 401
    assert kept() == weak
    assert server.log_in(EMAILS["patient"]).status == 200
    strong = kept()
    assert strong.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert server.log_in(EMAILS["patient"]).status == 200
    assert kept() == strong


def test_me_says_who_one_is(server, patient, doctor, receptionist):
    assert patient.get("/api/auth/me")["role"] == "patient"
    assert patient.get("/api/auth/me")["patient_id"] == patient.get("/api/patients/me")["id"]
    assert doctor.get("/api/auth/me")["doctor_id"] == doctor.get("/api/doctors/me")["id"]
    me = receptionist.get("/api/auth/me").json
    assert me["email"] == EMAILS["receptionist"]
    assert "patient_id" not in me and "doctor_id" not in me


def test_a_token_stops_working_with_the_request_after_logout(server):
    client = server.client(server.log_in(EMAILS["patient"])["access_token"])
    assert client.get("/api/auth/me").status == 200
    left = client.post("/api/auth/logout")
    assert (left.status, left.body) == (204, b"")
    assert_problem(client.get("/api/auth/me"), 401, "unauthenticated")
    assert_problem(client.post("/api/auth/logout"), 401, "unauthenticated")


def test_logout_ends_one_session_and_not_the_others(server):
    first, second = (server.client(server.log_in(EMAILS["patient"])["access_token"])
                     for _ in range(2))
    assert first.post("/api/auth/logout").status == 204
    assert first.get("/api/auth/me").status == 401
    assert second.get("/api/auth/me").status == 200


def test_the_scheme_of_the_token_is_read_in_any_case(server, patient):
    answer = server.client().request("GET", "/api/auth/me",
                                     headers={"Authorization": f"bEaReR {patient.token}"})
    assert answer.status == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer a.b.c",
                                    "Bearer " + "a" * 5000, "Bearer null"])
def test_what_is_no_token_of_ours_is_refused(server, header):
    answer = server.client().request("GET", "/api/auth/me", headers={"Authorization": header})
    assert_problem(answer, 401, "unauthenticated")


def test_no_bit_of_a_token_can_be_changed(server, patient):
    head, claims, signature = patient.token.split(".")
    flip = {True: "A", False: "B"}
    for part, text in enumerate((head, claims, signature)):
        for at in range(0, len(text) - 1, 7):
            changed = [head, claims, signature]
            changed[part] = text[:at] + flip[text[at] != "A"] + text[at + 1:]
            answer = server.client().request("GET", "/api/auth/me", token=".".join(changed))
            assert answer.status == 401, (part, at)
    for token in (f"{head}.{claims}.", f"{head}.{claims}", f"{patient.token}A",
                  f"{patient.token}.x"):
        assert server.client().request("GET", "/api/auth/me", token=token).status == 401


def test_a_token_that_names_no_algorithm_is_refused(server, patient):
    _, claims, _ = patient.token.split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": "1"})
                                    .encode()).rstrip(b"=").decode()
    for token in (f"{head}.{claims}.", f"{head}.{claims}.AAAA"):
        assert server.client().request("GET", "/api/auth/me", token=token).status == 401
