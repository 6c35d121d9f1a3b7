"""The server in the open: attacked on many connections, while somebody goes on using it.

They are answered all along, what is refused is refused with the right status and never taken for another
request, and the server's memory stays what it was.
"""

import contextlib
import re
import resource
import socket
import threading
import time
import warnings

import pytest

import front_attacks
from clinic_server import DOCTOR, wait_until

SLOW = 500
IDLE = 10_000
PIPELINED = 5_000
# What an attack may leave behind in the process: a few arenas of malloc, never what was sent.
ALLOWANCE = 24 << 20
# Of one connection that is open and does nothing.
IDLE_CONNECTION = 4 << 10


class User:
    """Somebody who asks for a free time again and again; a context in which they are served."""

    def __init__(self, server):
        self.client = server.sign_in("patient")
        self.served = 0
        self.wrong = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._ask)

    def _ask(self):
        try:
            while not self.ended.is_set():
                answer = self.client.get(f"/api/doctors/{DOCTOR}/slots", limit=1)
                if answer.status != 200:
                    self.wrong.append(answer)
                self.served += 1
                time.sleep(0.005)
        except Exception as error:  # whatever it is, they were not served
            self.wrong.append(error)

    def __enter__(self):
        self.thread.start()
        self.is_served()
        return self

    def is_served(self):
        """They are answered from here on, too."""
        before = self.served
        assert wait_until(lambda: self.served >= before + 3 or self.wrong, 20), "nobody is served"
        assert self.wrong == []

    def __exit__(self, kind, *_):
        if kind is None:
            self.is_served()
        self.ended.set()
        self.thread.join()
        assert kind is not None or self.wrong == []


def connect(server, patience=20):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=patience)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(connection, data):
    """Sends what the server takes: it may refuse before it has taken all."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def receive_all(connection):
    """Everything until the server closes; an end it has to have."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            received += part
            assert len(received) < front_attacks.MIB, received[:1000]
    return received


def answers(received):
    """The statuses of the answers in it, and whether the last is whole."""
    statuses = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status = int(re.match(rb"HTTP/1\.1 (\d{3}) ", head)[1])
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        size = int(length[1]) if length else 0
        assert len(rest) >= size, f"cut off: {received!r}"
        statuses.append(status)
        received = rest[size:]
    return statuses


def memory(server):
    """Bytes that the process has in memory."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) << 10


def is_sanitized(server):
    """Sanitizers keep what was freed."""
    with open(f"/proc/{server.process.pid}/maps") as maps:
        return re.search(r"lib[at]san", maps.read()) is not None


@contextlib.contextmanager
def flat_memory(server):
    before = memory(server)
    yield
    if not is_sanitized(server):
        assert wait_until(lambda: memory(server) < before + ALLOWANCE), (
            f"{(memory(server) - before) >> 10} KiB more than before")


def smuggled(server):
    """Who was registered by a request that stood inside another."""
    return [email for (email,) in
            server.rows("SELECT email FROM account WHERE email LIKE '%@smuggled.example'")]


@pytest.fixture
def many_files():
    """How many sockets a test may have: as many as it wants, where the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + 500
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    yield allowed - 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_what_is_smuggled_here_would_register_somebody(server):
    with connect(server) as connection:
        send(connection, front_attacks.register("control"))
        connection.shutdown(socket.SHUT_WR)
        assert answers(receive_all(connection)) == [201]
    assert smuggled(server) == ["control@smuggled.example"]


def test_what_is_refused_is_never_taken_for_another_request(server):
    with User(server) as user, flat_memory(server):
        for _ in range(5):
            for name, (attack, status) in front_attacks.REFUSED.items():
                with connect(server) as connection:
                    send(connection, attack + front_attacks.register(name))
                    received = receive_all(connection)
                    assert answers(received) == [status], (name, received)
                    assert b"\r\nConnection: close\r\n" in received, name
                    assert b"application/problem+json" in received, name
        user.is_served()
    assert smuggled(server) == []


def test_the_body_of_a_request_is_never_taken_for_another(server):
    with User(server):
        for name, (headers, path, status) in front_attacks.ANSWERED.items():
            body = front_attacks.register(name)
            length = b"Content-Length: %d" % len(body)
            request = front_attacks.post(*headers, length, path=path) + body
            with connect(server) as connection:
                send(connection, request + front_attacks.get() + request + front_attacks.get())
                connection.shutdown(socket.SHUT_WR)
                received = receive_all(connection)
                assert answers(received) == [status, 200] * 2, (name, received)
    assert smuggled(server) == []


def test_nobody_is_believed_about_where_they_come_from(server):
    claims = b"".join(name + b": 10.9.8.7\r\n" for name in (
        b"REMOTE_ADDR", b"Remote-Addr", b"LOCAL_ADDR", b"X-Forwarded-For", b"X-Real-IP"))
    with connect(server) as connection:
        send(connection, front_attacks.register("elsewhere", claims + b"Forwarded: for=10.9.8.7\r\n"))
        connection.shutdown(socket.SHUT_WR)
        assert answers(receive_all(connection)) == [201]
    sources = server.rows("SELECT source FROM audit WHERE action = 'patient.create'")
    assert ("127.0.0.1",) in sources and ("10.9.8.7",) not in sources


def test_a_path_of_8_kib_is_read(server):
    with connect(server) as connection:
        send(connection, front_attacks.get(b"/" + b"x" * ((8 << 10) - 1)))
        connection.shutdown(socket.SHUT_WR)
        assert answers(receive_all(connection)) == [404]


def test_slow_heads_and_bodies_hold_up_nobody_and_end(server):
    """Half of them drip a head until they are told that it is too late, the others a body."""
    body = front_attacks.post(b"Content-Length: 300", path=b"/api/auth/login")
    with User(server) as user, flat_memory(server), contextlib.ExitStack() as stack:
        heads, bodies = ([stack.enter_context(connect(server)) for _ in range(SLOW // 2)]
                         for _ in range(2))
        for connection in heads:
            send(connection, b"GET /livez HTTP/1.1\r\nX: ")
        for connection in bodies:
            send(connection, body)
        for _ in range(12):
            for connection in heads + bodies:
                send(connection, b"x")
            user.is_served()
            time.sleep(0.9)
        for connection in heads:
            assert answers(receive_all(connection)) == [408]
        for connection in bodies:  # a body has more time than this test
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)
        for connection in bodies:
            connection.close()


def test_idle_connections_cost_little_and_keep_nobody_out(server, many_files):
    count = min(IDLE, many_files)
    if count < IDLE:
        warnings.warn(f"only {count} connections: the system allows no more open files")
    request = front_attacks.get()
    with User(server) as user, flat_memory(server):
        before = memory(server)
        with contextlib.ExitStack() as stack:
            idle = []
            for number in range(count):
                idle.append(stack.enter_context(connect(server)))
                if number % 2 == 0:  # the others never say anything
                    send(idle[-1], request)
            for connection in idle[::2]:
                assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            user.is_served()
            if not is_sanitized(server):
                assert memory(server) - before < ALLOWANCE + count * IDLE_CONNECTION
            send(idle[0], request)
            assert idle[0].recv(4096).startswith(b"HTTP/1.1 200 "), "it was kept"


def test_pipelined_requests_are_each_answered_and_in_order(server):
    with User(server) as user, flat_memory(server), connect(server) as connection:
        requests = b"".join(front_attacks.get(headers=b"X-Request-Id: n%d\r\n" % number)
                            for number in range(PIPELINED))
        sender = threading.Thread(target=send, args=(connection, requests))
        sender.start()
        received = b""
        while received.count(b"HTTP/1.1 200 ") < PIPELINED or not received.endswith(b"}"):
            part = connection.recv(1 << 20)
            assert part, "the connection ended"
            received += part
        sender.join()
        ids = re.findall(rb"\r\nX-Request-Id: n(\d+)\r\n", received)
        assert [int(number) for number in ids] == list(range(PIPELINED))
        user.is_served()


def test_who_does_not_read_answers_fills_no_memory(server):
    """The server stops reading from them, so that what they send stays with them."""
    path = f"/api/doctors/{DOCTOR}/slots?limit=500".encode()
    token = server.sign_in("patient").token.encode()
    requests = front_attacks.get(path, b"Authorization: Bearer " + token + b"\r\n") * 200
    with User(server) as user, flat_memory(server), contextlib.ExitStack() as stack:
        before = memory(server)
        deaf = [stack.enter_context(connect(server)) for _ in range(50)]
        for connection in deaf:
            connection.setblocking(False)
        for _ in range(20):
            for connection in deaf:
                with contextlib.suppress(BlockingIOError):
                    connection.send(requests)
            user.is_served()
        if not is_sanitized(server):
            assert memory(server) - before < ALLOWANCE + len(deaf) * (1 << 20)


def is_refused(server):
    try:
        connect(server).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def test_a_server_that_drains_says_so_answers_what_was_begun_and_ends(server):
    with connect(server) as begun, connect(server) as idle, connect(server) as asking:
        send(idle, front_attacks.get())
        assert idle.recv(4096).startswith(b"HTTP/1.1 200 ")
        send(begun, front_attacks.post(b"Content-Type: application/json", b"Content-Length: 2",
                                       path=b"/api/auth/login"))
        send(asking, b"GET /readyz HTTP/1.1\r\n")
        with User(server):
            pass  # by now what was sent above has been read
        server.process.terminate()
        assert receive_all(idle) == b"", "an idle connection is closed"
        assert wait_until(lambda: is_refused(server)), "nobody new is let in"
        send(asking, front_attacks.HOST + b"\r\n")
        received = receive_all(asking)
        assert answers(received) == [503] and b"draining" in received, received
        assert server.is_alive(), "a request is still being read"
        send(begun, b"{}")
        received = receive_all(begun)
        assert answers(received) == [422], received
        assert b"\r\nConnection: close\r\n" in received
        assert server.process.wait(10) == 0
