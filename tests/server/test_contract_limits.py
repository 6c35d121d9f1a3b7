"""How often one may ask: the headers of every answer, 429 past a limit, and whose address counts."""

import subprocess

import pytest

from clinic_server import CLOCK_AFTER_SIGN_IN, EMAILS, PROGRAM, assert_problem

ELSEWHERE = {"X-Forwarded-For": "198.51.100.1"}


@pytest.fixture
def start(template, tmp_path):
    """Starts the demo with settings."""
    running = template.copy_to(tmp_path)

    def start(*settings):
        running.stop()
        return running.start(*settings, clock=CLOCK_AFTER_SIGN_IN)

    yield start
    running.kill()


def limits_of(answer):
    return tuple(int(answer.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))


def assert_too_many(answer, limit):
    assert_problem(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) >= 1
    assert limits_of(answer)[:2] == (limit, 0)


def test_every_answer_says_how_much_is_left(start):
    client = start("--address-limit", "100/hour", "--sign-in-limit", "10/minute").client()
    asked = [client.get("/"), client.get("/api/doctors"), client.get("/api/nothing"),
             client.request("DELETE", "/api/doctors"),
             client.post("/api/auth/login", raw=b"{"),
             client.post("/api/auth/login", {"email": EMAILS["admin"], "password": "wrong"})]
    assert [answer.status for answer in asked] == [200, 401, 404, 405, 400, 401]
    assert [limits_of(answer)[0] for answer in asked[:5]] == [100] * 5
    assert [limits_of(answer)[1] for answer in asked[:5]] == [99, 98, 97, 96, 95]
    assert limits_of(asked[5])[0] == 10, "of two limits the tighter one is told"


def test_an_address_past_its_limit_is_told_when_to_come_again(start):
    client = start("--address-limit", "3/hour").client()
    assert [client.get("/").status for _ in range(3)] == [200] * 3
    assert_too_many(client.get("/"), 3)
    assert_too_many(client.get("/api/nothing"), 3)
    assert int(client.get("/").headers["retry-after"]) <= 1200


def test_what_watches_the_server_is_not_limited(start):
    client = start("--address-limit", "1/hour").client()
    client.get("/")
    for _ in range(5):
        for path in ("/livez", "/readyz"):
            answer = client.get(path)
            assert answer.status == 200 and "ratelimit-limit" not in answer.headers


def test_an_account_has_a_limit_of_its_own(start):
    server = start("--account-limit", "3/hour")
    patient, doctor = server.sign_in("patient"), server.sign_in("doctor")
    assert [patient.get("/api/auth/me").status for _ in range(3)] == [200] * 3
    assert_too_many(patient.get("/api/auth/me"), 3)
    assert_too_many(server.sign_in("patient").get("/api/doctors"), 3)
    assert doctor.get("/api/auth/me").status == 200


def test_a_bad_token_spends_nothing_of_an_account(start):
    server = start("--account-limit", "1/hour")
    client = server.sign_in("patient")
    for _ in range(3):
        assert client.request("GET", "/api/auth/me", token=client.token[:-2]).status == 401
    assert client.get("/api/auth/me").status == 200


def test_a_password_is_not_guessed_more_often_than_allowed(start):
    server = start("--sign-in-limit", "3/hour", "--trusted-proxy", "127.0.0.1")
    client = server.client()

    def log_in(email, password="wrong", headers=None):
        return client.post("/api/auth/login", {"email": email, "password": password}, headers=headers)

    assert [log_in(EMAILS["patient"]).status for _ in range(3)] == [401] * 3
    assert_too_many(log_in(EMAILS["patient"]), 3)
    assert_too_many(log_in(EMAILS["patient"].upper()), 3)
    form = f"grant_type=password&username={EMAILS['patient']}&password=wrong".encode()
    assert_too_many(client.post("/api/auth/token", raw=form,
                                headers={"Content-Type": "application/x-www-form-urlencoded"}), 3)
    assert server.log_in(EMAILS["doctor"]).status == 200, "others sign in at the same address"
    owner = {"headers": ELSEWHERE}
    assert log_in(EMAILS["patient"], "securePassword123!", **owner).status == 200, \
        "nobody is locked out from elsewhere"


def test_whoever_has_a_token_does_not_guess_the_password_with_it(start):
    client = start("--sign-in-limit", "3/hour").sign_in("patient")
    guess = {"current_password": "wrong", "new_password": "anotherPassword123!"}
    assert [client.post("/api/auth/password", guess).status for _ in range(3)] == [422] * 3
    assert_too_many(client.post("/api/auth/password", guess), 3)


def test_accounts_are_not_made_without_end(start):
    client = start("--sign-in-limit", "1/hour").client()

    def register(number):
        person = {"email": f"p{number}@example.org", "password": "short", "full_name": "P"}
        return client.post("/api/auth/register", person, headers={"Idempotency-Key": str(number)})

    assert [register(number).status for number in range(30)] == [422] * 30
    assert_too_many(register(30), 30)
    again = register(30)
    assert again.status == 429 and "idempotent-replayed" not in again.headers


def test_an_address_that_anybody_may_write_counts_for_nothing(start):
    client = start("--address-limit", "2/hour").client()
    for number in range(2):
        client.request("GET", "/", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert_too_many(client.request("GET", "/", headers=ELSEWHERE), 2)


def test_a_trusted_proxy_is_believed_about_whom_it_speaks_for(start):
    server = start("--address-limit", "2/hour", "--trusted-proxy", "127.0.0.0/8,::1")
    client = server.client()
    for _ in range(2):
        assert client.request("GET", "/", headers=ELSEWHERE).status == 200
    assert_too_many(client.request("GET", "/", headers=ELSEWHERE), 2)
    invented = {"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}
    assert_too_many(client.request("GET", "/", headers=invented), 2)
    assert client.request("GET", "/", headers={"X-Forwarded-For": "198.51.100.2"}).status == 200


def test_the_audit_names_the_client_and_not_the_proxy(start):
    server = start("--trusted-proxy", "127.0.0.1")
    patient = server.sign_in("patient")
    assert patient.request("GET", "/api/patients/me", headers=ELSEWHERE).status == 200
    [(source,)] = server.rows("SELECT source FROM audit WHERE action = 'patient.read' "
                              "ORDER BY sequence DESC LIMIT 1")
    assert source == "198.51.100.1"


def test_off_is_no_limit_and_no_header(start):
    client = start("--address-limit", "off", "--account-limit", "off",
                   "--sign-in-limit", "off").client()
    assert "ratelimit-limit" not in client.get("/").headers


@pytest.mark.parametrize("setting, value", [
    ("--address-limit", "many"), ("--account-limit", "10/day"), ("--sign-in-limit", "0/minute"),
    ("--trusted-proxy", "localhost"), ("--trusted-proxy", "10.0.0.1/8"),
    ("--redis", "http://127.0.0.1"), ("--redis", "redis://:hunter2@")])
def test_a_setting_that_makes_no_sense_stops_the_start(setting, value):
    done = subprocess.run([PROGRAM, "serve", "--port", "0", "--database", "memory:", setting, value],
                          capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2 and done.stdout == "", done
    assert setting in done.stderr and "hunter2" not in done.stderr, done
