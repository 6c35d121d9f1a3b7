"""Who may no longer get in does not, from the next request on, on every server over one database."""

import concurrent.futures
import itertools
import urllib.parse

import pytest

import postgres
from clinic_server import DOCTOR, PASSWORD, Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEXT_TIMES = f"/api/doctors/{DOCTOR}/slots?limit=1"
OTHER_PASSWORD = "another long Password 1"
WITHOUT_POSTGRES = postgres.reason_to_skip()


@pytest.fixture(scope="module", params=[
    "sqlite", pytest.param("postgres", marks=pytest.mark.skipif(WITHOUT_POSTGRES is not None,
                                                                reason=str(WITHOUT_POSTGRES)))])
def servers(request, tmp_path_factory):
    """Two servers over one database."""
    folder = tmp_path_factory.mktemp("servers")
    database, url = None, f"sqlite:{folder}/clinic.db"
    if request.param == "postgres":
        database = postgres.Postgres().create().start()
        database.sql("CREATE DATABASE clinic", database="postgres")
        url = database.url()
    pair = []
    for number in range(2):
        (folder / str(number)).mkdir()
        server = Server(folder / str(number), url=url)
        pair.append(server.start("--demo", "--secret-file", f"{folder}/secret", clock=None))
    yield pair
    for server in pair:
        assert server.is_alive(), server.stderr()
        server.kill()
    if database:
        database.remove()


@pytest.fixture
def admin(servers):
    return servers[0].sign_in("admin")


class Person:
    """A receptionist of the test's own."""

    numbers = itertools.count()

    def __init__(self, servers, admin):
        self.servers = servers
        self.email = f"person{next(self.numbers)}@example.org"
        made = admin.post("/api/users", {"email": self.email, "password": PASSWORD,
                                         "full_name": "Some Person", "role": "receptionist"})
        assert made.status == 201, made
        self.path = f"/api/users/{made['id']}"

    def log_in(self, server=0, password=PASSWORD):
        return self.servers[server].log_in(self.email, password)

    def signed_in(self):
        answer = self.log_in()
        assert answer.status == 200, answer
        return answer

    def get_in(self, tokens):
        """With what statuses the access token is answered, on each server: by its workers and, twice,
        so that it may be, by the thread that reads requests."""
        statuses = []
        for server in self.servers:
            client = server.client(tokens["access_token"])
            given = {client.get(path).status for path in ("/api/auth/me", NEXT_TIMES, NEXT_TIMES)}
            assert len(given) == 1, given
            statuses += given
        return statuses

    def refresh(self, token, server=0):
        raw = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": token})
        return self.servers[server].client().request("POST", "/api/auth/token", raw=raw.encode(),
                                                     headers=FORM)


@pytest.fixture
def person(servers, admin):
    return Person(servers, admin)


def log_out(person, admin, client, tokens):
    assert client.post("/api/auth/logout").status == 204


def end_session(person, admin, client, tokens):
    [one] = [one for one in client.get("/api/auth/sessions")["items"] if one["current"]]
    assert client.delete(f"/api/auth/sessions/{one['id']}").status == 204


def disable(person, admin, client, tokens):
    assert admin.patch(person.path, {"disabled": True}).status == 200


def give_another_role(person, admin, client, tokens):
    assert admin.patch(person.path, {"role": "admin"}).status == 200


def give_another_password(person, admin, client, tokens):
    assert admin.patch(person.path, {"password": OTHER_PASSWORD}).status == 200


def change_password_elsewhere(person, admin, client, tokens):
    other = person.servers[1].client(person.log_in(server=1)["access_token"])
    assert other.post("/api/auth/password", {"current_password": PASSWORD,
                                             "new_password": OTHER_PASSWORD}).status == 204


def reuse_a_refresh_token(person, admin, client, tokens):
    assert person.refresh(tokens["refresh_token"], server=0).status == 200
    assert person.refresh(tokens["refresh_token"], server=1).status == 400


@pytest.mark.parametrize("end", [log_out, end_session, disable, give_another_role,
                                 give_another_password, change_password_elsewhere,
                                 reuse_a_refresh_token])
@pytest.mark.parametrize("where", [0, 1])
def test_whatever_ends_a_session_ends_it_everywhere_at_once(servers, admin, person, end, where):
    tokens = person.signed_in()
    assert person.get_in(tokens) == [200, 200]
    end(person, admin, servers[where].client(tokens["access_token"]), tokens)
    assert person.get_in(tokens) == [401, 401]
    for server in range(2):
        assert person.refresh(tokens["refresh_token"], server)["error"] == "invalid_grant"


@pytest.mark.parametrize("change", [{"disabled": True}, {"password": OTHER_PASSWORD}], ids=str)
def test_no_sign_in_slips_through_while_an_account_changes(admin, servers, change):
    for _ in range(3):
        person = Person(servers, admin)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            flood = [pool.submit(person.log_in, number % 2) for number in range(24)]
            concurrent.futures.wait(flood, return_when=concurrent.futures.FIRST_COMPLETED)
            assert admin.patch(person.path, change).status == 200
            answers = [one.result() for one in flood]
        let_in = [answer for answer in answers if answer.status == 200]
        assert let_in
        for tokens in let_in:
            assert person.get_in(tokens) == [401, 401]
            assert person.refresh(tokens["refresh_token"]).status == 400


def test_a_token_that_is_refreshed_in_two_places_at_once_ends_the_session(person):
    for _ in range(5):
        tokens = person.signed_in()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n, t=tokens["refresh_token"]: person.refresh(t, n % 2),
                                    range(4)))
        won = [answer for answer in answers if answer.status == 200]
        assert len(won) == 1, answers
        assert person.get_in(won[0]) == [401, 401]
        assert person.refresh(won[0]["refresh_token"])["error"] == "invalid_grant"


def test_two_admins_who_change_one_account_at_once_both_count(admin, person, servers):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda n: servers[n % 2].client(admin.token).patch(
                person.path, {"full_name": f"Name {n}"} if n < 4 else {"role": "admin"}), range(8)))
    assert [answer.status for answer in answers] == [200] * 8
    changed = admin.get(person.path).json
    assert changed["full_name"].startswith("Name ") and changed["role"] == "admin"
