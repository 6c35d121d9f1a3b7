"""The program as its users see it: `clinic serve` in a temporary folder, and a client for it.

A Server is one folder with a database and a process. A Client is one kept-alive connection. Neither
knows anything of the program but its command line and the REST contract.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.parse
import uuid

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CLINIC_PROGRAM", str(SOURCE / "build/release/clinic"))

PASSWORD = "securePassword123!"
EMAILS = {
    "patient": "patient@example.com",
    "other_patient": "noor@example.com",
    "doctor": "doctor@example.com",
    "other_doctor": "okafor@example.com",
    "receptionist": "reception@example.com",
    "admin": "admin@example.com",
}
DOCTOR = "550e8400-e29b-41d4-a716-446655440000"

# The instant of the documented examples, and one a little later: a token that was handed out by a
# server started at the first is of the past for one started at the second.
CLOCK = "2024-03-01T08:00:00Z"
CLOCK_AFTER_SIGN_IN = "2024-03-01T08:00:40Z"


# Tests ask more than people do; those of the limits set their own.
GENEROUS = {"CLINIC_ADDRESS_LIMIT": "1000000/second", "CLINIC_ACCOUNT_LIMIT": "1000000/second",
            "CLINIC_SIGN_IN_LIMIT": "1000000/second"}


class Answer:
    """What came back: status, headers (names in lower case) and body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __getitem__(self, name):
        return self.json[name]

    def __repr__(self):
        return f"<{self.status} {self.headers.get('content-type')} {self.body[:600]!r}>"


class Client:
    """One connection, kept alive; signed in where it has a token."""

    def __init__(self, port, token=None):
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def request(self, method, path, body=None, *, raw=None, headers=None, token=...):
        """Sends `body` as JSON, or `raw` bytes as they are; `token=None` leaves the token out."""
        sent = {}
        token = self.token if token is ... else token
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        try:
            self.connection.request(method, path, raw, sent)
        except (BrokenPipeError, ConnectionResetError):
            # Refused before all of it was sent: the answer is there to be read.
            if self.connection.sock is None:
                raise
        response = self.connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())

    def get(self, path, **query):
        """GET, with the keyword arguments as the query; `from_` is `from`."""
        pairs = [(name.rstrip("_"), value) for name, value in query.items()]
        return self.request("GET", path + ("?" + urllib.parse.urlencode(pairs) if pairs else ""))

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def book(self, scheduled_time, **fields):
        return self.post("/api/appointments", booking(scheduled_time, **fields))

    def close(self):
        self.connection.close()


def booking(scheduled_time, **fields):
    """The body that books the demo's doctor."""
    return {"doctor_id": DOCTOR, "scheduled_time": scheduled_time, "reason": "Check-up", **fields}


class Server:
    """A folder with a database, and the program that serves it. With `url` the database is somewhere
    else; `prefix` is the command that runs the program."""

    def __init__(self, folder, *, program=PROGRAM, url=None, prefix=()):
        self.folder = pathlib.Path(folder)
        self.program = program
        self.database = self.folder / "clinic.db"
        self.elsewhere = url
        self.prefix = prefix
        self.tokens = {}
        self.process = None
        self.port = None

    @property
    def url(self):
        return self.elsewhere or f"sqlite:{self.database}"

    def start(self, *arguments, clock=CLOCK, port=0):
        """Starts it, on a free port unless told otherwise, and waits until it answers. Without
        `clock` it has the machine's time."""
        self.errors = open(self.folder / "stderr.txt", "ab")
        self.process = subprocess.Popen(
            [*self.prefix, self.program, "serve", "--port", str(port), "--database", self.url,
             *(("--clock", clock) if clock else ()), *arguments],
            stdout=subprocess.PIPE, stderr=self.errors, cwd=self.folder,
            env={**os.environ, **GENEROUS})
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, f"no URL in {line!r}; stderr: {self.stderr()}"
        self.port = int(found[1])
        return self

    def stop(self, number=signal.SIGTERM):
        """Ends it as an operator does; its exit code."""
        return self._end(number)

    def kill(self):
        """Ends it as a power cut does."""
        return self._end(signal.SIGKILL)

    def _end(self, number):
        if self.process is None:
            return None
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.errors.close()
        self.process = None
        return code

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def stderr(self):
        return (self.folder / "stderr.txt").read_text(errors="replace")

    def client(self, token=None):
        return Client(self.port, token)

    def sign_in(self, role):
        """A client for one of the demo's people; they sign in once for each server."""
        if role not in self.tokens:
            answer = self.log_in(EMAILS[role])
            assert answer.status == 200, answer
            self.tokens[role] = answer["access_token"]
        return self.client(self.tokens[role])

    def log_in(self, email, password=PASSWORD):
        return self.client().post("/api/auth/login", {"email": email, "password": password})

    def register(self, name):
        """A new patient: a client who is signed in, and the patient's id."""
        person = {"email": f"{name}@example.org", "password": PASSWORD, "full_name": name}
        made = self.client().post("/api/auth/register", person)
        assert made.status == 201, made
        token = self.log_in(person["email"])["access_token"]
        return self.client(token), made["patient_id"]

    def rows(self, sql, *parameters):
        """What the store holds, read from outside."""
        address = f"file:{self.database}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            return database.execute(sql, parameters).fetchall()

    def resource(self, name):
        """The id of the demo's doctor, patient or room of that name."""
        [(identifier,)] = self.rows("SELECT id FROM resource WHERE name = ?", name)
        return str(uuid.UUID(bytes=identifier))

    def copy_to(self, folder):
        """Another server with the same data and the same people signed in. Requires that this one
        was stopped."""
        for file in self.folder.glob("clinic.db*"):
            shutil.copy2(file, folder)
        other = Server(folder, program=self.program)
        other.tokens = dict(self.tokens)
        return other


def demo_template(folder):
    """A stopped server with the demo's data, everybody signed in: copies of it start at once."""
    server = Server(folder).start("--demo")
    for role in EMAILS:
        server.sign_in(role)
    assert server.stop() == 0, server.stderr()
    return server


def wait_until(holds, seconds=10):
    """Waits until something holds; whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def assert_problem(answer, status, code=None, pointers=()):
    """The answer is a whole problem document (RFC 9457) of that status, and names these fields."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json", answer
    problem = answer.json
    for member in ("type", "title", "status", "detail", "instance", "code", "request_id"):
        assert member in problem, f"{member} is missing: {answer}"
    assert problem["status"] == status, answer
    assert problem["request_id"] == answer.headers["x-request-id"], answer
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer", answer
    if code is not None:
        assert problem["code"] == code, answer
    named = [error["pointer"] for error in problem.get("errors", [])]
    for pointer in pointers:
        assert pointer in named, f"{pointer} is not among {named}: {answer}"
    return problem
