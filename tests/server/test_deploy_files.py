"""The files of server/deploy: what they say is what the program does."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from clinic_server import PROGRAM, SOURCE, Server

DEPLOY = SOURCE / "server/deploy"

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                                   reason="there is no systemd-analyze (Debian's package systemd)")


def drain_seconds():
    source = (SOURCE / "server/cli/serve.cpp").read_text()
    return int(re.search(r"kPatience\{(\d+)\}", source)[1])


@pytest.fixture
def unit(tmp_path):
    """The unit, for a program that is there."""
    text = (DEPLOY / "clinic.service").read_text()
    assert "ExecStart=/usr/bin/clinic " in text
    file = tmp_path / "clinic.service"
    file.write_text(text.replace("/usr/bin/clinic", PROGRAM))
    return file


@needs_systemd
def test_systemd_understands_the_unit(unit):
    said = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@needs_systemd
def test_the_unit_is_exposed_no_further_than_it_has_to_be(unit):
    said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", unit],
                          capture_output=True, text=True)
    assert said.returncode == 0, said.stdout[-300:] + said.stderr


def test_nobody_kills_the_server_while_it_drains():
    unit = (DEPLOY / "clinic.service").read_text()
    compose = (DEPLOY / "compose.yaml").read_text()
    drain = drain_seconds()
    assert int(re.search(r"TimeoutStopSec=(\d+)s", unit)[1]) >= drain + 5
    assert int(re.search(r"stop_grace_period: (\d+)s  # SIGTERM", compose)[1]) >= drain + 5


def test_the_example_configuration_starts_a_server_with_every_line_in_use(tmp_path):
    text = (DEPLOY / "clinic.toml").read_text()
    in_use = re.sub(r"(?m)^# (\w+ = )", r"\1", text)
    assert in_use.count(" = ") > text.count("\ntimezone = ")
    for number, config in enumerate((text, in_use)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "clinic.toml").write_text(config)
        server = Server(folder).start("--config", "clinic.toml")
        assert server.stop() == 0, server.stderr()


def test_a_proxy_on_the_same_machine_is_believed():
    config = tomllib.loads((DEPLOY / "clinic.toml").read_text())
    assert config["serve"]["trusted_proxy"] == ["127.0.0.1", "::1"]
    for proxy in ("Caddyfile", "nginx.conf"):
        assert re.search(r"127\.0\.0\.1|localhost", (DEPLOY / proxy).read_text()), proxy


def test_redis_evicts_nothing():
    compose = (DEPLOY / "compose.yaml").read_text()
    assert re.search(r'"--maxmemory-policy", "(\w[\w-]*)"', compose)[1] == "noeviction"


def test_secrets_are_in_no_file_but_their_own():
    for file in DEPLOY.iterdir():
        if file.is_file():
            for line in file.read_text().splitlines():
                assert not re.search(r"(?i)password(_FILE)?\s*[:=]\s*[\"']?(?!/run/secrets/)\w", line), line


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="this is not Debian")
def test_the_image_installs_the_packages_of_the_programs_libraries():
    said = subprocess.run([DEPLOY / "packages-of", PROGRAM], capture_output=True, text=True,
                          check=True)
    packages = said.stdout.split()
    assert {"libc6", "libssl3", "libsodium23"} <= set(packages)
    for package in packages:
        subprocess.run(["dpkg-query", "--status", package], check=True, capture_output=True)


def test_every_file_that_the_image_copies_is_there():
    text = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text):
        *sources, _ = line.split()
        assert all((SOURCE / source).exists() for source in sources), line
    assert os.access(DEPLOY / "packages-of", os.X_OK)
    assert "USER 10001" in text and "HEALTHCHECK" in text
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert "server/deploy/secrets" in ignored, "secrets do not go into an image"


def test_compose_reads_the_file():
    """With Docker's own reader where it is, else as YAML alone."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0:
        subprocess.run([docker, "compose", "--file", DEPLOY / "compose.yaml", "config", "--quiet"],
                       check=True)
    yaml = pytest.importorskip("yaml", reason="there is neither docker compose nor a YAML reader")
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = document["services"]
    [outside] = document["networks"]["outside"]["ipam"]["config"]
    assert services["clinic"]["environment"]["CLINIC_TRUSTED_PROXY"] == outside["subnet"]
    assert {"clinic", "postgres", "redis", "rabbitmq"} <= set(services)
    for name in ("postgres", "redis", "rabbitmq"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
