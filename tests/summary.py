"""Adds up what ctest reported.

    summary.py FOLDER       reads FOLDER/*.xml (JUnit, as ctest writes it) and FOLDER/not-built

Prints what failed and what was skipped, and last, alone on a line, "N passed, N failed, N skipped".
Exit code 0 only where something passed and nothing failed.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    """"passed", "skipped" or "failed". What ctest could not run has failed, unless it skipped itself."""
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if case.get("status") == "disabled":
        return "skipped"
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return "skipped"
    return "failed"


def reason(case):
    """Why a test skipped itself, as far as it says."""
    output = case.findtext("system-out") or ""
    said = re.search(r"^skipped: (.*)$", output, re.MULTILINE) \
        or re.search(r": Skipped\n(.*)$", output, re.MULTILINE) \
        or re.search(r"^SKIPPED \[\d+\] \S+: (.*)$", output, re.MULTILINE)
    return said[1].strip() if said else "it does not say why"


def main():
    folder = pathlib.Path(sys.argv[1])
    names = {"passed": [], "failed": [], "skipped": []}
    for report in sorted(folder.glob("*.xml")):
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('name')} ({report.stem})"
            what = outcome(case)
            names[what].append(f"{name}: {reason(case)}" if what == "skipped" else name)
    not_built = folder / "not-built"
    if not_built.exists():
        names["failed"] += not_built.read_text().splitlines()

    print()
    for what in ("skipped", "failed"):
        for name in names[what]:
            print(f"{what}: {name}")
    print(", ".join(f"{len(names[what])} {what}" for what in ("passed", "failed", "skipped")))
    sys.exit(0 if names["passed"] and not names["failed"] else 1)


if __name__ == "__main__":
    main()
