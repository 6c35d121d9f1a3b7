"""What every answer has, and what an operator sees of the server."""

import signal

import pytest

from clinic_server import DOCTOR, Server, assert_problem


def test_the_server_says_that_it_lives_and_is_ready(server):
    for path in ("/livez", "/readyz"):
        answer = server.client().get(path)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


def test_a_request_id_is_echoed_where_it_can_be_one_and_made_where_not(server):
    client = server.client()

    def given_back(sent):
        answer = client.request("GET", "/livez", headers={"X-Request-Id": sent})
        return answer.headers["x-request-id"]

    assert given_back("abc-1.2_3") == "abc-1.2_3"
    made = {given_back(bad) for bad in ("", "a b", "x" * 129, "<script>", "ä")}
    assert len(made) == 5 and all(len(one) == 36 for one in made)


def test_a_request_id_goes_into_the_problem_and_the_audit(server, patient):
    mark = {"X-Request-Id": "trace-me-7"}
    refused = patient.request("GET", "/api/appointments/x", headers=mark)
    assert assert_problem(refused, 404)["request_id"] == "trace-me-7"
    patient.request("GET", "/api/patients/me", headers=mark)
    assert server.rows("SELECT action FROM audit WHERE request = 'trace-me-7'")


def test_a_head_is_a_get_without_its_body(patient):
    got = patient.get(f"/api/doctors/{DOCTOR}")
    head = patient.request("HEAD", f"/api/doctors/{DOCTOR}")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert head.headers[name] == got.headers[name]


def test_nothing_is_cached_or_sniffed(patient):
    headers = patient.get("/api/patients/me").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_the_server_with_its_exit_code(server, number, code):
    assert server.stop(number) == code


def test_the_demo_is_added_once_however_often_it_is_asked_for(server):
    before = [server.rows(f"SELECT * FROM {table}") for table in ("resource", "account", "booking")]
    server.stop()
    server.start("--demo", clock="2024-03-01T08:02:00Z")
    after = [server.rows(f"SELECT * FROM {table}") for table in ("resource", "account", "booking")]
    assert after == before


def test_two_servers_do_not_share_a_port(server, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(AssertionError, match="no URL"):
        Server(other).start(port=server.port)
