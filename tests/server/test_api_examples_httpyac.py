"""The documented requests, by a .http client that others use: httpyac, from npm."""

import json
import socket
import subprocess

import pytest

import clinic_server
import npm_tools
from test_api_examples import EXAMPLES, demo, needs_examples  # noqa: F401, a fixture


@pytest.fixture(scope="module")
def httpyac():
    """The client's executable, installed where it is not there yet."""
    return npm_tools.installed("httpyac@6.16.7") / ".bin/httpyac"


def send(httpyac, file):
    """Sends every request of the file; each one's method, path and status."""
    done = subprocess.run([httpyac, "send", file.name, "--all", "--json"], cwd=file.parent,
                          capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith("{"), done
    requests = json.loads(done.stdout)["requests"]
    return [(entry["response"]["request"]["method"],
             entry["response"]["request"]["url"].split("/", 3)[3],
             entry["response"]["statusCode"])
            for entry in requests if "response" in entry]


EVERYTHING_SUCCEEDS = [
    ("POST", "api/auth/login", 200),
    ("POST", "api/auth/login", 200),
    ("GET", "api/patients/me", 200),
    ("POST", "api/doctors/availability", 201),
    ("POST", "api/appointments", 201),
]


@needs_examples
def test_httpyac_gets_2xx_for_every_documented_request(httpyac, demo, tmp_path):  # noqa: F811
    copy = tmp_path / "examples.http"
    text = EXAMPLES.read_text()
    assert text.count("http://localhost:8000") == 1
    copy.write_text(text.replace("http://localhost:8000", f"http://127.0.0.1:{demo.port}"))
    assert send(httpyac, copy) == EVERYTHING_SUCCEEDS


@needs_examples
def test_httpyac_runs_the_file_as_it_stands(httpyac, tmp_path):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8000))
        except OSError:
            pytest.skip("port 8000, which the file names, is taken on this machine")
    server = clinic_server.Server(tmp_path).start("--demo", port=8000)
    try:
        assert send(httpyac, EXAMPLES) == EVERYTHING_SUCCEEDS
    finally:
        server.kill()
