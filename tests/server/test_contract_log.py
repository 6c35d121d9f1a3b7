"""The log: one JSON object a line, nothing personal and no secret in it, and nobody waits for it."""

import json
import os
import signal
import subprocess
import time

import pytest

from clinic_server import DOCTOR, EMAILS, PASSWORD, PROGRAM, Server, wait_until

REQUEST = {"time", "level", "request_id", "method", "route", "status", "duration_us", "bytes"}


def lines(server):
    return [json.loads(line) for line in server.stderr().splitlines()]


def line_of(server, request_id):
    """The line of a request; waits for it."""
    found = []

    def is_there():
        found[:] = [line for line in lines(server) if line.get("request_id") == request_id]
        return bool(found)

    assert wait_until(is_there), server.stderr()
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("wrong", ["debug", "INFO", "none", "0"])
def test_a_level_that_there_is_not_stops_the_start(tmp_path, wrong):
    with pytest.raises(AssertionError, match="--log-level: .*off, error, warning nor info"):
        Server(tmp_path).start("--log-level", wrong)


def test_a_request_is_one_line_without_what_was_asked_for(server, patient):
    mark = {"X-Request-Id": "line-1"}
    answer = patient.request("GET", f"/api/doctors/{DOCTOR}?q=secretly", headers=mark)
    line = line_of(server, "line-1")
    assert set(line) == REQUEST | {"role"}
    assert (line["level"], line["method"], line["route"]) == ("info", "GET", "/api/doctors/{id}")
    assert (line["status"], line["role"]) == (answer.status, "patient")
    assert line["bytes"] == len(answer.body)
    assert 0 < line["duration_us"] < 60_000_000
    assert DOCTOR not in server.stderr() and "secretly" not in server.stderr()


def test_a_refusal_says_its_code_and_a_stranger_has_no_role(server):
    server.client().request("GET", "/api/patients/me", headers={"X-Request-Id": "line-2"})
    line = line_of(server, "line-2")
    assert line["status"] == 401 and "code" in line and "role" not in line
    server.client().request("GET", "/api/../etc", headers={"X-Request-Id": "line-3"})
    assert line_of(server, "line-3")["status"] in (400, 404)


def test_a_proxy_that_nobody_trusts_is_warned_of_once(template, tmp_path):
    for number, (trusted, warnings) in enumerate((((), 1), (("--trusted-proxy", "127.0.0.1"), 0))):
        (folder := tmp_path / str(number)).mkdir()
        server = template.copy_to(folder).start(*trusted)
        for header in ("X-Forwarded-For", "Forwarded", "X-Forwarded-For"):
            server.client().request("GET", "/livez", headers={header: "for=192.0.2.77"})
        assert server.stop() == 0
        said = [line for line in lines(server) if line["level"] == "warning"]
        assert len(said) == warnings, said
        assert all("--trusted-proxy" in line["message"] for line in said)
        assert "192.0.2.77" not in server.stderr()


def test_the_server_says_its_own_course_in_lines_of_the_same_kind(server):
    assert server.stop() == 0
    said = [line for line in lines(server) if "message" in line]
    assert any(line["message"] == "stopping" for line in said)
    assert all(line["level"] in ("info", "warning", "error") for line in said)


@pytest.mark.parametrize("level, has_requests", [("info", True), ("warning", False), ("off", False)])
def test_the_level_says_from_when_on_something_is_written(template, tmp_path, level, has_requests):
    server = template.copy_to(tmp_path)
    server.start("--log-level", level)
    server.client().get("/livez")
    assert server.stop() == 0
    assert any("route" in line for line in lines(server)) == has_requests


def test_no_secret_and_nothing_personal_stands_in_it(server, patient, receptionist):
    """Whatever was sent, well or badly formed, in whichever place."""
    secrets = ["hunter2-hunter2-hunter2", "Wilhelmina Featherstone", "wilhelmina@example.org",
               "+44 20 7946 1234", "a-most-private-reason"]
    password, name, email, phone, reason = secrets
    person = {"email": email, "password": password, "full_name": name, "phone": phone}
    client = server.client()
    assert client.post("/api/auth/register", person).status == 201
    token = client.post("/api/auth/login", {"email": email, "password": password})["access_token"]
    client.post("/api/auth/login", {"email": email, "password": password + "x"})
    client.post("/api/auth/login", raw=f'{{"email": "{email}", "password": "{password}"'.encode())
    client.get(f"/api/patients?q={email}&access_token={token}", token=token)
    client.get(f"/{email}/{token}")
    client.request("GET", f"/{password}%01", headers={"Cookie": f"token={token}"})
    server.client(token).book("2024-03-05T14:30:00", reason=reason)
    server.client(token + "x").get("/api/auth/me")
    receptionist.get("/api/patients", q=name)
    assert server.stop() == 0
    log = server.stderr()
    assert log.count("\n") > 8
    secret_file = (server.folder / "clinic.db.secret").read_text(errors="replace").strip()
    for secret in (*secrets, *EMAILS.values(), PASSWORD, token, token.split(".")[2], patient.token,
                   secret_file, "127.0.0.1", "Featherstone"):
        assert secret not in log, secret


def test_a_log_that_nobody_reads_stops_no_request_and_no_stop(template, tmp_path):
    server = template.copy_to(tmp_path)
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--database", server.url], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=writer)
    os.close(writer)
    try:
        server.port = int(process.stdout.readline().decode().rsplit(":", 1)[1])
        client = server.client()
        for _ in range(12_000):  # a pipe takes some 300 of their lines, the queue 8192
            assert client.get("/livez").status == 200
        metrics = client.get("/metrics").body.decode()
        [dropped] = [line for line in metrics.splitlines()
                     if line.startswith("clinic_log_dropped_lines_total ")]
        assert float(dropped.split()[1]) > 1_000
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - begun < 20
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        os.close(reader)
