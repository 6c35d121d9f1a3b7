"""Whatever a stranger sends, every route answers with a problem document and goes on serving.

Each case is sent on a connection that is used again afterwards; a lost connection fails the test.
None of it may change what the store holds.
"""

import json
import re

import pytest

from api_routes import Places, ROUTES, SIGNED_IN, WITH_BODY, WITH_PLACE, WITH_QUERY, bad_values
from clinic_server import CLOCK_AFTER_SIGN_IN, assert_problem

DATA = ("resource", "specialty", "availability_rule", "availability_date", "time_off", "booking",
        "allocation", "transition", "account", "patient", "outbox", "idempotency")


@pytest.fixture(scope="module")
def shared(template, tmp_path_factory):
    """One server for all cases: none of them changes it."""
    server = template.copy_to(tmp_path_factory.mktemp("bad-input"))
    server.start(clock=CLOCK_AFTER_SIGN_IN)
    server.places = Places(server)
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def nothing_changes(shared):
    """Holds every test to it that the server lives and that its data stayed as they were."""
    before = [shared.rows(f"SELECT * FROM {table}") for table in DATA]
    yield
    assert shared.is_alive(), shared.stderr()
    assert [shared.rows(f"SELECT * FROM {table}") for table in DATA] == before


class Sender:
    """Sends variations of a route's request on one connection."""

    def __init__(self, server, route):
        self.route = route
        self.path = server.places.fill(route.path)
        self.body = server.places.body(route) if route.fields else None
        self.client = server.sign_in(route.role) if route.role else server.client()

    def send(self, body=None, **options):
        return self.client.request(self.route.method, self.path, body, **options)

    def refused(self, statuses, body=None, **options):
        """Sends it, and sees that it is refused and that the connection can be used on."""
        answer = self.send(body, **options)
        assert answer.status in statuses, (options or body, answer)
        problem = assert_problem(answer, answer.status)
        assert self.client.get("/livez").status == 200
        return problem


@pytest.fixture
def sender(shared, route):
    return Sender(shared, route)


def pointers(problem):
    return [error["pointer"] for error in problem.get("errors", [])]


def is_named(problem, name):
    """True where an error is about the field or something in it."""
    return any(re.match(f"/{name}(/|$)", pointer) for pointer in pointers(problem))


with_body = pytest.mark.parametrize("route", WITH_BODY, ids=str)


@with_body
def test_a_field_of_the_wrong_type_or_out_of_range_is_named(sender, route):
    for name, field in route.fields.items():
        for value in bad_values(field):
            # An integer beyond 64 bits is malformed already.
            problem = sender.refused([400, 422], {**sender.body, name: value})
            assert is_named(problem, name), (name, value, problem)


@with_body
def test_a_missing_field_is_named(sender, route):
    for name in sender.body:
        body = {other: value for other, value in sender.body.items() if other != name}
        assert is_named(sender.refused([422], body), name)


@with_body
def test_everything_that_is_wrong_is_named_at_once(sender, route):
    problem = sender.refused([422], {name: {} if field.kind == "recurring" else 5.5
                                     for name, field in route.fields.items()})
    assert {pointer.split("/")[1] for pointer in pointers(problem)} >= set(route.fields)


@with_body
def test_an_unknown_field_is_named(sender, route):
    for name in ("colour", "Reason", "", "__proto__"):
        assert f"/{name}" in pointers(sender.refused([422], {**sender.body, name: "x"}))
    problem = sender.refused([422], {**sender.body, "a/b~c": 1})
    assert "/a~1b~0c" in pointers(problem)  # RFC 6901


NOT_JSON = {
    "half an object": b"{",
    "not JSON": b"nope",
    "form": b"reason=x",
    "two values": b"{}{}",
    "trailing comma": b'{"reason":"x",}',
    "single quotes": b"{'reason':'x'}",
    "comment": b"{} // yes",
    "not a number": b'{"reason":NaN}',
    "infinity": b'{"duration_minutes":1e999}',
    "octal": b'{"duration_minutes":030}',
    "invalid UTF-8": b'{"reason":"\xff\xfe"}',
    "overlong UTF-8": b'{"reason":"\xc0\xaf"}',
    "surrogate in UTF-8": b'{"reason":"\xed\xa0\x80"}',
    "lone surrogate": b'{"reason":"\\ud800"}',
    "escaped NUL": b'{"reason":"a\\u0000b"}',
    "NUL": b'{"reason":"a\x00b"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"reason":"x"}'.encode("utf-16"),
    "duplicate keys": b'{"reason":"a","reason":"b"}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep arrays, unclosed": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep field": b'{"reason":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "array": b"[]",
    "array of objects": b'[{"reason":"x"}]',
    "string": b'"x"',
    "number": b"5",
    "null": b"null",
    "white space": b"  \r\n ",
}


@with_body
@pytest.mark.parametrize("name", NOT_JSON)
def test_a_body_that_is_no_json_object_is_malformed(sender, name):
    assert sender.refused([400], raw=NOT_JSON[name])["code"] == "malformed"


@with_body
def test_an_absent_body_is_malformed_unless_it_is_optional(sender, route):
    if not route.body_is_optional:
        sender.refused([400], raw=b"")
        sender.refused([400])


@with_body
def test_a_body_over_one_mebibyte_is_too_large(sender, route):
    for raw in (b'{"reason":"' + b"x" * (2 << 20) + b'"}', b" " * ((1 << 20) + 1),
                b"\xff" * (8 << 20)):
        sender.refused([413], raw=raw)
    # Chunked, nothing says how long it will be.
    sender.refused([413], raw=(b"x" * 65536 for _ in range(32)))


@with_body
def test_a_body_just_under_the_limit_is_read_and_judged(sender, route):
    large = json.dumps({**sender.body, "colour": "x" * ((1 << 20) - 2000)}).encode()
    assert "/colour" in pointers(sender.refused([422], raw=large))
    many = json.dumps({**sender.body, **{f"f{n}": n for n in range(50_000)}}).encode()
    assert len(pointers(sender.refused([422], raw=many))) <= 50


@with_body
def test_a_body_of_another_media_type_is_unsupported(sender, route):
    raw = json.dumps(sender.body or {"reason": "x"}).encode()
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "", "x",
                  "multipart/form-data; boundary=x", "application/jsonx",
                  "application/problem+json"):
        sender.refused([415], raw=raw, headers={"Content-Type": media})
    sender.refused([415], raw=raw, headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("route", SIGNED_IN, ids=str)
def test_without_a_good_token_nobody_gets_in(sender, shared):
    good = sender.client.token
    head, claims, signature = good.split(".")
    for token in (None, "x", "a.b.c", good[:-2], good + "A", f"{head}.{claims}.", good.swapcase(),
                  f"{claims}.{head}.{signature}", "\x7f", "x" * 8000):
        problem = sender.refused([400, 401], sender.body, token=token)
        assert problem["status"] == 401 or token == "\x7f"


def test_somebody_elses_token_is_no_token_here(shared, template, tmp_path):
    """Another installation signs with another secret."""
    other = template.copy_to(tmp_path)
    for secret in tmp_path.glob("*.secret"):
        secret.unlink()
    other.start("--demo", clock=CLOCK_AFTER_SIGN_IN)
    try:
        foreign = other.log_in("patient@example.com")["access_token"]
    finally:
        other.kill()
    assert_problem(shared.client(foreign).get("/api/auth/me"), 401)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_another_method_is_not_allowed_and_what_is_stands_in_allow(sender, route):
    for method in ("PUT", "DELETE", "PATCH", "POST", "GET"):
        answer = sender.client.request(method, sender.path, token=None)
        if answer.status == 405:
            assert_problem(answer, 405, "method_not_allowed")
            assert route.method in answer.headers["allow"].split(", ")
        else:
            assert answer.status in (400, 401, 404, 422), answer
    assert sender.client.request("BREW", sender.path).status == 501


NO_PLACES = ("x", "0", "-1", "null", "*", "00000000-0000-0000-0000-000000000000",
             "550e8400e29b41d4a716446655440000", "550e8400-e29b-41d4-a716-446655440000x",
             "%27%20OR%201%3D1%20--", "%7Bid%7D", "x" * 4000, "..%2F..%2Fetc%2Fpasswd", "%00",
             "%FF", "%", "..", ".", "", "a%20b", "%F0%9F%98%80")


@pytest.mark.parametrize("route", WITH_PLACE, ids=str)
def test_an_id_that_is_none_leads_nowhere(shared, route):
    sender = Sender(shared, route)
    for place in re.findall(r"\{(\w+)\}", route.path):
        for wrong in NO_PLACES:
            sender.path = shared.places.fill(route.path, **{place: wrong})
            sender.refused([400, 404, 405], sender.body)


@pytest.mark.parametrize("route", WITH_QUERY, ids=str)
def test_a_query_that_means_nothing_is_named(sender, route):
    for name, wrong in route.queries:
        answer = sender.client.get(sender.path, **{name: wrong, **(
            {"specialty": "x"} if route.path == "/api/slots" and name != "specialty" else {})})
        assert_problem(answer, 422, pointers=[f"/{name}"])
        answer = sender.client.request("GET", f"{sender.path}?{name}=%FF")
        assert answer.status in (400, 422), answer
        assert_problem(answer, answer.status)


@pytest.mark.parametrize("route", WITH_QUERY, ids=str)
def test_a_query_parameter_given_twice_is_refused(sender, route):
    twice = {name for name, _ in route.queries}
    for name in twice - {"", "colour"}:
        answer = sender.client.request("GET", f"{sender.path}?{name}=1&{name}=1")
        assert_problem(answer, 422, pointers=[f"/{name}"])


def test_there_is_nothing_where_no_route_leads(shared):
    client = shared.sign_in("admin")
    for path in ("/api", "/api/", "/api/nothing", "/api/doctors/", "/nothing", "/api//doctors",
                 "/API/doctors"):
        assert_problem(client.get(path), 404, "not_found")
