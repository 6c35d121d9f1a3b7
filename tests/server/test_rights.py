"""Who may call what: every operation of the API's description, called by everyone, on things that
belong to the demo's patient and the demo's doctor.

The description says which roles may call an operation (`x-roles`), and for which of them the thing
has to be their own (`x-relation`); whoever it refuses learns nothing, not even whether the thing is
there. It also names every field that a body may have: any other one is refused.
"""

import re

import pytest

from clinic_server import DOCTOR, EMAILS, assert_problem
from openapi import DOCUMENT, JSON, OPERATIONS
from openapi_world import World, owners, send, target

CALLERS = ["nobody", "other_patient", "other_doctor", "patient", "doctor", "receptionist", "admin"]
UNKNOWN = "00000000-0000-7000-8000-000000000001"
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VARYING = {"date", "x-request-id", "ratelimit-remaining", "ratelimit-reset"}

# What nobody sets by sending it along, wherever an operation does not say otherwise.
NOT_FOR_SENDING = {
    "id": UNKNOWN, "role": "admin", "roles": ["admin"], "patient_id": UNKNOWN, "doctor_id": UNKNOWN,
    "account_id": UNKNOWN, "version": 7, "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z", "status": "fulfilled", "disabled": False,
    "password_hash": "x", "series_id": UNKNOWN, "expires_at": "2030-01-01T00:00:00Z"}


def right_of(operation, caller):
    """The status of a refusal; none where the caller has the right."""
    if operation.is_for_anyone:
        return None
    if caller == "nobody":
        return 401
    role = caller.removeprefix("other_")
    if role not in operation.roles:
        return 403
    relation = operation.relation
    if relation and role in relation["roles"] and caller not in owners(operation):
        return relation["stranger"]
    return None


def body_of(operation, caller):
    """What such a caller would send."""
    examples = operation.examples()
    if operation.relation and "example" in operation.relation:
        # The one that speaks of the patient; a patient who books for themselves is no stranger.
        return next(one for one in examples if one.name == operation.relation["example"]).value
    role = caller.removeprefix("other_")
    return next((one for one in examples if role in one.roles), examples[0]).value


def client_of(server, caller):
    return server.client() if caller == "nobody" else server.sign_in(caller)


def told(answer):
    """What an answer tells: all of it but ids and what differs from one answer to the next."""
    headers = {name: value for name, value in answer.headers.items() if name not in VARYING}
    return answer.status, headers, UUID.sub(b"(an id)", answer.body)


def state(server, things):
    """What those see whose things they are."""
    desk, doctor = server.sign_in("receptionist"), server.sign_in("doctor")
    return [desk.get("/api/appointments", from_="2024-03-01").body,
            server.sign_in("admin").get(f"/api/doctors/{DOCTOR}").body,
            doctor.get("/api/doctors/me/availability").body,
            doctor.get("/api/doctors/me/time-off").body,
            server.sign_in("patient").get("/api/auth/sessions").body,
            server.sign_in("admin").get("/api/users").body]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_everyone_gets_the_answer_that_the_rights_say(server, operation):
    world = World(server)
    things = world.things(operation)
    before = state(server, things)
    # Those who are refused come first: what they do must leave everything as it was.
    for caller in sorted(CALLERS, key=lambda caller: right_of(operation, caller) is None):
        refusal = right_of(operation, caller)
        if refusal is None:
            things = world.things(operation)
        answer = send(client_of(server, caller), operation, target(operation, things),
                      body_of(operation, caller))
        if refusal is None:
            if operation.id == "readDocumentationFile" and answer.status == 404:
                pytest.skip("this program was built without Swagger UI")
            served = answer.status < 400 or answer.status in (409, 422)
            assert served, f"{caller} has the right: {answer}"
        else:
            codes = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}
            assert answer.status == refusal, f"{caller} has no right: {answer}"
            assert_problem(answer, refusal, codes[refusal])
            assert state(server, things) == before, f"{caller} changed something"


GUARDED = [operation for operation in OPERATIONS
           if not operation.is_for_anyone
           and {name for name, _ in operation.parameters("path")} - {"DoctorId"}]


@pytest.mark.parametrize("operation", GUARDED, ids=str)
def test_who_has_no_right_cannot_tell_what_is_there_from_what_is_not(server, operation):
    things = World(server).things(operation)
    nothing = {name: value if name == "DoctorId" else UNKNOWN for name, value in things.items()}
    for caller in CALLERS:
        if right_of(operation, caller) is None:
            continue
        client, body = client_of(server, caller), body_of(operation, caller)
        there, not_there = (told(send(client, operation, target(operation, ids), body))
                            for ids in (things, nothing))
        assert there == not_there, f"{caller} can tell"


READING = [operation for operation in OPERATIONS
           if operation.method == "GET" and not operation.is_for_anyone]


@pytest.mark.parametrize("operation", READING, ids=str)
def test_no_answer_to_a_stranger_names_the_patient_or_what_is_theirs(server, operation):
    world = World(server)
    things = world.things(operation)
    private = [EMAILS["patient"], server.resource("Sam Rivera"), "Sam Rivera",
               server.sign_in("patient").get("/api/auth/me")["id"],
               world.appointment(operation), world.session()]
    for caller in ("other_patient", "other_doctor"):
        answer = send(client_of(server, caller), operation, target(operation, things), None)
        for word in private:
            # The path of a refusal repeats what the caller has sent.
            assert word in target(operation, things) or word not in answer.body.decode(), (
                f"{caller} learns of {word}: {answer}")


WITH_JSON = [operation for operation in OPERATIONS if operation.media_type == JSON]


@pytest.mark.parametrize("operation", WITH_JSON, ids=str)
def test_no_field_is_set_that_nobody_may_set(server, operation):
    world = World(server)
    caller = "nobody" if operation.is_for_anyone else operation.examples()[0].roles[0]
    body = body_of(operation, caller)
    extra = {name: value for name, value in NOT_FOR_SENDING.items() if name not in body
             and name not in fields_of(operation)}
    assert extra
    path = target(operation, world.things(operation))
    client = client_of(server, caller)
    assert_problem(send(client, operation, path, {**body, **extra}), 422, "invalid_argument",
                   [f"/{name}" for name in extra])
    # It was refused for these alone.
    assert send(client, operation, path, body).status == operation.success


def fields_of(operation):
    """The fields that the description lets a body have."""
    name = operation.content["schema"]["$ref"].rsplit("/", 1)[1]
    schema = DOCUMENT["components"]["schemas"][name]
    assert schema["additionalProperties"] is False
    return schema["properties"]
