"""Accounts as admins look after them, and a person's own sessions and password."""

import pytest

from clinic_server import DOCTOR, EMAILS, PASSWORD, assert_problem

OTHER_PASSWORD = "another long Password 1"
NURSE = {"email": "Front@example.org", "password": PASSWORD, "full_name": "Front Desk",
         "role": "receptionist"}
NOBODY = "00000000-0000-7000-8000-000000000001"


def log_in(server, email, password=PASSWORD):
    answer = server.log_in(email, password)
    assert answer.status == 200, answer
    return server.client(answer["access_token"])


def is_signed_in(client):
    return client.get("/api/auth/me").status == 200


def actions(admin, **query):
    return [entry["action"] for entry in admin.get("/api/audit", **query)["items"]]


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("role,field,value", [
    ("admin", "specialties", ["cardiology"]), ("admin", "timezone", "Europe/Paris"),
    ("receptionist", "doctor_id", DOCTOR), ("doctor", "date_of_birth", "1980-01-01"),
    ("doctor", "patient_id", DOCTOR), ("patient", "bio", "x"), ("patient", "specialties", []),
])
def test_what_another_kind_of_person_has_is_refused(admin, role, field, value):
    answer = admin.post("/api/users", {**NURSE, "role": role, field: value})
    assert_problem(answer, 422, pointers=[f"/{field}"])


@pytest.mark.parametrize("field,value", [
    ("id", NOBODY), ("disabled", False), ("created_at", "2024-03-01T00:00:00Z"), ("version", 1),
    ("password_hash", "$argon2id$"), ("resource", DOCTOR), ("is_admin", True)])
def test_nothing_can_be_set_that_is_not_to_be_set(server, admin, field, value):
    assert_problem(admin.post("/api/users", {**NURSE, field: value}), 422, pointers=[f"/{field}"])
    if field != "disabled":
        path = f"/api/users/{server.sign_in('doctor').get('/api/auth/me')['id']}"
        assert_problem(admin.patch(path, {field: value}), 422, pointers=[f"/{field}"])
    for body in ({"role": "admin"}, {"disabled": False}, {"patient_id": NOBODY}):
        person = {"email": "x@example.org", "password": PASSWORD, "full_name": "X"}
        [name] = body
        assert_problem(server.client().post("/api/auth/register", {**person, **body}), 422,
                       pointers=[f"/{name}"])


def test_a_doctors_account_needs_a_doctor_that_has_none(server, admin):
    person = {**NURSE, "role": "doctor"}
    assert_problem(admin.post("/api/users", {**person, "doctor_id": DOCTOR}), 409, "conflict")
    room = server.resource("Room 1")
    for other in (room, NOBODY):
        answer = admin.post("/api/users", {**person, "doctor_id": other})
        assert_problem(answer, 422, "invalid_argument")
    assert admin.get("/api/users", q="front@")["items"] == []


def test_an_email_has_one_account(admin):
    for email in (EMAILS["patient"], EMAILS["patient"].upper()):
        answer = admin.post("/api/users", {**NURSE, "email": email})
        assert_problem(answer, 409, "email_taken", ["/email"])
    made = admin.post("/api/users", NURSE)
    answer = admin.patch(f"/api/users/{made['id']}", {"email": EMAILS["patient"]})
    assert_problem(answer, 409, "email_taken", ["/email"])


@pytest.mark.parametrize("password", ["short", "Password1", "qwertyuiop", "x" * 129])
def test_weak_and_endless_passwords_are_refused_wherever_one_is_chosen(server, admin, password):
    assert_problem(admin.post("/api/users", {**NURSE, "password": password}), 422,
                   pointers=["/password"])
    path = f"/api/users/{server.sign_in('doctor').get('/api/auth/me')['id']}"
    assert_problem(admin.patch(path, {"password": password}), 422, pointers=["/password"])
    answer = admin.post("/api/auth/password", {"current_password": PASSWORD,
                                               "new_password": password})
    assert_problem(answer, 422, pointers=["/new_password"])


def test_admins_cannot_lock_themselves_out(admin):
    me = admin.get("/api/auth/me").json
    for change in ({"disabled": True}, {"role": "receptionist"}, {"password": OTHER_PASSWORD}):
        assert_problem(admin.patch(f"/api/users/{me['id']}", change), 422, "invalid_argument")
    same = admin.patch(f"/api/users/{me['id']}", {"disabled": False, "role": "admin"})
    assert same.status == 200
    assert is_signed_in(admin)


def test_a_role_that_needs_a_person_needs_one(server, admin):
    nurse = admin.post("/api/users", NURSE)
    patient = server.sign_in("patient").get("/api/auth/me")["id"]
    for account, role in ((nurse["id"], "doctor"), (nurse["id"], "patient"), (patient, "doctor")):
        assert_problem(admin.patch(f"/api/users/{account}", {"role": role}), 422,
                       "invalid_argument")


def test_what_is_not_there_is_not_found(admin):
    for path in (f"/api/users/{NOBODY}", "/api/users/x", "/api/users/me"):
        assert_problem(admin.get(path), 404, "not_found")
        assert_problem(admin.patch(path, {"disabled": True}), 404, "not_found")
    for path in (f"/api/auth/sessions/{NOBODY}", "/api/auth/sessions/x"):
        assert_problem(admin.delete(path), 404, "not_found")


# --- accounts ----------------------------------------------------------------------------------


def test_an_admin_makes_accounts_of_every_role(server, admin):
    made = admin.post("/api/users", NURSE)
    assert made.status == 201, made
    assert made["email"] == "front@example.org"
    assert made["disabled"] is False
    assert made.headers["location"] == f"/api/users/{made['id']}"
    assert b"argon2" not in made.body
    assert log_in(server, NURSE["email"]).get("/api/auth/me")["role"] == "receptionist"

    doctor = admin.post("/api/users", {
        "email": "new.doctor@example.org", "password": PASSWORD, "full_name": "Dr. New",
        "role": "doctor", "specialties": ["oncology"], "timezone": "Europe/Paris", "bio": "Hello."})
    assert doctor.status == 201, doctor
    profile = log_in(server, "new.doctor@example.org").get("/api/doctors/me")
    assert profile["id"] == doctor["doctor_id"]
    assert (profile["specialties"], profile["timezone"]) == (["oncology"], "Europe/Paris")

    patient = admin.post("/api/users", {
        "email": "new.patient@example.org", "password": PASSWORD, "full_name": "New Patient",
        "role": "patient", "phone": "+44 20 7946 0000", "date_of_birth": "1980-02-29"})
    assert patient.status == 201, patient
    profile = log_in(server, "new.patient@example.org").get("/api/patients/me")
    assert profile["id"] == patient["patient_id"]
    assert profile["phone"] == "+44 20 7946 0000"


def test_the_same_key_makes_one_account(admin):
    first, again = (admin.post("/api/users", NURSE, headers={"Idempotency-Key": "k"})
                    for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]


def test_accounts_are_listed_by_email_in_pages(admin):
    everyone = [one["email"] for one in admin.get("/api/users")["items"]]
    assert everyone == sorted(everyone)
    assert set(EMAILS.values()) <= set(everyone)
    seen, query = [], {"limit": 2}
    while True:
        page = admin.get("/api/users", **query).json
        seen += [one["email"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == everyone
    assert [one["role"] for one in admin.get("/api/users", role="admin")["items"]] == ["admin"]
    assert_problem(admin.get("/api/users", role="king"), 422, pointers=["/role"])


def test_who_reads_a_patients_account_leaves_an_entry(server, admin):
    patient = server.sign_in("patient").get("/api/auth/me").json
    assert admin.get(f"/api/users/{patient['id']}")["email"] == patient["email"]
    admin.get("/api/users", q=patient["email"])
    assert actions(admin, patient_id=patient["patient_id"])[:2] == ["account.read"] * 2


def test_a_change_is_made_once_by_who_saw_the_last_one(server, admin):
    path = f"/api/users/{admin.post('/api/users', NURSE)['id']}"
    seen = admin.get(path).headers["etag"]
    changed = admin.patch(path, {"full_name": "Reception"}, headers={"If-Match": seen})
    assert changed.status == 200 and changed["full_name"] == "Reception"
    assert changed.headers["etag"] != seen
    stale = admin.patch(path, {"full_name": "Other"}, headers={"If-Match": seen})
    assert_problem(stale, 412, "stale_version")
    assert admin.get(path)["full_name"] == "Reception"
    assert admin.patch(path, {}).headers["etag"] == changed.headers["etag"]
    moved = admin.patch(path, {"email": "Other@example.org"})
    assert moved["email"] == "other@example.org"
    assert server.log_in(NURSE["email"]).status == 401
    assert server.log_in("other@example.org").status == 200


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "admin"},
                                    {"password": OTHER_PASSWORD}])
def test_a_change_of_what_one_may_do_counts_with_the_next_request(server, admin, change):
    path = f"/api/users/{admin.post('/api/users', NURSE)['id']}"
    tokens = server.log_in(NURSE["email"])
    nurse = server.client(tokens["access_token"])
    assert is_signed_in(nurse)
    assert admin.patch(path, {"full_name": "Reception"}).status == 200
    assert is_signed_in(nurse)
    assert admin.patch(path, change).status == 200
    assert_problem(nurse.get("/api/auth/me"), 401, "unauthenticated")
    refreshed = server.client().request(
        "POST", "/api/auth/token",
        raw=f"grant_type=refresh_token&refresh_token={tokens['refresh_token']}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert refreshed["error"] == "invalid_grant"
    [name] = change
    entry = admin.get("/api/audit", action="account.update")["items"][0]
    assert entry["detail"] == name


def test_who_is_disabled_cannot_sign_in_until_they_are_enabled(server, admin):
    path = f"/api/users/{admin.post('/api/users', NURSE)['id']}"
    admin.patch(path, {"disabled": True})
    assert_problem(server.log_in(NURSE["email"]), 401, "invalid_credentials")
    admin.patch(path, {"disabled": False})
    assert is_signed_in(log_in(server, NURSE["email"]))


# --- one's own sessions and password ------------------------------------------------------------


def test_people_see_where_they_are_signed_in_and_end_it(server):
    laptop = server.client().request("POST", "/api/auth/login",
                                     {"email": EMAILS["patient"], "password": PASSWORD},
                                     headers={"User-Agent": "Lap\xe9top/1.0 " + "x" * 300})
    laptop = server.client(laptop["access_token"])
    phone = log_in(server, EMAILS["patient"])
    items = phone.get("/api/auth/sessions")["items"]
    [mine] = [one for one in items if one["current"]]
    [theirs] = [one for one in items if one["user_agent"].startswith("Lap?top/1.0")]
    assert len(theirs["user_agent"]) == 200
    assert theirs["address"] == "127.0.0.1"
    assert set(mine) == {"id", "current", "created_at", "last_used_at", "expires_at", "address",
                         "user_agent"}
    assert phone.delete(f"/api/auth/sessions/{theirs['id']}").status == 204
    assert not is_signed_in(laptop)
    assert_problem(phone.delete(f"/api/auth/sessions/{theirs['id']}"), 404, "not_found")
    assert theirs["id"] not in [one["id"] for one in phone.get("/api/auth/sessions")["items"]]
    assert phone.delete(f"/api/auth/sessions/{mine['id']}").status == 204
    assert not is_signed_in(phone)


def test_sessions_come_in_pages(server):
    client = [log_in(server, EMAILS["doctor"]) for _ in range(4)][-1]
    everything = [one["id"] for one in client.get("/api/auth/sessions")["items"]]
    assert len(everything) >= 5
    seen, query = [], {"limit": 2}
    while True:
        page = client.get("/api/auth/sessions", **query).json
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == everything


def test_nobody_sees_or_ends_what_others_have_open(server, patient):
    doctor = log_in(server, EMAILS["doctor"])
    [theirs] = [one for one in doctor.get("/api/auth/sessions")["items"] if one["current"]]
    assert theirs["id"] not in [one["id"] for one in patient.get("/api/auth/sessions")["items"]]
    assert_problem(patient.delete(f"/api/auth/sessions/{theirs['id']}"), 404, "not_found")
    assert is_signed_in(doctor)


def test_a_changed_password_ends_all_other_sessions(server):
    other, client = (log_in(server, EMAILS["patient"]) for _ in range(2))
    body = {"current_password": "wrongPassword123!", "new_password": OTHER_PASSWORD}
    refused = client.post("/api/auth/password", body)
    assert_problem(refused, 422, "invalid_credentials", ["/current_password"])
    assert is_signed_in(other)
    body["current_password"] = PASSWORD
    assert client.post("/api/auth/password", body).status == 204
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert server.log_in(EMAILS["patient"]).status == 401
    assert server.log_in(EMAILS["patient"], OTHER_PASSWORD).status == 200


# --- the audit ---------------------------------------------------------------------------------


def test_the_audit_says_who_did_what_when_and_from_where(server, admin):
    made = admin.post("/api/users", NURSE)
    entry = admin.get("/api/audit", action="account.create", subject=made["id"])["items"][0]
    assert entry["actor"] == admin.get("/api/auth/me")["id"]
    assert entry["at"].startswith("2024-03-01T08:00")
    assert entry["address"] == "127.0.0.1"
    assert entry["request_id"] == made.headers["x-request-id"]
    assert entry["patient_id"] is None
    # Reading it is written down as well.
    assert actions(admin)[0] == "audit.read"


def test_the_audit_is_newest_first_in_pages_between_two_times(admin):
    for name in ("a", "b", "c"):
        admin.post("/api/users", {**NURSE, "email": f"{name}@example.org"})
    everything = [one["sequence"] for one in admin.get("/api/audit", action="account.create",
                                                       limit=500)["items"]]
    assert everything == sorted(everything, reverse=True) and len(everything) >= 3
    seen, query = [], {"action": "account.create", "limit": 2}
    while True:
        page = admin.get("/api/audit", **query).json
        seen += [one["sequence"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == everything
    assert admin.get("/api/audit", to="2024-03-01T08:00:00Z")["items"] == []
    assert admin.get("/api/audit", from_="2024-03-02T00:00:00Z")["items"] == []
