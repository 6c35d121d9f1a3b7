"""The server's fixtures, for the tests of what happens to it under fire."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))

import pytest

import clinic_server


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A stopped server with the demo's data, everybody signed in."""
    return clinic_server.demo_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def server(template, tmp_path):
    """A running copy of it."""
    running = template.copy_to(tmp_path)
    running.start(clock=clinic_server.CLOCK_AFTER_SIGN_IN)
    yield running
    running.kill()
