"""Several servers over one PostgreSQL, and clients that ask any of them and keep a history."""

import contextlib
import datetime
import http.client
import json
import random
import threading
import time
import uuid

from clinic_server import PASSWORD, Client, Server
from postgres import Postgres, free_port

GONE = (http.client.HTTPException, OSError)
ADMIN, DESK = "admin@example.com", "reception@example.com"


class Cluster:
    """`nodes` servers over one empty database, on ports that stay the same over restarts."""

    def __init__(self, folder, nodes=3, url=None, postgres=None):
        self.folder = folder
        self.postgres = postgres or Postgres().create().start()
        self.postgres.sql("CREATE DATABASE clinic", database="postgres")
        self.url = url or self.postgres.url()
        self.nodes = []
        for number in range(nodes):
            home = folder / f"node-{number}"
            home.mkdir()
            self.nodes.append(Server(home, url=self.url))
        self.ports = [free_port() for _ in self.nodes]
        self.tokens = {}

    def start(self):
        for number in range(len(self.nodes)):
            self.start_node(number)
        for email in (ADMIN, DESK):
            answer = self.nodes[0].log_in(email)
            assert answer.status == 200, answer
            self.tokens[email] = answer["access_token"]
        return self

    def start_node(self, number):
        self.nodes[number].start("--demo", "--secret-file", str(self.folder / "secret"),
                                 clock=None, port=self.ports[number])

    def remove(self):
        for node in self.nodes:
            with contextlib.suppress(ProcessLookupError):
                node.kill()
        self.postgres.remove()

    def client(self, number, email=DESK):
        return Client(self.ports[number], self.tokens[email])

    def doctors(self):
        """The demo's doctors, who always work from now on."""
        admin = self.client(0, ADMIN)
        found = [doctor["id"] for doctor in admin.get("/api/doctors")["items"]]
        for doctor in found:
            always = admin.post(f"/api/doctors/{doctor}/availability",
                                {"start_time": "2024-01-01T00:00:00Z",
                                 "end_time": "2024-01-02T00:00:00Z", "recurring": "daily"})
            assert always.status == 201, always
        return found

    def add_patient(self):
        name = f"p{uuid.uuid4().hex}"
        made = self.client(0).post("/api/auth/register", {"email": f"{name}@example.org",
                                                          "password": PASSWORD, "full_name": name})
        assert made.status == 201, made
        return made["patient_id"]


class Operation:
    """One request of one client, and what came of it. Times are seconds of one monotonic clock; an
    operation that was repeated under its key lasts from the first attempt to the last answer.

    `nodes` are those that were asked; `status` is that of the answer, None where none ever came; `answer` its document."""

    def __init__(self, kind, **asked):
        self.kind = kind
        self.nodes = []
        self.asked = asked
        self.began = time.monotonic()
        self.ended = None
        self.status = None
        self.answer = {}

    def end(self, answer):
        self.ended = time.monotonic()
        self.status = answer.status
        self.answer = json.loads(answer.body) if answer.body else {}


class Chooser:
    """Times that clients get in each other's way with: a few days of five-minute starts, at which the
    demo has nothing."""

    def __init__(self, draw, days=2):
        self.draw = draw
        day = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=40)
        self.first = datetime.datetime.combine(day, datetime.time(),
                                               tzinfo=datetime.timezone.utc)
        self.starts = days * 24 * 12

    def at(self, number):
        at = self.first + datetime.timedelta(minutes=5 * number)
        return at.isoformat().replace("+00:00", "Z")

    def start(self):
        return self.at(self.draw.randrange(self.starts))


class HistoryClient(threading.Thread):
    """Books, holds, moves, cancels and checks in, on any node, until it is stopped. What it was not
    answered it asks again under the same key, of any node."""

    def __init__(self, cluster, doctors, patients, seed, override=False):
        super().__init__()
        self.cluster = cluster
        self.doctors = doctors
        self.patients = patients
        self.draw = random.Random(seed)
        self.times = Chooser(self.draw)
        self.override = override
        self.connections = {}
        self.mine = []
        self.history = []
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            self.step()
        for connection in self.connections.values():
            connection.close()

    def step(self):
        chosen = self.draw.random()
        if chosen < 0.5 or not self.mine:
            self.book(hold=chosen < 0.12)
            return
        mine = self.draw.choice(self.mine)
        if chosen < 0.7:
            self.change("reschedule", mine, {"scheduled_time": self.times.start()})
        elif chosen < 0.78:
            self.change("confirm", mine)
        elif chosen < 0.86:
            self.change("check-in", mine)
        else:
            self.change("cancel", mine, {"reason": "history"})
            self.mine.remove(mine)

    def book(self, hold):
        key = str(uuid.UUID(int=self.draw.getrandbits(128)))
        body = {"doctor_id": self.draw.choice(self.doctors),
                "patient_id": self.draw.choice(self.patients),
                "scheduled_time": self.times.start(),
                "duration_minutes": self.draw.choice((10, 15, 20, 30, 45)), "reason": key}
        if hold:
            body.update(hold=True, hold_ttl_seconds=600)
        if self.override:
            body.update(override=True)
        operation = Operation("book", key=key, **body)
        self.history.append(operation)
        # A key says what became of a request: one asks until somebody knows.
        while operation.status in (None, 503):
            answer = self.ask(operation, "/api/appointments", body, {"Idempotency-Key": key})
            if answer is not None:
                operation.end(answer)
            elif self.stopping.wait(0.05) and time.monotonic() > operation.began + 120:
                return
        if operation.status == 201:
            self.mine.append(operation.answer["id"])

    def change(self, action, identifier, body=None):
        operation = Operation(action, id=identifier, **(body or {}))
        self.history.append(operation)
        answer = self.ask(operation, f"/api/appointments/{identifier}/{action}", body, {})
        if answer is not None:
            operation.end(answer)
            return
        # Whether it happened nobody said; whatever it did, it has done by some time soon.
        operation.ended = None

    def ask(self, operation, path, body, headers):
        """The answer; None where none came."""
        node = self.draw.randrange(len(self.cluster.nodes))
        operation.nodes.append(node)
        try:
            if node not in self.connections:
                self.connections[node] = self.cluster.client(node)
            return self.connections[node].post(path, body, headers=headers)
        except GONE:
            connection = self.connections.pop(node, None)
            if connection is not None:
                connection.close()
            time.sleep(0.05)
            return None


def all_appointments(client):
    """Every appointment, as the server lists them."""
    found, cursor = [], None
    while True:
        page = client.get("/api/appointments", limit=500, **({"cursor": cursor} if cursor else {}))
        assert page.status == 200, page
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


CLIENTS = 16


def run_clients(cluster, meanwhile, override=False):
    """What sixteen clients asked and were told while `meanwhile` ran."""
    doctors = cluster.doctors()
    patients = [cluster.add_patient() for _ in range(6)]
    clients = [HistoryClient(cluster, doctors, patients, seed, override)
               for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    meanwhile()
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(180)
        assert not client.is_alive(), "a client still waits for an answer"
    return [operation for client in clients for operation in client.history]
