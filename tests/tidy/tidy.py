"""Reads the project's files, and says where they break its rules.

    tidy.py TREE        prints what is wrong, one line a finding; exit code 1 where there is any

The rules that no compiler holds anyone to: which way the layers point, which folder a library stays in,
and some rules of style. A rule is a function that yields findings; RULES lists them all.
"""

import os
import pathlib
import re
import sys

# From the bottom up: a layer includes itself and what stands before it, never what comes after.
LAYERS = ["include/clinic", "engine", "adapters", "server", "bindings"]

# What begins a layer's includes, where it is not the layer's own name.
SPELLING = {"include/clinic": "clinic"}

# Where a library's headers may be included, among the layers. What is not listed is allowed from
# `adapters` on, where the system's headers are allowed too.
LIBRARIES = {
    "absl/": ["include/clinic", "engine", "adapters", "server", "bindings"],
    "boost/graph/": ["engine"],
    "boost/": ["engine"],
    "sys/mman.h": ["engine"],  # large pages
    "SQLiteCpp/": ["adapters/sqlite"],
    "sqlite3.h": ["adapters/sqlite"],
    "pqxx/": ["adapters/postgres"],
    "libical/": ["adapters/icalendar"],
    "hiredis/": ["adapters/redis"],
    "httplib.h": ["server/http"],
    "nlohmann/": ["server"],
    "CLI/": ["server/cli"],
    "toml++/": ["server/cli"],
    "prometheus/": ["server/telemetry"],
    "spdlog/": ["server/telemetry"],
    "emmintrin.h": ["include/clinic/internal"],
}

LONGEST_FILE = 400
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
UNFINISHED = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME)\\b")


def layer_of(path):
    return next((layer for layer in LAYERS if path.startswith(layer + "/")), None)


class File:
    """A source file: its path from the top of the tree, and its lines."""

    def __init__(self, tree, path):
        self.path = path.relative_to(tree).as_posix()
        self.lines = path.read_text(encoding="utf-8", errors="replace").splitlines()

    def is_in(self, folder):
        return self.path.startswith(folder + "/")

    def includes(self):
        """Yields (line number, what is included)."""
        for number, line in enumerate(self.lines, start=1):
            if match := INCLUDE.match(line):
                yield number, match[1]

    def layer(self):
        return layer_of(self.path)


def sources(tree):
    """The files that the rules are about, by path; build folders and hidden ones are left out."""
    files = []
    for folder, subfolders, names in os.walk(tree):
        at_top = pathlib.Path(folder) == tree
        subfolders[:] = [name for name in subfolders
                         if not name.startswith(".") and name not in ("node_modules", "__pycache__")
                         and not (at_top and name == "build")]
        files += [pathlib.Path(folder, name) for name in names
                  if name.endswith((".hpp", ".cpp", ".py"))]
    return [File(tree, path) for path in sorted(files)]


def layers_point_one_way(files):
    for file in files:
        layer = file.layer()
        if layer is None:
            continue
        above = [SPELLING.get(other, other) for other in LAYERS[LAYERS.index(layer) + 1:]]
        for number, included in file.includes():
            if included.split("/")[0] in above + ["tests", "bench", "examples"] and "/" in included:
                yield f"{file.path}:{number}: {layer} must not include {included}"


def adapters_know_nothing_of_each_other(files):
    for file in files:
        own = "/".join(file.path.split("/")[:2])
        for number, included in file.includes():
            if file.is_in("adapters") and included.count("/") > 1 \
                    and included.startswith("adapters/") and not included.startswith(own + "/"):
                yield f"{file.path}:{number}: {own} must not include another adapter, {included}"


def libraries_stay_where_they_belong(files):
    for file in files:
        layer = file.layer()
        if layer is None:
            continue
        for number, included in file.includes():
            library = next((name for name in LIBRARIES if included.startswith(name)), None)
            if library is not None:
                allowed = any(file.is_in(folder) for folder in LIBRARIES[library])
            else:
                ours = included.split("/")[0] in [SPELLING.get(name, name) for name in LAYERS]
                standard = "/" not in included and not included.endswith((".h", ".hpp"))
                allowed = ours or standard or layer not in ("include/clinic", "engine")
            if not allowed:
                yield f"{file.path}:{number}: {included} does not belong here"


def headers_are_guarded(files):
    for file in files:
        if file.path.endswith(".hpp") and "#pragma once" not in file.lines:
            yield f"{file.path}:1: has no #pragma once"


def public_headers_use_the_standards_string_view(files):
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            if file.is_in("include/clinic") and "absl::string_view" in line:
                yield f"{file.path}:{number}: absl::string_view is not used, use std::string_view"


def one_header_has_them_all(files):
    umbrella = "include/clinic/clinic.hpp"
    headers = {file.path: file for file in files if re.fullmatch(r"include/clinic/\w+\.hpp", file.path)}
    if umbrella not in headers:
        return
    included = {included for _, included in headers[umbrella].includes()}
    for path in headers:
        if path != umbrella and path.removeprefix("include/") not in included:
            yield f"{umbrella}:1: does not include {path.removeprefix('include/')}"


def files_are_short(files):
    for file in files:
        if len(file.lines) > LONGEST_FILE:
            yield f"{file.path}:{LONGEST_FILE + 1}: longer than {LONGEST_FILE} lines"


def nothing_is_left_for_later(files):
    for file in files:
        for number, line in enumerate(file.lines, start=1):
            if UNFINISHED.search(line):
                yield f"{file.path}:{number}: do it, or write down elsewhere that it is to be done"


RULES = [
    layers_point_one_way,
    adapters_know_nothing_of_each_other,
    libraries_stay_where_they_belong,
    headers_are_guarded,
    public_headers_use_the_standards_string_view,
    one_header_has_them_all,
    files_are_short,
    nothing_is_left_for_later,
]


def findings(tree):
    """Everything that is wrong in a tree, in the order of the rules."""
    files = sources(pathlib.Path(tree))
    return [finding for rule in RULES for finding in rule(files)]


def main():
    found = findings(sys.argv[1])
    files = len(sources(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else f"{files} files keep the rules")
    if files == 0:
        sys.exit("there is nothing to read in " + sys.argv[1])
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
