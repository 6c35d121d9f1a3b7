"""Backups, and moving from one database to another: nothing is lost, and what it holds is of one moment."""

import contextlib
import sqlite3
import subprocess
import time

import pytest

import store_check
from booking_load import Load
from clinic_server import PROGRAM, Server
from postgres import Postgres, reason_to_skip

TABLES = ("resource", "resource_specialty", "availability_rule", "time_off", "account", "patient",
          "session", "booking", "allocation", "transition", "waitlist", "idempotency")
JOURNALS = ("audit", "outbox")


def clinic(*arguments, code=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, check=False, timeout=120)
    # As it is: CSV has line ends of its own.
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, done
    return done


def everything(path):
    """Every row of a store, but for how journals are numbered: that has gaps in one and not in
    another."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        there = {name for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr)
                for table in TABLES if table in there}
        for table in JOURNALS:
            rows[table] = [row[1:] for row in
                           database.execute(f"SELECT * FROM {table} ORDER BY sequence")]
        assert len(rows["booking"]) >= 1 and len(rows["audit"]) >= 1
        return rows


@pytest.fixture
def lived(server):
    """A server's file after some busy seconds, and the server stopped."""
    load = Load(server, seed=5)
    load.start()
    load.is_under_way()
    time.sleep(2)
    for worker in load.workers:
        worker.stop()
    load.join()
    assert server.stop() == 0
    return server


def test_a_backup_holds_everything_and_is_read_back(lived, tmp_path):
    backup, again = tmp_path / "backup.db", tmp_path / "again.db"
    said = clinic("export", "--format", "backup", "--output", str(backup), "--database", lived.url)
    assert "bookings" in said.stdout and str(backup) in said.stderr
    assert [file.name for file in tmp_path.glob("backup.db*")] == ["backup.db"]
    assert everything(backup) == everything(lived.database)

    clinic("import", "--backup", str(backup), "--database", f"sqlite:{again}")
    assert everything(again) == everything(lived.database)
    assert store_check.findings(again) == []


def test_a_backup_of_a_busy_server_is_of_one_moment(server, tmp_path):
    load = Load(server, seed=6)
    load.start()
    assert load.is_under_way()
    for number in range(5):
        backup = tmp_path / f"backup-{number}.db"
        clinic("export", "--format", "backup", "--output", str(backup), "--database", server.url)
        assert store_check.findings(backup) == []
    for worker in load.workers:
        worker.stop()
    load.join()
    assert load.wrong == []


def test_what_holds_something_is_not_written_over(lived, tmp_path):
    backup = tmp_path / "backup.db"
    clinic("export", "--format", "backup", "--output", str(backup), "--database", lived.url)
    before = everything(lived.database)
    assert "is there already" in clinic("export", "--format", "backup", "--output", str(backup),
                                        "--database", lived.url, code=2).stderr
    refused = clinic("import", "--backup", str(backup), "--database", lived.url, code=1)
    assert "nothing was imported" in refused.stderr
    refused = clinic("migrate", "--from", f"sqlite:{backup}", "--to", lived.url, code=1)
    assert "nothing was moved" in refused.stderr
    assert everything(lived.database) == before


@pytest.mark.parametrize("arguments, words", [
    (("export",), "--format is "),
    (("export", "--format", "zip"), "neither backup nor csv"),
    (("export", "--format", "backup"), "--output is missing"),
    (("export", "--format", "csv", "--output", "x"), "takes no --output"),
    (("export", "--format", "csv", "--database", "oracle:x"), "is no database"),
    (("migrate", "--from", "sqlite:x"), "--from and --to"),
    (("migrate", "--from", "sqlite:x", "--to", "sqlite:y", "--dry-run"), "--from and --to"),
    (("import", "--backup", "x", "--appointments", "y"), "by itself"),
])
def test_what_makes_no_sense_is_usage(arguments, words):
    assert words in clinic(*arguments, code=2).stderr


def test_a_backup_that_is_not_there_or_is_none_is_refused(tmp_path):
    target = f"sqlite:{tmp_path / 'target.db'}"
    clinic("import", "--backup", str(tmp_path / "none.db"), "--database", target, code=4)
    (tmp_path / "other.db").write_bytes(b"no database at all, but long enough to look at" * 100)
    clinic("import", "--backup", str(tmp_path / "other.db"), "--database", target, code=1)


def test_the_csv_is_read_by_import_and_check(lived, tmp_path):
    written = clinic("export", "--format", "csv", "--database", lived.url).stdout
    file = tmp_path / "appointments.csv"
    file.write_text(written, newline="")
    count = written.count("\r\n") - 1
    again = tmp_path / "again.db"
    said = clinic("import", "--appointments", str(file), "--database", f"sqlite:{again}")
    assert str(count) in said.stdout, said
    assert len(everything(again)["booking"]) == count


@pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))
def test_moving_up_to_postgresql_and_back_loses_nothing(lived, tmp_path):
    postgres = Postgres().create().start()
    try:
        postgres.sql("CREATE DATABASE clinic", database="postgres")
        up = clinic("migrate", "--from", lived.url, "--to", postgres.url())
        assert "bookings" in up.stdout and "the first is as it was" in up.stderr
        back = tmp_path / "back.db"
        down = clinic("migrate", "--from", postgres.url(), "--to", f"sqlite:{back}")
        assert down.stdout == up.stdout
        assert everything(back) == everything(lived.database)
        assert store_check.findings(back) == []
        # And it is served from there: the same people, the same times.
        home = tmp_path / "home"
        home.mkdir()
        server = Server(home, url=postgres.url())
        server.tokens = dict(lived.tokens)
        server.start("--secret-file", f"{lived.database}.secret", clock="2024-03-01T08:01:00Z")
        listed = server.sign_in("receptionist").get("/api/appointments", limit=500)
        assert len(listed["items"]) == min(500, len(everything(lived.database)["booking"]))
        server.kill()
    finally:
        postgres.remove()
