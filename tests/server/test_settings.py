"""Every setting of `clinic serve`: what makes no sense stops the start, and the message names the
setting; wherever the value came from."""

import os
import re
import subprocess

import pytest

from clinic_server import PROGRAM

# For each setting, values that it must not take. Switches take none.
WRONG = {
    "host": ["no such host", "256.1.1.1", ""],
    "port": ["-1", "65536", "x", "80.5", ""],
    "database": ["clinic.db", "mysql://localhost/clinic", "sqlite:", "sqlite:/nowhere/at/all.db", ""],
    "timezone": ["Mars/Olympus", "../../etc/passwd", "local", ""],
    "secret-file": ["/nowhere/at/all", "/", ""],
    "keys": ["/nowhere/at/all", "/dev/null", ""],
    "redis": ["localhost", "http://localhost", "redis://localhost:99999", ""],
    "address-limit": ["10", "0/second", "-1/second", "10/week", "10 per minute", "x", ""],
    "account-limit": ["10", "0/second", "-1/second", "10/week", "10 per minute", "x", ""],
    "sign-in-limit": ["10", "0/second", "-1/second", "10/week", "10 per minute", "x", ""],
    "trusted-proxy": ["localhost", "10.0.0.0/33", "10.0.0.1/8", "*", ""],
    "oauth-client": [":" + "s" * 16, "desk:short", "desk:", "d" * 101, ""],
    "cors-origin": ["*", "desk.example", "https://desk.example/", ""],
    "log-level": ["debug", "INFO", ""],
    "metrics-token-file": ["/nowhere/at/all", "/", ""],
    "clock": ["now", "2024-03-01", "2024-03-01T08:00:00", ""],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


def refused(folder, *arguments, **variables):
    """What the program says; it must not start to serve."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("CLINIC_")}
    said = subprocess.run([PROGRAM, "serve", "--port=0", *arguments], cwd=folder, timeout=30,
                          env={**environment, **variables}, capture_output=True, text=True)
    assert said.returncode in (2, 4), said
    assert said.stdout == "" and said.stderr.startswith("clinic serve: "), said
    return said.stderr


def options_of_serve():
    said = subprocess.run([PROGRAM, "serve", "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"(?m)^\s+(?:-h,)?--([a-z-]+)", said.stdout))


def test_every_setting_is_tried_here():
    switches = {"demo", "help", "config", "version"}
    assert options_of_serve() - switches <= set(WRONG)


def test_the_help_shows_a_switch_as_it_is_written_and_how_secrets_come_from_files():
    said = subprocess.run([PROGRAM, "serve", "--help"], capture_output=True, text=True, check=True)
    assert re.search(r"(?m)^  --demo +Add", said.stdout)
    assert "CLINIC_LIKE_THIS_FILE" in said.stdout


@pytest.mark.parametrize("name, value", [case for case in CASES if case[0] != "port"])
def test_a_flag_that_makes_no_sense_is_named(tmp_path, name, value):
    assert f"--{name}" in refused(tmp_path, f"--{name}={value}")


@pytest.mark.parametrize("value", WRONG["port"])
def test_a_port_that_makes_no_sense_is_named(tmp_path, value):
    said = subprocess.run([PROGRAM, "serve", f"--port={value}"], cwd=tmp_path, timeout=30,
                          capture_output=True, text=True)
    assert said.returncode == 2 and "--port" in said.stderr


@pytest.mark.parametrize("name, value", [case for case in CASES if case[1] and case[0] != "port"])
def test_a_variable_that_makes_no_sense_is_named(tmp_path, name, value):
    variable = "CLINIC_" + name.upper().replace("-", "_")
    said = refused(tmp_path, **{variable: value})
    assert variable in said or f"--{name}" in said


@pytest.mark.parametrize("name, value", [case for case in CASES if case[0] != "port"])
def test_a_line_of_the_file_that_makes_no_sense_is_named(tmp_path, name, value):
    key = name.replace("-", "_")
    (tmp_path / "clinic.toml").write_text(f'[serve]\n{key} = "{value}"\n')
    said = refused(tmp_path, "--config", "clinic.toml")
    assert key in said or f"--{name}" in said


def test_a_variable_beside_that_of_its_file_is_refused(tmp_path):
    (tmp_path / "database").write_text("memory:\n")
    said = refused(tmp_path, CLINIC_DATABASE="memory:", CLINIC_DATABASE_FILE="database")
    assert "CLINIC_DATABASE and CLINIC_DATABASE_FILE are both given" in said


def test_a_file_of_a_secret_that_cannot_be_read_is_named(tmp_path):
    said = refused(tmp_path, CLINIC_REDIS_FILE="nowhere")
    assert "CLINIC_REDIS_FILE: nowhere: cannot be read" in said


@pytest.mark.parametrize("name, value", [
    ("database", "postgresql://clinic:hunter2-hunter2@localhost:1/clinic?connect_timeout=1"),
    ("redis", "redis://:hunter2-hunter2@localhost:99999"),
    ("redis", "redisx://:hunter2-hunter2@localhost:1")])
def test_no_message_tells_a_password(tmp_path, name, value):
    (tmp_path / "secret").write_text(value)
    variable = f"CLINIC_{name.upper()}_FILE"
    assert "hunter2" not in refused(tmp_path, **{variable: "secret"})


def test_without_the_demo_nobody_is_there_and_no_secret_is_known(tmp_path):
    """Two new servers: each has made a secret of its own, and nobody can sign in."""
    from clinic_server import EMAILS, Server
    secrets = set()
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        server = Server(folder).start()
        try:
            for email in EMAILS.values():
                assert server.log_in(email).status == 401
            assert server.rows("SELECT count(*) FROM account") == [(0,)]
            file = folder / "clinic.db.secret"
            assert file.stat().st_mode & 0o777 == 0o600
            secrets.add(file.read_bytes())
        finally:
            server.kill()
    assert len(secrets) == 2 and all(len(secret) >= 32 for secret in secrets)
