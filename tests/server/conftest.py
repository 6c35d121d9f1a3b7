"""Servers for the tests: each test has one of its own, copied from one that was set up once."""

import pytest

import clinic_server

ALL_SKIPPED = 77


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return clinic_server.demo_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def server(template, tmp_path):
    """A running server with the demo's data, the demo's people signed in."""
    running = template.copy_to(tmp_path)
    running.start(clock=clinic_server.CLOCK_AFTER_SIGN_IN)
    yield running
    assert running.process is None or running.is_alive(), running.stderr()
    running.kill()


@pytest.fixture
def patient(server):
    return server.sign_in("patient")


@pytest.fixture
def doctor(server):
    return server.sign_in("doctor")


@pytest.fixture
def receptionist(server):
    return server.sign_in("receptionist")


@pytest.fixture
def admin(server):
    return server.sign_in("admin")


def pytest_sessionfinish(session, exitstatus):
    """CTest shows a file of which every test was skipped as skipped, not as passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    passed = reporter.stats.get("passed", [])
    if exitstatus == 0 and not passed and reporter.stats.get("skipped"):
        session.exitstatus = ALL_SKIPPED
