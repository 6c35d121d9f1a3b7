"""The API's description in itself: what it shows fits what it says."""

import pytest

import openapi
from openapi import OPERATIONS, assert_fits

ROLES = ["patient", "doctor", "receptionist", "admin"]
PROBLEM = "application/problem+json"
RESPONSES = openapi.DOCUMENT["components"]["responses"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_body_that_is_shown_fits_its_schema(operation):
    for example in operation.examples():
        if operation.media_type:
            assert_fits(example.value, operation.content["schema"], f"{operation} {example.name}")


@pytest.mark.parametrize("name", RESPONSES)
def test_every_answer_that_is_shown_fits_its_schema(name):
    for media_type, content in RESPONSES[name].get("content", {}).items():
        examples = content.get("examples", {})
        assert examples or "json" not in media_type, f"{name} shows no answer"
        for title, example in examples.items():
            assert_fits(example["value"], content["schema"], f"{name} {title}")


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_says_who_may_call_it_and_how_they_sign_in(operation):
    assert operation.roles == ("anyone",) or set(operation.roles) <= set(ROLES)
    assert (operation.described["security"] == []) == operation.is_for_anyone
    if operation.relation:
        assert set(operation.relation["roles"]) <= set(operation.roles)
        assert operation.relation["stranger"] in (403, 404)
        assert operation.response(operation.relation["stranger"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_describes_the_refusals_that_it_can_meet(operation):
    refusals = {400, 429, 503}
    if not operation.is_for_anyone:
        refusals.add(401)
    if not set(ROLES) <= set(operation.roles) and not operation.is_for_anyone:
        refusals.add(403)
    if operation.media_type:
        refusals |= {413, 415}
    if "{" in operation.path:
        refusals.add(404)
    if any(operation.parameters("query")):
        refusals.add(422)
    if any(name == "IfMatch" for name, _ in operation.parameters("header")):
        refusals.add(412)
    missing = {status for status in refusals if not operation.response(status)}
    assert not missing


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_refusal_that_is_shown_has_the_status_that_it_stands_under(operation):
    for status in operation.described["responses"]:
        content = operation.response(status).get("content", {}).get(PROBLEM, {})
        for name, example in content.get("examples", {}).items():
            problem = example["value"]
            assert (str(problem["status"]), problem["code"]) == (status, name)
            assert problem["type"].endswith(":" + name)
