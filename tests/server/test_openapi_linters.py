"""The API's description, as the linters see it that others judge theirs by."""

import subprocess

import pytest

import npm_tools
from clinic_server import SOURCE

DESCRIPTION = SOURCE / "server/openapi.json"
RULES = SOURCE / "tests/server/linters"


def lint(package, program, *arguments):
    tool = npm_tools.installed(package) / ".bin" / program
    return subprocess.run([str(tool), "lint", *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, cwd=RULES)


# Each linter by its version, and how it is told to fail on warnings too.
LINTERS = [
    pytest.param("@redocly/cli@2.77.0", "redocly", ["--config", RULES / "redocly.yaml"], id="redocly"),
    pytest.param("@stoplight/spectral-cli@6.16.3", "spectral",
                 ["--ruleset", RULES / "spectral.yaml", "--fail-severity=warn"], id="spectral"),
]


@pytest.mark.parametrize("package, program, arguments", LINTERS)
def test_a_linter_finds_nothing(package, program, arguments):
    found = lint(package, program, DESCRIPTION, *arguments)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "warning" not in found.stdout + found.stderr.replace("Deprecation warning", ""), found


@pytest.mark.parametrize("package, program, arguments", LINTERS)
def test_a_linter_that_finds_something_says_so(tmp_path, package, program, arguments):
    broken = tmp_path / "openapi.json"
    broken.write_text(DESCRIPTION.read_text().replace('"operationId": "logIn"', '"operationId": "logOut"'))
    assert broken.read_text() != DESCRIPTION.read_text()
    assert lint(package, program, broken, *arguments).returncode != 0
