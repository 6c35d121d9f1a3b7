#!/usr/bin/python3
"""Signed-in requests a second for a doctor's next free time, `GET /api/doctors/{id}/slots?limit=1` on
SQLite with the demo's people, beside a bare cpp-httplib server that gives a constant answer of 200
bytes on 64 threads, in turns.

    bench/http/slots.py [--clinic build/release/clinic] [--peer build/release/bench/httplib_peer]
                        [--seconds 5] [--rounds 5]

Needs wrk. Prints the median of the rounds: the peer at 64 connections, and ours at 64 and at 1,000.
Exit code 4 where something of it is missing.
"""

import argparse
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RELEASE = HERE.parents[1] / "build/release"
sys.path.insert(0, str(HERE.parents[1] / "tests/server"))

from clinic_server import DOCTOR, Server  # noqa: E402

MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
# One person asks for everything here, from one address: counted as ever, and never refused.
GENEROUS = ("--account-limit", "1000000/second", "--address-limit", "1000000/second")


def load(url, connections, seconds, token=None):
    """One run: requests a second, and p50 and p99 in milliseconds."""
    header = ("--header", f"Authorization: Bearer {token}") if token else ()
    done = subprocess.run(
        ["wrk", "--threads", "2", "--connections", str(connections), "--duration", f"{seconds}s",
         "--latency", "--timeout", "30s", *header, url],
        capture_output=True, text=True, check=True)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    errors = re.search(r"Socket errors: .*", done.stdout)
    assert not refused and not errors, done.stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    percentiles = {name: float(value) * MILLISECONDS[unit] for name, value, unit in
                   re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", done.stdout)}
    return rate, percentiles["50"], percentiles["99"]


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--clinic", default=RELEASE / "clinic")
    options.add_argument("--peer", default=RELEASE / "bench/httplib_peer")
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    for needed in ("wrk", chosen.clinic, chosen.peer):
        if shutil.which(needed) is None:
            print(f"there is no {needed}", file=sys.stderr)
            return 4
    with tempfile.TemporaryDirectory() as folder:
        clinic = Server(folder, program=chosen.clinic)
        peer = subprocess.Popen([chosen.peer], stdout=subprocess.PIPE, text=True)
        try:
            clinic.start("--demo", *GENEROUS, clock=None)
            token = clinic.sign_in("patient").token
            slots = f"http://127.0.0.1:{clinic.port}/api/doctors/{DOCTOR}/slots?limit=1"
            bare = f"http://127.0.0.1:{int(peer.stdout.readline())}/"
            runs = {"cpp-httplib, 64 connections": (bare, 64),
                    "clinic, 64 connections": (slots, 64, token),
                    "clinic, 1,000 connections": (slots, 1000, token)}
            results = {name: [] for name in runs}
            for _ in range(chosen.rounds):
                for name, (url, connections, *token_for) in runs.items():
                    results[name].append(load(url, connections, chosen.seconds, *token_for))
        finally:
            clinic.kill()
            peer.kill()
            peer.wait()
    medians = [[statistics.median(column) for column in zip(*rows)] for rows in results.values()]
    print("| server | requests a second | p50 | p99 |\n| --- | ---: | ---: | ---: |")
    for name, (rate, half, most) in zip(results, medians):
        print(f"| {name} | {rate:.0f} ({rate / medians[0][0]:.2f} x) | {half:.2f} ms | {most:.2f} ms |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
