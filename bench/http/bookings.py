#!/usr/bin/python3
"""Bookings a second over HTTP, each durable in PostgreSQL: `clinic serve` beside FastAPI + asyncpg with
the same constraint, on one PostgreSQL, in turns.

    bench/http/bookings.py [--clinic build/release/clinic] [--seconds 10] [--rounds 3] [--connections 64]

Needs postgresql, wrk, python3-fastapi, python3-uvicorn, python3-asyncpg and python3-jwt; where there are
python3-uvloop and python3-httptools too, there is a second peer with them. Prints the median of the rounds. Exit code 4 where something of it is missing.
"""

import argparse
import datetime
import importlib.util
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/server"))

from clinic_server import Server  # noqa: E402
from postgres import Postgres, free_port, reason_to_skip  # noqa: E402

SECRET = "only for this benchmark, and at least 32 bytes long"


# Practitioners who are always there, and patients: what the demo has, many times over.
DOCTORS, PATIENTS = 50, 2000
FILL = f"""
INSERT INTO resource (id, kind, name, timezone, hours, capacity, slot_step_seconds,
  default_duration_seconds, buffer_before_seconds, buffer_after_seconds, description, version,
  created_at, updated_at)
SELECT gen_random_uuid(), kind, kind || ' ' || number, 'UTC', hours, 1, 300, 1800, 0, 0, '', 1, 0, 0
FROM (VALUES ('practitioner', 'by-rules', {DOCTORS}), ('patient', 'always', {PATIENTS}))
  AS wanted (kind, hours, count), generate_series(1, count) AS number;
INSERT INTO availability_rule
SELECT id, gen_random_uuid(), 1704067200, 1704153600, 'FREQ=DAILY', '{{}}', '{{}}'
FROM resource WHERE name LIKE 'practitioner %';
INSERT INTO patient
SELECT id, name, id || '@example.com', '', NULL, 'UTC', false, false, 1, 0, 0
FROM resource WHERE name LIKE 'patient %';
"""


class Clinic:
    """`clinic serve`."""

    name = "clinic"

    def __init__(self, postgres, folder, program):
        postgres.sql("CREATE DATABASE clinic", database="postgres")
        self.server = Server(folder, program=program, url=postgres.url("clinic"))
        self.server.start("--demo", clock=None)
        self.server.stop()
        postgres.sql(FILL)
        self.server.start("--demo", clock=None)
        self.port = self.server.port
        self.token = self.server.sign_in("receptionist").token
        self.doctors, self.patients = (
            [row[0] for row in postgres.sql(f"SELECT id FROM resource WHERE name LIKE '{kind} %'")]
            for kind in ("practitioner", "patient"))
        self.booked = 0

    def stop(self):
        self.server.kill()


class FastApi:
    """The peer: as those four packages bring it, or with uvloop and httptools and a process for each
    core."""

    def __init__(self, postgres, doctors, patients, tuned):
        import jwt

        import fastapi_peer

        workers = os.cpu_count() if tuned else 1
        self.name = "FastAPI + asyncpg" + (f", uvloop, {workers} workers" if tuned else "")
        database = "tuned" if tuned else "peer"
        postgres.sql(f"CREATE DATABASE {database}", database="postgres")
        postgres.sql(fastapi_peer.SCHEMA, database=database)
        [[session]] = postgres.sql("INSERT INTO session VALUES (gen_random_uuid()) RETURNING id",
                                   database=database)
        self.port = free_port()
        self.doctors, self.patients = doctors, patients
        self.booked = 0
        self.token = jwt.encode({"sub": "reception", "sid": session}, SECRET, algorithm="HS256")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "fastapi_peer:app", "--port", str(self.port),
             "--workers", str(workers), "--loop", "uvloop" if tuned else "asyncio",
             "--http", "httptools" if tuned else "h11", "--no-access-log", "--log-level", "error"],
            cwd=HERE, env={**os.environ, "DATABASE_URL": postgres.url(database), "SECRET": SECRET})
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/docs", timeout=5).close()
                return
            except OSError:
                assert time.monotonic() < deadline and self.process.poll() is None
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def load(server, seconds, connections):
    """One run, which goes on where the server's last one ended: requests a second, and p50 and p99 in
    milliseconds."""
    first = datetime.datetime.combine(datetime.date.today() + datetime.timedelta(days=7),
                                      datetime.time(), datetime.timezone.utc)
    done = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s",
         "--latency", "--timeout", "30s", "--script", HERE / "book.lua",
         f"http://127.0.0.1:{server.port}", "--", str(server.booked), server.token,
         str(int(first.timestamp())), ",".join(server.doctors), ",".join(server.patients)],
        capture_output=True, text=True, check=True)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    errors = re.search(r"Socket errors: .*", done.stdout)
    assert not refused and not errors, f"{server.name}: {done.stdout}"
    # Those of the last moment were sent and not waited for.
    server.booked += int(re.search(r"(\d+) requests in", done.stdout)[1]) + connections
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    percentiles = {name: float(value) * MILLISECONDS[unit] for name, value, unit in
                   re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", done.stdout)}
    return rate, percentiles["50"], percentiles["99"]


def missing():
    """What is not here, or None."""
    if reason := reason_to_skip():
        return reason
    if shutil.which("wrk") is None:
        return "there is no wrk: apt-get install wrk"
    try:
        import asyncpg, fastapi, jwt, uvicorn  # noqa: E401, F401
    except ImportError as error:
        return f"{error}: apt-get install python3-fastapi python3-uvicorn python3-asyncpg python3-jwt"
    return None


def has_uvloop():
    return all(importlib.util.find_spec(name) for name in ("uvloop", "httptools"))


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--clinic", default=HERE.parents[1] / "build/release/clinic")
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--connections", type=int, default=64)
    chosen = options.parse_args()
    if reason := missing():
        print(reason, file=sys.stderr)
        return 4
    sys.path.insert(0, str(HERE))
    # As a clinic that runs it large has it: durable, with room for connections.
    postgres = Postgres({"max_connections": 100, "shared_buffers": "512MB"}).create().start()
    running = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            clinic = Clinic(postgres, folder, chosen.clinic)
            running.append(clinic)
            for tuned in (False, True) if has_uvloop() else (False,):
                running.append(FastApi(postgres, clinic.doctors, clinic.patients, tuned))
            results = {server.name: [] for server in running}
            for _ in range(chosen.rounds):
                for server in running:
                    results[server.name].append(
                        load(server, chosen.seconds, chosen.connections))
    finally:
        for server in running:
            server.stop()
        postgres.remove()
    medians = [[statistics.median(column) for column in zip(*runs)] for runs in results.values()]
    ours = medians[0]
    print("| server | bookings a second | p50 | p99 |\n| --- | ---: | ---: | ---: |")
    for name, (rate, half, most) in zip(results, medians):
        print(f"| {name} | {rate:.0f} ({rate / ours[0]:.2f} x) | {half:.1f} ms | "
              f"{most:.1f} ms ({most / ours[2]:.2f} x) |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
