"""The database in trouble: the disk full, the file locked, moved away, damaged, read-only; PostgreSQL gone,
read-only, cutting connections. Never a false 201; reading goes on where there is anything to read from; and
once the cause is gone all is well again, without a restart."""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess

import pytest

import store_check
from clinic_server import DOCTOR, Server, assert_problem, booking, wait_until
from postgres import Postgres, reason_to_skip

CLOCK = "2024-03-01T08:01:00Z"
NEEDS_POSTGRES = pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))


def times():
    """Free times of the demo's doctor, one after another."""
    for day in (11, 12, 13, 14, 15, 18, 19, 20, 21, 22):
        for hour in range(9, 17):
            for minute in (0, 30):
                yield f"2024-03-{day:02}T{hour:02}:{minute:02}:00"


class Desk:
    """A receptionist who books one free time after another, and remembers what was said."""

    def __init__(self, server, patient_id):
        self.client = server.sign_in("receptionist")
        self.patient_id = patient_id
        self.times = times()
        self.acknowledged = []
        self.refused = None

    def book(self):
        """The next time; what was refused is still free, and is asked for again."""
        when = self.refused or next(self.times)
        answer = self.client.post("/api/appointments", booking(when, patient_id=self.patient_id))
        if answer.status == 201:
            self.acknowledged.append(answer.json)
        self.refused = None if answer.status == 201 else when
        return answer

    def assert_refused(self):
        """Booking is; finding times goes on."""
        self.assert_unavailable(self.book())
        slots = self.client.get(f"/api/doctors/{DOCTOR}/slots", limit=1)
        assert slots.status == 200 and slots["items"], slots
        assert self.client.get("/livez").status == 200

    def assert_nobody_is_served(self):
        """Who asks cannot be looked up, and what a node has heard of others may be old."""
        self.assert_unavailable(self.book())
        self.assert_unavailable(self.client.get(f"/api/doctors/{DOCTOR}/slots", limit=1))
        assert self.client.get("/livez").status == 200
        assert wait_until(lambda: self.client.get("/readyz").status == 503)

    @staticmethod
    def assert_unavailable(answer):
        assert_problem(answer, 503)
        assert int(answer.headers["retry-after"]) >= 0, answer

    def assert_well_again(self):
        """Without a restart; and what was refused can be booked."""
        assert wait_until(lambda: self.book().status == 201, seconds=30), self.refused
        assert wait_until(lambda: self.client.get("/readyz").status == 200)
        for told in self.acknowledged:
            assert self.client.get(f"/api/appointments/{told['id']}").status == 200


@pytest.fixture
def desk(server):
    return Desk(server, server.resource("Sam Rivera"))


# SQLite


def mount_reason_to_skip():
    tried = subprocess.run(["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"],
                           capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"cannot mount here: {tried.stderr.strip()}"


def fill(folder):
    """Leaves no room on the disk that the folder is on."""
    with open(folder / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 4096)
        except OSError:
            pass


def test_a_full_disk(template, tmp_path):
    """The folder lies on a disk of 3 MiB that only the server sees."""
    if reason := mount_reason_to_skip():
        pytest.skip(reason)
    disk = tmp_path / "disk"
    disk.mkdir()
    template.copy_to(tmp_path)
    mount = 'mount -t tmpfs -o size=3m none "$0" && cp -p "$0"/../clinic.db* "$0" && exec "$@"'
    server = Server(tmp_path, url=f"sqlite:{disk / 'clinic.db'}",
                    prefix=("unshare", "--mount", "sh", "-c", mount, str(disk)))
    server.tokens = dict(template.tokens)
    server.start(clock=CLOCK)
    try:
        desk = Desk(server, server.resource("Sam Rivera"))
        assert desk.book().status == 201
        seen = pathlib.Path(f"/proc/{server.process.pid}/root{disk}")
        fill(seen)
        # There may be room left inside the files that are there.
        for _ in range(60):
            if desk.book().status != 201:
                break
        desk.assert_refused()
        (seen / "filler").unlink()
        desk.assert_well_again()
        shutil.copytree(seen, tmp_path / "seen")
        assert store_check.findings(tmp_path / "seen/clinic.db") == []
        assert store_check.missing(tmp_path / "seen/clinic.db", desk.acknowledged) == []
    finally:
        server.kill()


def test_a_file_that_another_program_has_locked(server, desk):
    assert desk.book().status == 201
    other = sqlite3.connect(server.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    desk.assert_refused()
    other.execute("ROLLBACK")
    other.close()
    desk.assert_well_again()
    assert store_check.missing(server.database, desk.acknowledged) == []


def test_a_file_that_was_moved_away(server, desk):
    assert desk.book().status == 201
    away = server.folder / "away"
    away.mkdir()
    for file in server.folder.glob("clinic.db*"):
        file.rename(away / file.name)
    desk.assert_refused()
    for file in away.iterdir():
        file.rename(server.folder / file.name)
    desk.assert_well_again()
    assert store_check.findings(server.database) == []
    assert store_check.missing(server.database, desk.acknowledged) == []


def test_a_damaged_page(server, desk):
    """Of the table of transitions, which every booking writes to and finding times needs not."""
    assert desk.book().status == 201
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(server.database)) as database:
        [(root,)] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'transition'")
        [(size,)] = database.execute("PRAGMA page_size")
    with open(server.database, "r+b") as file:
        file.seek((root - 1) * size)
        sound = file.read(size)
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    server.start(clock=CLOCK)
    desk.client = server.sign_in("receptionist")
    desk.assert_refused()
    with open(server.database, "r+b") as file:
        file.seek((root - 1) * size)
        file.write(sound)
    desk.assert_well_again()
    assert store_check.findings(server.database) == []


def test_a_file_that_cannot_be_written_is_refused_at_the_start(server):
    """With words, before anything is served."""
    assert server.stop() == 0
    for file in server.folder.glob("clinic.db*"):
        file.chmod(0o444)
    server.folder.chmod(0o555)
    # Root may write whatever the modes say, unless it gives that right away.
    powerless = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    done = subprocess.run([*powerless, server.program, "serve", "--port", "0",
                           "--database", server.url, "--secret-file", "/dev/null"],
                          capture_output=True, text=True, check=False, timeout=60)
    server.folder.chmod(0o755)
    assert done.returncode in (1, 2, 4) and done.stdout == "", done
    assert "clinic.db" in done.stderr, done.stderr


# PostgreSQL


@pytest.fixture
def postgres():
    made = Postgres().create().start()
    made.sql("CREATE DATABASE clinic", database="postgres")
    yield made
    made.remove()


@pytest.fixture
def over_postgres(postgres, tmp_path):
    server = Server(tmp_path, url=postgres.url())
    server.start("--demo", clock=CLOCK)
    yield server
    server.kill()


@pytest.fixture
def far_desk(over_postgres, postgres):
    [[patient]] = postgres.sql("SELECT id FROM resource WHERE name = 'Sam Rivera'")
    return Desk(over_postgres, patient)


@NEEDS_POSTGRES
def test_postgresql_gone_and_back(postgres, far_desk):
    assert far_desk.book().status == 201
    postgres.stop()
    far_desk.assert_nobody_is_served()
    postgres.start()
    far_desk.assert_well_again()


@NEEDS_POSTGRES
def test_postgresql_killed_and_back(postgres, far_desk):
    assert far_desk.book().status == 201
    postgres.kill()
    far_desk.assert_nobody_is_served()
    postgres.start()
    far_desk.assert_well_again()


@NEEDS_POSTGRES
def test_postgresql_that_only_reads(postgres, far_desk):
    assert far_desk.book().status == 201
    postgres.sql("ALTER SYSTEM SET default_transaction_read_only = on", database="postgres")
    postgres.sql("SELECT pg_reload_conf()", database="postgres")
    assert wait_until(lambda: postgres.sql("SHOW default_transaction_read_only") == [["on"]])
    far_desk.assert_refused()
    postgres.sql("ALTER SYSTEM RESET default_transaction_read_only",
                 database="postgres?options=-cdefault_transaction_read_only%3Doff")
    postgres.sql("SELECT pg_reload_conf()", database="postgres")
    far_desk.assert_well_again()


@NEEDS_POSTGRES
def test_postgresql_whose_disk_is_full(postgres, tmp_path):
    """What is booked and what it is booked into are there; there is no page left for more."""
    if reason := mount_reason_to_skip():
        pytest.skip(reason)
    postgres.stop()
    postgres.start(disk="160m")
    server = Server(tmp_path, url=postgres.url())
    server.start("--demo", clock=CLOCK)
    try:
        [[patient]] = postgres.sql("SELECT id FROM resource WHERE name = 'Sam Rivera'")
        desk = Desk(server, patient)
        assert desk.book().status == 201
        fill(postgres.seen())
        # There may be room left in pages that are there.
        for _ in range(150):
            if desk.book().status != 201:
                break
        desk.assert_refused()
        (postgres.seen() / "filler").unlink()
        desk.assert_well_again()
        booked = {row[0] for row in postgres.sql("SELECT id FROM booking")}
        assert {told["id"] for told in desk.acknowledged} <= booked
    finally:
        server.kill()


@NEEDS_POSTGRES
def test_postgresql_that_cuts_every_connection(postgres, far_desk):
    for _ in range(3):
        assert far_desk.book().status == 201
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE datname = 'clinic'", database="postgres")
    far_desk.assert_well_again()
