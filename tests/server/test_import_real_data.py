"""A year of twelve real calendars: what `clinic import` loads, and what can be found and booked then.

What is expected is worked out here from the files alone, by counting: no code of the project takes part.
The appointments of this data lie exactly in slots, so two of them overlap where they share one.
"""

import collections
import csv
import datetime
import gzip
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import time
import zoneinfo

import pytest

import clinic_server

DATA = clinic_server.SOURCE.parent / "shared/data/outpatient-2024"
DRIVER = os.environ.get(
    "CLINIC_FIND_DRIVER", str(pathlib.Path(clinic_server.PROGRAM).parent / "tests/server/clinic_find_driver"))
STATUS = {"attended": "fulfilled", "did not attend": "noshow", "cancelled": "cancelled",
          "scheduled": "booked", "unknown": "booked"}
OCCUPYING = ("fulfilled", "booked")
NOW = "2023-12-31T00:00:00Z"
LONDON = zoneinfo.ZoneInfo("Europe/London")
CHOSEN = 1000

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}")


def rows(name):
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slot_of(row):
    return row["practitioner_id"], row["appointment_date"], row["appointment_time"]


def instant(date, time):
    local = datetime.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=LONDON)
    return local.astimezone(datetime.timezone.utc)


class Expected:
    """What the files amount to, counted: the first to take a slot's time has it."""

    def __init__(self):
        self.appointments = rows("appointments.csv.gz")
        self.refused = []  # row numbers, as a spreadsheet counts them
        self.by_status = collections.Counter()
        self.taken = set()
        for number, row in enumerate(self.appointments, start=2):
            status = STATUS[row["status"]]
            if status in OCCUPYING:
                if slot_of(row) in self.taken:
                    self.refused.append(number)
                    continue
                self.taken.add(slot_of(row))
            self.by_status[status] += 1

    @staticmethod
    def lengths(slots):
        """Minutes: the smallest distance between two starts of one day."""
        starts = collections.defaultdict(set)
        for practitioner, date, time in slots:
            hours, minutes, _ = map(int, time.split(":"))
            starts[practitioner, date].add(60 * hours + minutes)
        lengths = {}
        for (practitioner, _), minutes in starts.items():
            ordered = sorted(minutes)
            for earlier, later in zip(ordered, ordered[1:]):
                lengths[practitioner] = min(lengths.get(practitioner, 1440), later - earlier)
        return lengths

    def free(self):
        """Every slot that nobody has, as (practitioner, start, end)."""
        slots = {slot_of(row) for row in rows("slots.csv.gz")}
        lengths = self.lengths(slots)
        free = set()
        for practitioner, date, time in slots - self.taken:
            start = instant(date, time)
            free.add((practitioner, start, start + datetime.timedelta(minutes=lengths[practitioner])))
        return free


def import_command(database):
    return [clinic_server.PROGRAM, "import", "--appointments", DATA / "appointments.csv.gz",
            "--slots", DATA / "slots.csv.gz", "--patients", DATA / "patients.csv.gz",
            "--database", f"sqlite:{database}", "--timezone", "Europe/London", "--json"]


def clinic_import(database):
    return subprocess.run(import_command(database), capture_output=True, text=True, timeout=300)


def count(database, table):
    """How many rows there are; none where there is no database yet."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def dump(database):
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def driver(database, *arguments, lines=""):
    done = subprocess.run([DRIVER, database, NOW, *arguments], input=lines,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def slots_found(database):
    practitioners = [f"D{number:02}" for number in range(1, 13)]
    found = []
    for line in driver(database, "find", *practitioners):
        practitioner, start, end = line.split()
        found.append((practitioner, datetime.datetime.fromisoformat(start.replace("Z", "+00:00")),
                      datetime.datetime.fromisoformat(end.replace("Z", "+00:00"))))
    return found


def as_line(slot):
    practitioner, start, end = slot
    return f"{practitioner} {start:%Y-%m-%dT%H:%M:%SZ} {end:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def expected():
    return Expected()


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    database = tmp_path_factory.mktemp("import") / "clinic.db"
    done = clinic_import(database)
    assert done.returncode == 3, done.stderr[:2000]  # rows were refused
    return database, json.loads(done.stdout)


def test_loads_every_row_but_those_whose_time_is_taken(imported, expected):
    database, report = imported
    assert [row["row"] for row in report["refused_rows"]] == expected.refused
    assert {row["code"] for row in report["refused_rows"]} == {"conflict"}
    assert report["appointments"] == {
        "loaded": len(expected.appointments) - len(expected.refused), "already_there": 0,
        "refused": len(expected.refused), "changed": 0}
    assert report["patients"]["loaded"] == len(rows("patients.csv.gz"))
    connection = sqlite3.connect(database)
    by_status = dict(connection.execute("SELECT status, count(*) FROM booking GROUP BY status"))
    connection.close()
    assert by_status == dict(expected.by_status)


def test_says_which_row_has_the_time(imported, expected):
    _, report = imported
    for refused in report["refused_rows"]:
        (conflict,) = refused["conflicts"]
        assert conflict["resource"] == "practitioner" and conflict["row"] < refused["row"]
        here, there = (expected.appointments[number - 2] for number in (refused["row"], conflict["row"]))
        assert slot_of(here) == slot_of(there)


def test_importing_again_changes_nothing(imported, expected):
    database, first = imported
    before = dump(database)
    done = clinic_import(database)
    again = json.loads(done.stdout)
    assert done.returncode == 3
    assert again["appointments"] == {
        "loaded": 0, "already_there": first["appointments"]["loaded"],
        "refused": len(expected.refused), "changed": 0}
    assert again["refused_rows"] == first["refused_rows"]
    assert dump(database) == before


def test_interrupted_it_keeps_whole_batches_and_goes_on_from_there(tmp_path, expected):
    database = tmp_path / "clinic.db"
    running = subprocess.Popen(import_command(database), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (database.exists() and count(database, "booking")):
        assert time.monotonic() < deadline and running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    kept = count(database, "booking")
    assert 0 < kept < len(expected.appointments) - len(expected.refused)
    told = count(database, "outbox WHERE type LIKE 'appointment.%'")
    assert count(database, "transition") == told == kept
    assert count(database, "allocation") == 2 * kept  # the practitioner's, and the patient's

    rest = json.loads(clinic_import(database).stdout)["appointments"]
    assert rest["already_there"] == kept
    assert rest["loaded"] == len(expected.appointments) - len(expected.refused) - kept
    assert rest["refused"] == len(expected.refused)


def test_finds_exactly_the_slots_that_nobody_has_and_each_can_be_booked(imported, expected):
    database, _ = imported
    found = slots_found(database)
    free = expected.free()
    assert len(found) == len(set(found))
    by_week = collections.Counter((slot[0], slot[1].isocalendar()[:2]) for slot in free)
    assert len(by_week) > 12 * 40  # every practitioner, in nearly every week
    missing, invented = free - set(found), set(found) - free
    assert (missing, invented) == (set(), set()), (sorted(missing)[:3], sorted(invented)[:3])

    chosen = random.Random(2024).sample(sorted(free), CHOSEN)
    answers = driver(database, "book", lines="".join(as_line(slot) + "\n" for slot in chosen))
    assert collections.Counter(answers) == {"booked": CHOSEN}
    assert set(slots_found(database)) == free - set(chosen)
