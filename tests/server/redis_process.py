"""A Redis of a test's own: a free port of 127.0.0.1, a temporary folder, and nothing left behind."""

import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PASSWORD = "redis-secret"


def reason_to_skip():
    """Why there can be no Redis here; None where there can be one."""
    if shutil.which("redis-server") is None:
        return "there is no Redis server: apt-get install redis-server"
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Redis:
    """One server. Its port stays the same over restarts."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clinic-redis-"))
        self.port = free_port()
        self.process = None

    @property
    def url(self):
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/1"

    def start(self):
        """Starts it with the data that it saved last, and waits until it answers."""
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.folder,
                 "--save", "", "--requirepass", PASSWORD], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if self.command("PING") == "+PONG":
                    return self
            except OSError:
                time.sleep(0.01)
        raise AssertionError((self.folder / "log").read_text())

    def command(self, *words):
        """The first line of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            stream = connection.makefile("rw", newline="")
            stream.write(f"AUTH {PASSWORD}\r\nSELECT 1\r\n{' '.join(words)}\r\n")
            stream.flush()
            return [stream.readline().rstrip() for _ in range(3)][-1]

    def save(self):
        """Writes down what it has now: with that it comes back."""
        assert self.command("SAVE") == "+OK"

    def forget(self):
        """Loses what it wrote down. Requires that it was killed."""
        (self.folder / "dump.rdb").unlink(missing_ok=True)

    def kill(self):
        """Ends it as a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)
            self.process = None

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
