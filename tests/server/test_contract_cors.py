"""What browsers are told: which pages may read an answer, and what nobody may do with one."""

import pytest

from clinic_server import DOCTOR, Server

DESK = "https://desk.example"
PORTAL = "http://localhost:5173"
ASKED = {"Access-Control-Request-Method": "POST",
         "Access-Control-Request-Headers": "authorization,content-type,idempotency-key"}


@pytest.fixture
def shared(template, tmp_path):
    server = template.copy_to(tmp_path)
    server.start("--cors-origin", DESK, "--cors-origin", PORTAL)
    yield server
    server.kill()


def preflight(server, path, origin=DESK, **asked):
    return server.client().request("OPTIONS", path, headers={"Origin": origin, **ASKED, **asked})


def cors_headers(answer):
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("wrong", [
    "*", "null", "desk.example", "https://desk.example/", "https://desk.example/page", "https://",
    "https://Desk.example", "https://desk.example:443", "http://desk.example:80", "https://a:0",
    "https://a:65536", "https://a:x", "https://a:", "ftp://desk.example", "https://u@desk.example",
    "https://desk.example https://other.example", "https://a:b:1", ""])
def test_what_no_browser_sends_as_an_origin_stops_the_start(tmp_path, wrong):
    with pytest.raises(AssertionError) as refused:
        Server(tmp_path).start("--cors-origin", wrong)
    assert "--cors-origin: " in str(refused.value)


@pytest.mark.parametrize("stranger", [
    "https://evil.example", "https://desk.example.evil.example", "https://evildesk.example",
    "http://desk.example", "https://desk.example:8443", "null", "*", "", "HTTPS://DESK.EXAMPLE"])
def test_a_page_of_another_origin_is_told_nothing(shared, stranger):
    assert cors_headers(preflight(shared, "/api/appointments", stranger)) == set()
    answer = shared.client().request("GET", "/livez", headers={"Origin": stranger})
    assert cors_headers(answer) == set()
    assert answer.headers["vary"] == "Origin"


def test_nobody_may_where_no_origin_is_listed(server):
    answer = preflight(server, "/api/appointments")
    assert (answer.status, cors_headers(answer)) == (204, set())
    assert "vary" not in server.client().request("GET", "/livez", headers={"Origin": DESK}).headers


def test_a_preflight_is_answered_before_anyone_signs_in(shared):
    answer = preflight(shared, "/api/appointments")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == DESK
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(allowed)
    assert answer.headers["access-control-max-age"] == "7200"
    assert "Origin" in answer.headers["vary"]


def test_an_unknown_path_is_not_promised_anything(shared):
    answer = preflight(shared, "/api/nothing")
    assert answer.status == 404
    assert "access-control-allow-methods" not in answer.headers


def test_a_listed_page_may_read_answers_and_refusals(shared):
    patient = shared.sign_in("patient")
    for path, token in ((f"/api/doctors/{DOCTOR}", patient.token), ("/api/patients/me", None),
                        ("/api/nothing", None)):
        answer = patient.request("GET", path, token=token, headers={"Origin": PORTAL})
        assert answer.headers["access-control-allow-origin"] == PORTAL
        readable = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
                "Retry-After", "X-Request-Id", "Idempotent-Replayed"} <= set(readable)


def test_credentials_are_allowed_to_no_page(shared):
    for answer in (preflight(shared, "/api/appointments"),
                   shared.client().request("GET", "/livez", headers={"Origin": DESK})):
        assert "access-control-allow-credentials" not in answer.headers


def test_origins_come_from_the_environment_as_a_list(template, tmp_path, monkeypatch):
    monkeypatch.setenv("CLINIC_CORS_ORIGIN", f"{DESK}, {PORTAL}")
    server = template.copy_to(tmp_path)
    server.start()
    try:
        for origin in (DESK, PORTAL):
            answer = preflight(server, "/api/appointments", origin)
            assert answer.headers["access-control-allow-origin"] == origin
    finally:
        server.kill()


@pytest.mark.parametrize("path", ["/livez", "/api/patients/me", "/nothing", "/"])
def test_every_answer_says_what_a_browser_must_not_do_with_it(server, path):
    headers = server.client().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "strict-transport-security" not in headers, "nobody said that this came by TLS"
