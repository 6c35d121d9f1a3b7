"""While another program holds up whoever reads the file, everybody else is served: no question that
a client can think of makes a thread wait that reads requests."""

import contextlib
import fcntl
import uuid

import pytest

from clinic_server import DOCTOR

# Of the wal-index, the bytes that a reader locks one of (sqlite.org/walformat.html §2.2.3).
FIRST_READ_LOCK, READ_LOCKS = 123, 5
# More than there are threads that read requests, each of which is given some.
CURIOUS = 16

NEXT = f"/api/doctors/{DOCTOR}/slots"


@contextlib.contextmanager
def readers_held_up(server):
    """Nobody can begin to read: who tries waits for some ten seconds, and is refused then. The file
    must not be opened by this program meanwhile: to close it would give up the locks."""
    with open(f"{server.database}-shm", "r+b") as index:
        fcntl.lockf(index, fcntl.LOCK_EX, READ_LOCKS, FIRST_READ_LOCK)
        yield


@pytest.fixture
def patient(server):
    """Signed in, which the server knows without looking."""
    client = server.sign_in("patient")
    assert client.get(NEXT, limit=1).status == 200
    return client


def ask(client, target):
    """Sends the question, and does not wait for an answer."""
    client.connection.request("GET", target, headers={"Authorization": f"Bearer {client.token}"})


@pytest.mark.parametrize("question", ["limit=1", "limit=500&duration_minutes=1440"])
def test_who_asks_for_unknown_doctors_keeps_nobody_else_waiting(server, patient, question):
    receptionist = server.sign_in("receptionist")
    assert receptionist.get(NEXT, limit=1).status == 200
    curious = [server.client(patient.token) for _ in range(CURIOUS)]
    with readers_held_up(server):
        for client in curious:
            ask(client, f"/api/doctors/{uuid.uuid4()}/slots?{question}")
        assert server.client().get("/livez").status == 200
        assert receptionist.get(NEXT, limit=1).status == 200
    for client in curious:
        assert client.connection.getresponse().status in (404, 503)


def test_who_is_not_known_to_be_signed_in_keeps_nobody_else_waiting(server, patient):
    strangers = [server.client(server.sign_in("doctor").token) for _ in range(CURIOUS)]
    with readers_held_up(server):
        for client in strangers:
            ask(client, f"{NEXT}?limit=1")
        assert server.client().get("/livez").status == 200
        assert patient.get(NEXT, limit=1).status == 200
    for client in strangers:
        assert client.connection.getresponse().status in (200, 503)
