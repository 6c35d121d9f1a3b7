"""OAuth2's token endpoint: the password and the refresh grant of RFC 6749."""

import base64
import concurrent.futures
import urllib.parse

import pytest

from clinic_server import EMAILS, PASSWORD, assert_problem, wait_until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GOOD = {"grant_type": "password", "username": EMAILS["patient"], "password": PASSWORD}


def ask(server, fields, headers=None, raw=None):
    body = urllib.parse.urlencode(fields).encode() if raw is None else raw
    return server.client().request("POST", "/api/auth/token", raw=body,
                                   headers={**FORM, **(headers or {})})


def refresh(server, token, **fields):
    return ask(server, {"grant_type": "refresh_token", "refresh_token": token, **fields})


def basic(credentials):
    return {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}


def assert_refused(answer, error, status=400):
    """The answer has the shape of RFC 6749 §5.2."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json", answer
    assert answer.headers["cache-control"] == "no-store", answer
    assert answer.headers["pragma"] == "no-cache", answer
    assert set(answer.json) == {"error", "error_description"}, answer
    assert answer["error"] == error, answer


def works(server, access_token):
    return server.client(access_token).get("/api/auth/me").status == 200


@pytest.mark.parametrize("fields,error", [
    ({}, "invalid_request"),
    ({"username": "a", "password": "b"}, "invalid_request"),
    ({"grant_type": ""}, "invalid_request"),
    ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
    ({"grant_type": "Password"}, "unsupported_grant_type"),
    ({**GOOD, "username": ""}, "invalid_request"),
    ({**GOOD, "password": ""}, "invalid_request"),
    ({**GOOD, "password": "x" * 5000}, "invalid_request"),
    ({**GOOD, "scope": "admin"}, "invalid_scope"),
    ({**GOOD, "scope": "clinic admin"}, "invalid_scope"),
    ({**GOOD, "password": "wrongPassword123!"}, "invalid_grant"),
    ({**GOOD, "username": "nobody@example.com"}, "invalid_grant"),
    ({"grant_type": "refresh_token"}, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ({"grant_type": "refresh_token", "refresh_token": "A" * 64}, "invalid_grant"),
    ({"grant_type": "refresh_token", "refresh_token": "A" * 64, "scope": "x"}, "invalid_scope"),
])
def test_what_is_wrong_is_said_in_the_words_of_the_rfc(server, fields, error):
    assert_refused(ask(server, fields), error)


@pytest.mark.parametrize("twice", ["grant_type=password", "username=a", "password=b", "scope=clinic",
                                   "client_id=a&client_id=a", "colour=red&colour=red"])
def test_a_parameter_that_comes_twice_is_refused(server, twice):
    raw = urllib.parse.urlencode({**GOOD, "scope": "clinic"}) + "&" + twice
    assert_refused(ask(server, None, raw=raw.encode()), "invalid_request")


@pytest.mark.parametrize("raw", [b"grant_type=%", b"grant_type=%zz", b"grant_type=%00",
                                 b"grant_type=%ff", b"\xff", b"grant_type=password%0"])
def test_what_is_no_form_is_refused(server, raw):
    assert_refused(ask(server, None, raw=raw), "invalid_request")


def test_json_is_not_taken(server):
    answer = server.client().post("/api/auth/token", GOOD)
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_client_says_who_it_is_in_one_way_only(server):
    asked = ask(server, {**GOOD, "client_id": "a", "client_secret": "b"}, basic("a:b"))
    assert_refused(asked, "invalid_request")


SECRET = "a secret: of / 32 + bytes & more"


@pytest.fixture
def registered(template, tmp_path):
    """A server that knows two programs, one of which has a secret."""
    server = template.copy_to(tmp_path)
    server.start("--oauth-client", "desk:" + SECRET, "--oauth-client", "swagger")
    yield server
    server.stop()


ENCODED = urllib.parse.quote_plus(SECRET)


@pytest.mark.parametrize("fields,headers", [
    ({"client_id": "desk", "client_secret": SECRET}, {}),
    ({}, basic(f"desk:{ENCODED}")),
    ({"client_id": "swagger"}, {}),
    ({"client_id": "swagger"}, basic(":")),
    ({}, basic("swagger:")),
])
def test_a_registered_client_gets_tokens(registered, fields, headers):
    assert ask(registered, {**GOOD, **fields}, headers).status == 200
    token = registered.log_in(EMAILS["patient"])["refresh_token"]
    assert ask(registered, {"grant_type": "refresh_token", "refresh_token": token, **fields},
               headers).status == 200


@pytest.mark.parametrize("fields,headers", [
    ({}, {}),
    ({"client_id": "desk"}, {}),
    ({"client_id": "desk", "client_secret": SECRET + "x"}, {}),
    ({"client_id": "desk", "client_secret": SECRET[:-1]}, {}),
    ({"client_id": "swagger", "client_secret": SECRET}, {}),
    ({"client_id": "stranger", "client_secret": SECRET}, {}),
    ({"client_secret": SECRET}, {}),
    ({}, basic("desk:wrong")), ({}, basic("desk")), ({}, basic(f"Desk:{ENCODED}")),
    ({}, basic(f"desk:{SECRET}")),  # not encoded, as §2.3.1 wants it
    ({}, {"Authorization": "Basic !"}),
])
def test_any_other_client_gets_none(registered, fields, headers):
    refused = ask(registered, {**GOOD, **fields}, headers)
    assert_refused(refused, "invalid_client", 401)
    assert ("www-authenticate" in refused.headers) == bool(headers)


@pytest.mark.parametrize("fields,headers", [
    ({}, {}),
    ({"client_id": "swagger"}, {}),
    ({"client_id": "", "client_secret": "", "scope": ""}, {}),
    ({}, basic(":")),  # what Swagger UI's dialog sends where nothing was filled in
    ({}, basic("swagger:")),
    ({}, basic("swagger:secret")),  # nobody is registered, so that it is not heeded
    ({"client_id": "desk", "client_secret": "secret"}, {}),
    ({}, {"Authorization": "Basic !"}),
    ({}, {"Authorization": "Bearer stale"}),
    ({"scope": "clinic"}, {}),
    ({"scope": "clinic clinic"}, {}),
    ({"colour": "red"}, {}),  # §3.2: what is not known is not heeded
])
def test_a_password_gets_tokens(server, fields, headers):
    answer = ask(server, {**GOOD, **fields}, headers)
    assert answer.status == 200, answer
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] > 0
    assert answer["scope"] == "clinic"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert works(server, answer["access_token"])


def test_the_type_of_a_form_may_name_its_charset(server):
    answer = ask(server, GOOD, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"})
    assert answer.status == 200


def test_a_refresh_token_gets_others_in_the_same_session(server):
    first = ask(server, GOOD)
    second = refresh(server, first["refresh_token"])
    assert second.status == 200, second
    assert second["refresh_token"] != first["refresh_token"]
    assert works(server, second["access_token"])
    assert works(server, first["access_token"])  # until it expires: the session is the same
    third = refresh(server, second["refresh_token"], scope="clinic")
    assert third.status == 200
    me = server.client(third["access_token"])
    assert [one["current"] for one in me.get("/api/auth/sessions")["items"]].count(True) == 1


def test_the_token_of_a_json_login_can_be_refreshed(server):
    assert refresh(server, server.log_in(EMAILS["doctor"])["refresh_token"]).status == 200


def test_a_reused_refresh_token_ends_the_session_and_is_written_down(server, admin):
    first = ask(server, GOOD)
    second = refresh(server, first["refresh_token"])
    assert_refused(refresh(server, first["refresh_token"]), "invalid_grant")
    for tokens in (first, second):
        assert not works(server, tokens["access_token"])
        assert_refused(refresh(server, tokens["refresh_token"]), "invalid_grant")
    [entry] = admin.get("/api/audit", action="session.reuse")["items"]
    assert entry["actor"] == server.sign_in("patient").get("/api/auth/me")["id"]


def test_a_made_up_refresh_token_ends_nothing(server):
    tokens = ask(server, GOOD)
    raw = base64.urlsafe_b64decode(tokens["refresh_token"] + "==")
    for at in (0, 16, 31):  # whose it is, and what the session's tokens share
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
        made_up = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert_refused(refresh(server, made_up), "invalid_grant")
    for made_up in (tokens["refresh_token"] + "A", tokens["refresh_token"][:-1],
                    tokens["access_token"]):
        assert_refused(refresh(server, made_up), "invalid_grant")
    assert works(server, tokens["access_token"])
    assert refresh(server, tokens["refresh_token"]).status == 200


def test_of_many_refreshes_at_once_one_wins_and_the_session_ends(server):
    tokens = ask(server, GOOD)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(server, tokens["refresh_token"]), range(8)))
    won = [answer for answer in answers if answer.status == 200]
    assert len(won) == 1, answers
    for answer in answers:
        if answer is not won[0]:
            assert_refused(answer, "invalid_grant")
    assert not works(server, won[0]["access_token"])
    assert_refused(refresh(server, won[0]["refresh_token"]), "invalid_grant")


def test_after_logout_nothing_can_be_refreshed(server):
    tokens = ask(server, GOOD)
    assert server.client(tokens["access_token"]).post("/api/auth/logout").status == 204
    assert_refused(refresh(server, tokens["refresh_token"]), "invalid_grant")


def test_a_session_that_nobody_used_for_a_week_is_over(template, tmp_path):
    server = template.copy_to(tmp_path)
    server.start(clock="2024-03-01T08:00:40Z")
    idle, used = ask(server, GOOD), ask(server, GOOD)
    server.stop()
    server.start(clock="2024-03-07T08:00:00Z")
    used = refresh(server, used["refresh_token"])
    assert used.status == 200
    server.stop()
    server.start(clock="2024-03-08T08:01:00Z")
    assert_refused(refresh(server, idle["refresh_token"]), "invalid_grant")
    assert refresh(server, used["refresh_token"]).status == 200
    server.kill()


def test_a_flood_of_sign_ins_leaves_others_served(server, patient):
    """Hashing takes a few of the threads and no more memory than a few hashes need."""
    def peak():
        status = open(f"/proc/{server.process.pid}/status", encoding="ascii").read()
        return int(status.split("VmHWM:")[1].split()[0])
    before = peak()
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        flood = [pool.submit(ask, server, {**GOOD, "password": f"wrongPassword{i}"})
                 for i in range(96)]
        served = 0
        while not all(one.done() for one in flood):
            assert patient.get("/api/auth/me").status == 200
            served += 1
        answers = [one.result() for one in flood]
    assert served > 10
    for answer in answers:
        if answer.status == 503:
            assert answer.headers["retry-after"]
        else:
            assert_refused(answer, "invalid_grant")
    assert peak() - before < 120 * 1024  # 2 hashes of 19 MiB, and room
    assert wait_until(lambda: ask(server, GOOD).status == 200)
