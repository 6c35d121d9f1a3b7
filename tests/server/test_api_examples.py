"""The documented requests, by a reader of .http files that needs nothing but Python."""

import pytest

import clinic_server
import http_file

EXAMPLES = clinic_server.SOURCE.parent / "shared" / "contract" / "API_EXAMPLES.http"

needs_examples = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="the contract's API_EXAMPLES.http is not beside the sources")


@pytest.fixture
def demo(tmp_path):
    """Started as the file says: with demo data, and its clock at 2024-03-01T08:00:00Z."""
    server = clinic_server.Server(tmp_path).start("--demo")
    yield server
    assert server.stop() == 0


def run_examples(demo):
    return list(http_file.run(EXAMPLES.read_text(), demo.client(), f"http://127.0.0.1:{demo.port}"))


@needs_examples
def test_every_documented_request_is_answered_with_2xx_in_order(demo):
    answers = run_examples(demo)
    assert [(request.method, answer.status) for request, answer in answers] == [
        ("POST", 200), ("POST", 200), ("GET", 200), ("POST", 201), ("POST", 201)]


@needs_examples
def test_the_documented_booking_is_at_the_documented_time(demo):
    _, booked = run_examples(demo)[-1]
    assert booked["status"] == "booked"
    assert booked["scheduled_time"] == "2024-03-05T14:30:00+00:00"
    assert booked["timezone"] == "Europe/London"
    assert booked["doctor_id"] == clinic_server.DOCTOR
    assert booked.headers["location"] == f"/api/appointments/{booked['id']}"


@needs_examples
def test_booking_the_same_time_again_conflicts_and_every_alternative_can_be_booked(demo):
    request, _ = run_examples(demo)[-1]
    client = demo.sign_in("patient")
    again = client.request("POST", "/api/appointments", raw=request.body.encode())
    problem = clinic_server.assert_problem(again, 409, "conflict")
    assert {conflict["resource"] for conflict in problem["conflicts"]} == {"doctor", "patient"}
    assert all("2024-03-05T14:30:00" in conflict["start"] for conflict in problem["conflicts"])
    assert problem["alternatives"]
    for alternative in problem["alternatives"]:
        booked = client.book(alternative["start"])
        assert booked.status == 201, booked
        assert booked["end_time"] == alternative["end"]
        # They may overlap one another.
        assert client.post(f"/api/appointments/{booked['id']}/cancel").status == 200


@needs_examples
def test_the_documented_requests_work_again_but_for_the_taken_time(demo):
    run_examples(demo)
    assert [answer.status for _, answer in run_examples(demo)] == [200, 200, 200, 201, 409]


def test_the_reader_of_http_files_fills_in_what_earlier_answers_said():
    text = "@host = http://h\n# @name a\nGET {{host}}/x\n\n###\nPOST {{host}}/y\nK: {{a.t}}\n\n{}\n"
    variables, [first, second] = http_file.parse(text)
    assert (first.name, first.method, first.url, first.body) == ("a", "GET", "{{host}}/x", "")
    assert (second.name, second.headers, second.body) == (None, {"K": "{{a.t}}"}, "{}")
    assert http_file.fill("{{host}}{{a.t}}", variables, {"a": {"t": 5}}) == "http://h5"
