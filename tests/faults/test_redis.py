"""Two servers share one Redis, which is killed and brought back under load: requests go on, limits hold,
and nobody who has signed out gets in."""

import itertools
import random
import threading
import time

import pytest

import clinic_server
import postgres
import redis_process
from clinic_server import EMAILS, Server, wait_until

pytestmark = pytest.mark.skipif(redis_process.reason_to_skip() is not None,
                                reason=str(redis_process.reason_to_skip()))

LIMIT = 60
KEPT = 4  # seconds, after which no copy of a sign-in is left


class Nodes:
    """Two servers over one database, with one Redis. Whoever is asked is told that a proxy asks, so that
    every client can have an address of its own."""

    def __init__(self, folder, redis, database):
        self.redis = redis
        self.servers = []
        for name in ("a", "b"):
            (folder / name).mkdir()
            self.servers.append(Server(folder / name, url=database))
        for server in self.servers:
            server.start("--redis", redis.url, "--trusted-proxy", "127.0.0.1",
                         "--address-limit", f"{LIMIT}/hour", "--account-limit", "off",
                         "--sign-in-limit", "off", "--secret-file", str(folder / "secret"), "--demo",
                         clock=None)

    def stop(self):
        for server in self.servers:
            server.kill()

    def clients(self, token=None):
        return [server.client(token) for server in self.servers]

    def found_redis_again(self, times):
        """Whether each of them has said so, so often."""
        return all(server.stderr().count("Redis is there again") >= times for server in self.servers)


ADDRESSES = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
             for number in itertools.count(1))


def ask(client, method, path, body=None, address=None):
    """As somebody whom no limit stops, unless an address is given."""
    return client.request(method, path, body,
                          headers={"X-Forwarded-For": address or next(ADDRESSES)})


def databases():
    missing = postgres.reason_to_skip()
    return ["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(missing is not None,
                                                                          reason=str(missing)))]


@pytest.fixture
def redis():
    server = redis_process.Redis().start()
    yield server
    server.remove()


@pytest.fixture(params=databases())
def nodes(request, redis, tmp_path):
    if request.param == "sqlite":
        running = Nodes(tmp_path, redis, f"sqlite:{tmp_path}/clinic.db")
        yield running
        running.stop()
        return
    server = postgres.Postgres().create().start()
    try:
        server.sql("CREATE DATABASE clinic", database="postgres")
        running = Nodes(tmp_path, redis, server.url())
        yield running
        running.stop()
    finally:
        server.remove()


class Worker(threading.Thread):
    """Does something again and again until it is stopped; what it found wrong, and how often it was
    done."""

    def __init__(self, nodes, seed):
        super().__init__()
        self.nodes = nodes
        self.draw = random.Random(seed)
        self.wrong = []
        self.done = 0
        self.stopping = threading.Event()
        self.start()

    def run(self):
        try:
            while not self.stopping.is_set():
                self.step()
                self.done += 1
        except Exception as error:  # a thread's failure is nobody's otherwise
            self.wrong.append(repr(error))

    def end(self):
        self.stopping.set()
        self.join(120)
        assert not self.is_alive()
        assert not self.wrong, self.wrong[:5]
        return self.done


class Stayer(Worker):
    """Is signed in, and is served by either node all the time."""

    def __init__(self, nodes, seed, token):
        self.clients = nodes.clients(token)
        super().__init__(nodes, seed)

    def step(self):
        answer = ask(self.draw.choice(self.clients), "GET", "/api/auth/me")
        if answer.status != 200:
            self.wrong.append(f"a request was not served: {answer}")
        time.sleep(0.002)


class Leaver(Worker):
    """Signs in, is known at both nodes, signs out at one of them, and gets in at neither."""

    def step(self):
        anybody = self.nodes.clients()
        signed_in = ask(self.draw.choice(anybody), "POST", "/api/auth/login",
                        {"email": EMAILS["receptionist"], "password": clinic_server.PASSWORD})
        assert signed_in.status == 200, signed_in
        mine = self.nodes.clients(signed_in["access_token"])
        for client in mine:
            assert ask(client, "GET", "/api/auth/me").status == 200
        time.sleep(self.draw.random() * 0.5)
        out = ask(self.draw.choice(mine), "POST", "/api/auth/logout")
        assert out.status == 204, out
        until = time.monotonic() + self.draw.choice((0.1, 1, KEPT))
        while time.monotonic() < until:
            for client in mine:
                answer = ask(client, "GET", "/api/auth/me")
                if answer.status != 401:
                    self.wrong.append(f"who has signed out got in: {answer}")
            time.sleep(0.02)


class Disabled(Worker):
    """Is known at both nodes, is disabled by an admin at one of them, gets in at neither, and is let in
    again."""

    def __init__(self, nodes, seed, admin):
        self.person = {"email": f"disabled{seed}@example.org", "password": clinic_server.PASSWORD,
                       "full_name": "Disabled"}
        made = ask(nodes.clients()[0], "POST", "/api/auth/register", self.person)
        assert made.status == 201, made
        self.account = f"/api/users/{made['id']}"
        self.admins = nodes.clients(admin)
        super().__init__(nodes, seed)

    def change(self, disabled):
        changed = ask(self.draw.choice(self.admins), "PATCH", self.account, {"disabled": disabled})
        assert changed.status == 200, changed

    def step(self):
        signed_in = ask(self.draw.choice(self.nodes.clients()), "POST", "/api/auth/login",
                        {key: self.person[key] for key in ("email", "password")})
        assert signed_in.status == 200, signed_in
        mine = self.nodes.clients(signed_in["access_token"])
        assert [ask(client, "GET", "/api/auth/me").status for client in mine] == [200, 200]
        self.change(disabled=True)
        until = time.monotonic() + self.draw.choice((0.1, 1, KEPT))
        while time.monotonic() < until:
            for client in mine:
                answer = ask(client, "GET", "/api/auth/me")
                if answer.status != 401:
                    self.wrong.append(f"who was disabled got in: {answer}")
            time.sleep(0.02)
        self.change(disabled=False)


def is_over_the_limit(nodes, address):
    """Whether every node turns this address away, and tells it when to come again."""
    answers = [ask(client, "GET", "/api/doctors", address=address) for client in nodes.clients()]
    for answer in answers:
        if answer.status == 429:
            clinic_server.assert_problem(answer, 429, "rate_limited")
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["ratelimit-remaining"] == "0"
    return all(answer.status == 429 for answer in answers)


def count_served(nodes, address, most):
    """How many of so many requests from an address, at one node after the other, are not refused for
    their number."""
    clients = itertools.cycle(nodes.clients())
    answers = [ask(next(clients), "GET", "/api/doctors", address=address) for _ in range(most)]
    return sum(answer.status != 429 for answer in answers)


def test_a_limit_holds_across_nodes(nodes):
    assert count_served(nodes, "198.51.100.1", 3 * LIMIT) == LIMIT
    assert is_over_the_limit(nodes, "198.51.100.1")
    assert count_served(nodes, "198.51.100.2", 10) == 10


def test_a_redis_that_dies_and_comes_back_is_not_missed(nodes, redis):
    token = nodes.servers[0].log_in(EMAILS["admin"])["access_token"]
    workers = [Stayer(nodes, seed, token) for seed in range(4)]
    workers += [Leaver(nodes, seed) for seed in range(3)]
    workers += [Disabled(nodes, seed, token) for seed in range(2)]
    # Every node turns it away once before Redis goes, and so knows.
    assert count_served(nodes, "198.51.100.1", 2 * LIMIT) == LIMIT
    assert is_over_the_limit(nodes, "198.51.100.1")
    for times, keeps_its_data in enumerate((True, False), start=1):
        time.sleep(1)
        redis.save()
        time.sleep(0.3)
        redis.kill()
        for _ in range(20):
            assert is_over_the_limit(nodes, "198.51.100.1")
            time.sleep(0.05)
        if not keeps_its_data:
            redis.forget()
        redis.start()
        assert wait_until(lambda: nodes.found_redis_again(times))
        for _ in range(20):
            assert is_over_the_limit(nodes, "198.51.100.1")
            time.sleep(0.05)
        # Counted together again.
        assert count_served(nodes, f"198.51.100.{3 + keeps_its_data}", 2 * LIMIT) == LIMIT
        time.sleep(KEPT)
    done = [worker.end() for worker in workers]
    assert min(done) > 0, done


def test_who_signs_out_while_redis_is_away_is_out_when_it_is_back_with_its_old_data(nodes, redis):
    signed_in = nodes.servers[0].log_in(EMAILS["receptionist"])
    mine = nodes.clients(signed_in["access_token"])
    assert [ask(client, "GET", "/api/auth/me").status for client in mine] == [200, 200]
    redis.save()  # with the copy of the sign-in
    redis.kill()
    back = threading.Timer(0.5, redis.start)
    back.start()
    assert ask(mine[0], "POST", "/api/auth/logout").status == 204
    back.join()
    until = time.monotonic() + KEPT
    while time.monotonic() < until:
        assert [ask(client, "GET", "/api/auth/me").status for client in mine] == [401, 401]


def test_a_server_starts_and_serves_without_its_redis(redis, tmp_path):
    redis.kill()
    running = Nodes(tmp_path, redis, f"sqlite:{tmp_path}/clinic.db")
    try:
        assert count_served(running, "198.51.100.1", 10) == 10
        assert redis_process.PASSWORD not in running.servers[0].stderr()
    finally:
        running.stop()
