"""The directory of doctors: /api/doctors."""

import pytest

from clinic_server import DOCTOR, assert_problem


def names(answer):
    assert answer.status == 200, answer
    return [doctor["full_name"] for doctor in answer["items"]]


EVERYONE = ["Dr. Ada Quinn", "Dr. Chidi Okafor", "Dr. Maja Lindqvist"]


def test_a_doctor_has_the_fields_of_the_contract(patient):
    doctor = patient.get(f"/api/doctors/{DOCTOR}")
    assert doctor.json.keys() >= {
        "id", "full_name", "specialties", "timezone", "default_duration_minutes",
        "buffer_before_minutes", "buffer_after_minutes", "bio"}
    assert doctor["specialties"] == ["cardiology"]
    assert doctor["timezone"] == "Europe/London"


def test_the_list_is_ordered_by_name_and_is_for_everyone_signed_in(patient, doctor, receptionist):
    for client in (patient, doctor, receptionist):
        assert names(client.get("/api/doctors")) == EVERYONE


def test_the_list_is_filtered_by_specialty_and_by_name(patient):
    assert names(patient.get("/api/doctors", specialty="cardiology")) == EVERYONE[:2]
    assert names(patient.get("/api/doctors", specialty="dermatology")) == EVERYONE[2:]
    assert names(patient.get("/api/doctors", specialty="alchemy")) == []
    assert names(patient.get("/api/doctors", q="okaf")) == ["Dr. Chidi Okafor"]
    assert names(patient.get("/api/doctors", q="a", specialty="dermatology")) == EVERYONE[2:]
    assert names(patient.get("/api/doctors", q="100%")) == []
    assert names(patient.get("/api/doctors", q="_")) == []


def test_specialties_are_those_that_doctors_have(patient, doctor):
    before = patient.get("/api/specialties")
    assert before.status == 200, before
    assert before.json == {"items": ["cardiology", "dermatology"], "next_cursor": None}
    changed = doctor.patch("/api/doctors/me", {"specialties": ["sleep medicine", "cardiology"]})
    assert changed.status == 200, changed
    assert patient.get("/api/specialties")["items"] == ["cardiology", "dermatology", "sleep medicine"]


def test_a_list_that_was_asked_for_before_tells_of_every_change(patient, doctor):
    for name in ("Dr. Ada Byron", "Dr. Ada Lovelace", "Dr. Ada King"):
        assert names(patient.get("/api/doctors", q="ada")) != [name]
        assert doctor.patch("/api/doctors/me", {"full_name": name}).status == 200
        assert names(patient.get("/api/doctors", q="ada")) == [name]


def test_pages_join_to_the_whole_list(patient):
    found, cursor = [], None
    for _ in range(10):
        query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = patient.get("/api/doctors", **query)
        assert len(page["items"]) <= 1
        found += names(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == EVERYONE


def test_a_full_last_page_has_no_next_cursor(patient):
    assert patient.get("/api/doctors", limit=3)["next_cursor"] is None
    assert patient.get("/api/doctors", limit=2)["next_cursor"] is not None


def test_a_doctor_changes_their_own_entry(patient, doctor):
    changed = doctor.patch("/api/doctors/me", {"bio": "Away in May.", "buffer_after_minutes": 10,
                                               "specialties": ["cardiology", "sports"]})
    assert changed.status == 200, changed
    seen = patient.get(f"/api/doctors/{DOCTOR}").json
    assert seen == changed.json
    assert (seen["bio"], seen["buffer_after_minutes"]) == ("Away in May.", 10)
    assert names(patient.get("/api/doctors", specialty="sports")) == ["Dr. Ada Quinn"]


def test_only_the_doctor_and_an_admin_change_an_entry(server, patient, receptionist, admin):
    other = server.sign_in("other_doctor")
    for client in (patient, receptionist, other):
        assert_problem(client.patch(f"/api/doctors/{DOCTOR}", {"bio": "x"}), 403, "forbidden")
    assert admin.patch(f"/api/doctors/{DOCTOR}", {"bio": "x"}).status == 200


def test_a_stale_etag_is_refused(doctor):
    etag = doctor.get("/api/doctors/me").headers["etag"]
    assert doctor.patch("/api/doctors/me", {"bio": "1"}, headers={"If-Match": etag}).status == 200
    stale = doctor.patch("/api/doctors/me", {"bio": "2"}, headers={"If-Match": etag})
    assert_problem(stale, 412, "stale_version")
    assert doctor.get("/api/doctors/me")["bio"] == "1"
    for nonsense in ("x", '"0"', '"-1"', '""', '"99999999999999999999"', 'W/"1"'):
        answer = doctor.patch("/api/doctors/me", {"bio": "2"}, headers={"If-Match": nonsense})
        assert_problem(answer, 412, "stale_version")
    assert doctor.patch("/api/doctors/me", {"bio": "3"}, headers={"If-Match": "*"}).status == 200


@pytest.mark.parametrize("body, pointer", [
    ({"default_duration_minutes": 0}, "/default_duration_minutes"),
    ({"default_duration_minutes": 1441}, "/default_duration_minutes"),
    ({"buffer_before_minutes": -1}, "/buffer_before_minutes"),
    ({"slot_step_minutes": 0}, "/slot_step_minutes"),
    ({"timezone": "Europe/Nowhere"}, "/timezone"),
    ({"timezone": "../../etc/passwd"}, "/timezone"),
    ({"specialties": ["ok", 5]}, "/specialties/1"),
    ({"specialties": "cardiology"}, "/specialties"),
    ({"full_name": ""}, "/full_name"),
])
def test_what_a_doctor_cannot_be_is_refused_and_nothing_changes(doctor, body, pointer):
    before = doctor.get("/api/doctors/me").json
    assert_problem(doctor.patch("/api/doctors/me", {"bio": "new", **body}), 422, pointers=[pointer])
    assert doctor.get("/api/doctors/me").json == before


def test_patients_and_rooms_are_no_doctors(server, patient, receptionist):
    for name in ("Sam Rivera", "Room 1"):
        identifier = server.resource(name)
        assert_problem(receptionist.get(f"/api/doctors/{identifier}"), 404, "not_found")
        assert_problem(receptionist.get(f"/api/doctors/{identifier}/slots"), 404, "not_found")


def test_me_is_nobody_for_who_is_no_doctor(patient):
    assert_problem(patient.get("/api/doctors/me"), 404, "not_found")


def test_pages_go_on_behind_the_longest_name(patient, doctor):
    assert doctor.patch("/api/doctors/me", {"full_name": "\N{CAT}" * 200}).status == 200
    names, cursor = [], None
    while True:
        page = patient.get("/api/doctors", limit=1, **({"cursor": cursor} if cursor else {}))
        assert page.status == 200, page
        names += [item["full_name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(names) == 3 and "\N{CAT}" * 200 in names
