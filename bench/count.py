#!/usr/bin/python3
"""Counts what one iteration of a benchmark costs: instructions and cache misses.

    count.py CLINIC_BENCH FILTER ITERATIONS [OPERATIONS]

Runs the benchmarks that FILTER names under valgrind's cachegrind, once with ITERATIONS and once with twice
as many; the difference is theirs alone, without loading, checking, and what is made when it is first asked
for. OPERATIONS is how
many an iteration has: 256 for book_if_free, cancel and rebook, of which the first two also count what
undoes them. Caches are those of one core: 32 KiB, and 1 MiB behind it, as who else uses what lies behind
those decides what is left of it.
"""

import re
import subprocess
import sys
import tempfile

COUNTED = {"I refs": "instructions", "D refs": "loads and stores", "D1 misses": "misses of L1",
           "LLd misses": "misses of L2", "Mispredicts": "mispredicted branches"}
CACHES = ["--I1=32768,8,64", "--D1=32768,8,64", "--LL=1048576,16,64"]


def count(program, name, iterations):
    """Returns {what: how many} for the whole run."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=cachegrind", "--cache-sim=yes", "--branch-sim=yes", *CACHES,
             f"--cachegrind-out-file={folder}/out", program, f"--benchmark_filter={name}",
             f"--iterations={iterations}", "--benchmark_repetitions=1", "--scale=large"],
            capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    counts = {}
    for line in run.stderr.splitlines():
        match = re.match(r"==\d+== ([\w ]+?): ([\d,]+)", re.sub(r"\s+", " ", line))
        if match and match[1] in COUNTED:
            counts[match[1]] = int(match[2].replace(",", ""))
    return counts


def main(program, name, iterations, operations="1"):
    begun = count(program, name, int(iterations))
    done = count(program, name, 2 * int(iterations))
    for key, words in COUNTED.items():
        each = (done[key] - begun[key]) / (int(iterations) * int(operations))
        print(f"{each:12.2f} {words}")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
