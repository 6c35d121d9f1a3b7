"""The server behind Caddy and behind nginx, as server/deploy configures them."""

import pytest

from clinic_server import CLOCK_AFTER_SIGN_IN, DOCTOR, PASSWORD
from proxies import Caddy, Nginx, reason_to_skip
from test_contract_metrics import metrics


@pytest.fixture(params=[Caddy, Nginx], ids=lambda proxy: proxy.__name__)
def proxy(request, server, tmp_path):
    if reason := reason_to_skip(request.param):
        pytest.skip(reason)
    folder = tmp_path / "proxy"
    folder.mkdir()
    running = request.param(folder, server.port)
    yield running
    running.stop()


def sign_in(proxy, **options):
    answer = proxy.client(**options).post("/api/auth/login",
                                 {"email": "patient@example.com", "password": PASSWORD})
    assert answer.status == 200, answer
    return proxy.client(answer["access_token"], **options)


def test_what_is_larger_than_the_limit_is_refused(proxy):
    patient = sign_in(proxy)
    for size, status in ((1 << 20) + 1, 413), (3 << 20, 413):
        client = proxy.client(patient.token)
        answer = client.post("/api/appointments", raw=b" " * size)
        assert answer.status == status, (size, answer)
    assert sign_in(proxy).get("/api/auth/me").status == 200


def test_what_is_for_the_operator_is_not_for_the_world(proxy):
    for path in ("/metrics", "/livez", "/readyz"):
        assert proxy.client().get(path).status == 404


def test_a_patient_signs_in_and_books(proxy, server):
    patient = sign_in(proxy)
    booked = patient.book("2024-03-05T14:30:00")
    assert booked.status == 201 and booked.headers["etag"]
    again = patient.book("2024-03-05T14:30:00")
    assert again.status == 409 and again["code"] == "conflict"
    assert again.headers["content-type"] == "application/problem+json"
    assert patient.get(f"/api/doctors/{DOCTOR}/slots", limit=1)["items"]


def test_connections_to_the_server_are_kept(proxy, server):
    patient = sign_in(proxy)
    before = metrics(server)["clinic_http_connections"]
    for _ in range(200):
        assert patient.get("/api/auth/me").status == 200
    assert metrics(server)["clinic_http_connections"] <= before + 4


def test_a_request_id_goes_through(proxy, server):
    answer = sign_in(proxy).request("GET", "/api/patients/me", headers={"X-Request-Id": "through-1"})
    assert answer.headers["x-request-id"] == "through-1"
    assert server.rows("SELECT action FROM audit WHERE request = 'through-1'")


CLAIMS = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9;proto=https",
          "X-Real-IP": "203.0.113.9"}


def sources(server, request):
    return {source for (source,) in server.rows("SELECT source FROM audit WHERE request = ?", request)}


def test_a_proxy_that_is_not_trusted_is_the_client(proxy, server):
    patient = sign_in(proxy, address="127.0.0.2")
    answer = patient.request("GET", "/api/patients/me", headers={**CLAIMS, "X-Request-Id": "far-1"})
    assert answer.status == 200 and "strict-transport-security" not in answer.headers
    assert sources(server, "far-1") == {"127.0.0.1"}


def test_the_clients_address_comes_from_a_trusted_proxy_and_from_nobody_else(proxy, server):
    port = server.port
    server.stop()
    server.start("--trusted-proxy", "127.0.0.1", clock=CLOCK_AFTER_SIGN_IN, port=port)
    patient = sign_in(proxy, address="127.0.0.2")
    answer = patient.request("GET", "/api/patients/me", headers={**CLAIMS, "X-Request-Id": "far-2"})
    assert answer.headers["strict-transport-security"] == "max-age=63072000"
    assert sources(server, "far-2") == {"127.0.0.2"}, "whom the proxy saw, not what they claimed"

    direct = server.client(patient.token)
    direct.connection.source_address = ("127.0.0.3", 0)
    answer = direct.request("GET", "/api/patients/me", headers={
        **CLAIMS, "X-Forwarded-Proto": "https", "X-Request-Id": "far-3"})
    assert answer.status == 200 and "strict-transport-security" not in answer.headers
    assert sources(server, "far-3") == {"127.0.0.3"}


def test_without_the_server_the_world_is_told_to_come_back(proxy, server):
    server.stop()
    answer = proxy.client().get("/api/auth/me")
    assert answer.status in (502, 503), answer
