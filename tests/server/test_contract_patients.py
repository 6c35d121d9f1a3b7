"""A patient's own profile: /api/patients/me."""

import pytest

from clinic_server import EMAILS, assert_problem


def test_a_profile_has_the_fields_of_the_contract(patient):
    answer = patient.get("/api/patients/me")
    assert answer.status == 200
    assert answer.json.keys() >= {"id", "full_name", "email", "phone", "date_of_birth", "timezone",
                                  "notification_preferences", "created_at", "updated_at"}
    assert answer["email"] == EMAILS["patient"]
    assert answer["notification_preferences"].keys() == {"email", "sms"}
    assert answer.headers["etag"].startswith('"')


def test_a_patch_changes_what_it_names_and_nothing_else(patient):
    before = patient.get("/api/patients/me").json
    changed = patient.patch("/api/patients/me",
                            {"phone": "+1 555 0100", "notification_preferences": {"sms": True}})
    assert changed.status == 200
    assert changed["phone"] == "+1 555 0100"
    assert changed["notification_preferences"] == {
        "email": before["notification_preferences"]["email"], "sms": True}
    for name in ("id", "full_name", "email", "date_of_birth", "timezone", "created_at"):
        assert changed[name] == before[name]
    assert patient.get("/api/patients/me").json == changed.json


def test_null_clears_what_may_be_empty(patient):
    patient.patch("/api/patients/me", {"phone": "1", "date_of_birth": "1990-01-01"})
    cleared = patient.patch("/api/patients/me", {"phone": None, "date_of_birth": None})
    assert (cleared["phone"], cleared["date_of_birth"]) == (None, None)


@pytest.mark.parametrize("body, pointer", [
    ({"full_name": None}, "/full_name"),
    ({"full_name": "  "}, "/full_name"),
    ({"timezone": "Mars/Olympus"}, "/timezone"),
    ({"date_of_birth": "2024-02-30"}, "/date_of_birth"),
    ({"date_of_birth": "2999-01-01"}, "/date_of_birth"),
    ({"email": "new@example.com"}, "/email"),
    ({"id": "550e8400-e29b-41d4-a716-446655440000"}, "/id"),
    ({"notification_preferences": {"fax": True}}, "/notification_preferences/fax"),
    ({"notification_preferences": {"sms": "yes"}}, "/notification_preferences/sms"),
    ({"notification_preferences": None}, "/notification_preferences"),
])
def test_what_a_profile_cannot_be_is_refused_and_nothing_changes(patient, body, pointer):
    before = patient.get("/api/patients/me").json
    assert_problem(patient.patch("/api/patients/me", {"phone": "1", **body}), 422,
                   pointers=[pointer])
    assert patient.get("/api/patients/me").json == before


def test_a_stale_etag_is_refused_and_the_current_one_is_not(patient):
    etag = patient.get("/api/patients/me").headers["etag"]
    first = patient.patch("/api/patients/me", {"phone": "1"}, headers={"If-Match": etag})
    assert first.status == 200 and first.headers["etag"] != etag
    stale = patient.patch("/api/patients/me", {"phone": "2"}, headers={"If-Match": etag})
    assert_problem(stale, 412, "stale_version")
    assert patient.get("/api/patients/me")["phone"] == "1"
    again = patient.patch("/api/patients/me", {"phone": "2"},
                          headers={"If-Match": first.headers["etag"]})
    assert again.status == 200


def test_only_a_patient_has_a_profile_of_their_own(doctor, receptionist, admin):
    for client in (doctor, receptionist, admin):
        assert_problem(client.get("/api/patients/me"), 403, "forbidden")
        assert_problem(client.patch("/api/patients/me", {"phone": "1"}), 403, "forbidden")


def test_reading_and_writing_a_profile_leaves_audit_entries(server, patient):
    patient.get("/api/patients/me")
    patient.patch("/api/patients/me", {"phone": "1"})
    actions = [action for (action,) in server.rows("SELECT action FROM audit ORDER BY sequence")]
    assert actions.index("patient.read") < actions.index("patient.update")
