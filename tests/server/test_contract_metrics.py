"""What the server counts, as Prometheus reads it."""

import re
import shutil
import subprocess
import time

import pytest

from clinic_server import DOCTOR, PASSWORD, Server, assert_problem
from postgres import Postgres, reason_to_skip

KEPT = 1.1  # seconds for which the metrics are said again, and some
TOKEN = "0123456789abcdef0123456789abcdef"


def metrics(server, **options):
    """The samples by name and labels, as they are written; none that were kept from before."""
    time.sleep(max(0, KEPT + getattr(server, "gathered", -KEPT) - time.monotonic()))
    answer = server.client().request("GET", "/metrics", **options)
    server.gathered = time.monotonic()
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = {}
    for line in answer.body.decode().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in samples, f"{name} is there twice"
            samples[name] = float(value)
    return samples


def served(samples, method, route, status):
    labels = f'method="{method}",route="{route}",status="{status}"'
    return samples.get(f"clinic_http_request_duration_seconds_count{{{labels}}}", 0)


def write_token(folder, text=TOKEN, mode=0o600):
    file = folder / "metrics-token"
    file.write_text(text + "\n")
    file.chmod(mode)
    return str(file)


@pytest.mark.parametrize("text, mode, said", [
    ("short", 0o600, "at least 32 bytes"), (TOKEN, 0o644, "others than its owner can read it")])
def test_a_token_that_is_short_or_open_to_others_stops_the_start(tmp_path, text, mode, said):
    with pytest.raises(AssertionError) as refused:
        Server(tmp_path).start("--metrics-token-file", write_token(tmp_path, text, mode))
    assert "--metrics-token-file: " in str(refused.value) and said in str(refused.value)


def test_a_token_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(AssertionError, match="--metrics-token-file: .*nowhere"):
        Server(tmp_path).start("--metrics-token-file", "nowhere")


def test_who_has_not_the_token_sees_nothing(template, tmp_path):
    server = template.copy_to(tmp_path)
    server.start("--metrics-token-file", write_token(tmp_path))
    try:
        signed_in = server.sign_in("admin").token
        for sent in (None, "", signed_in, TOKEN[:-1], TOKEN + "0"):
            assert_problem(server.client().request("GET", "/metrics", token=sent), 401)
        assert metrics(server, token=TOKEN)
    finally:
        server.kill()


def test_whatever_clients_send_makes_no_series_of_its_own(server):
    client = server.client()
    client.get("/livez")
    before = metrics(server)
    for number in range(50):
        client.get(f"/unknown-{number}/{number}")
        client.get(f"/api/doctors/{number}")
        client.post("/api/auth/login", {"email": f"{number}@example.org", "password": PASSWORD})
        client.request("DELETE", f"/unknown/{number}")
    after = metrics(server)
    text = "\n".join(after)
    assert "unknown-7" not in text and "example.org" not in text
    assert len(after) - len(before) < 5 * 25
    assert served(after, "GET", "unknown", 404) == 50


def test_a_request_is_counted_by_method_route_and_status(server, patient):
    for _ in range(3):
        patient.get(f"/api/doctors/{DOCTOR}")
    patient.request("HEAD", f"/api/doctors/{DOCTOR}")
    server.client().get(f"/api/doctors/{DOCTOR}")
    samples = metrics(server)
    assert served(samples, "GET", "/api/doctors/{id}", 200) == 3
    assert served(samples, "HEAD", "/api/doctors/{id}", 200) == 1
    assert served(samples, "GET", "/api/doctors/{id}", 401) == 1
    name = 'clinic_http_request_duration_seconds_bucket{method="GET",route="/api/doctors/{id}",status="200",le="%s"}'
    assert samples[name % "+Inf"] == 3
    assert samples[name % "0.0001"] <= samples[name % "10"] == 3


def test_bookings_are_counted_by_what_came_of_them(server, patient, receptionist):
    before = metrics(server)
    booked = patient.book("2024-03-05T14:30:00")
    assert booked.status == 201
    patient.book("2024-03-05T14:30:00")
    patient.book("2024-03-05T03:00:00")
    patient.book("no time")
    twice = {"Idempotency-Key": "again"}
    for _ in range(2):
        patient.request("POST", "/api/appointments", {
            "doctor_id": DOCTOR, "scheduled_time": "2024-03-06T14:30:00", "reason": "x"},
            headers=twice)
    patient.post(f"/api/appointments/{booked['id']}/cancel", {})
    samples = metrics(server)

    def increase(name):
        return samples.get(name, 0) - before.get(name, 0)

    outcomes = {outcome: increase(f'clinic_bookings_total{{outcome="{outcome}"}}')
                for outcome in ("booked", "conflict", "outside_availability", "refused", "replayed")}
    assert outcomes == {"booked": 2, "conflict": 1, "outside_availability": 1, "refused": 1,
                        "replayed": 1}
    assert increase("clinic_cancellations_total") == 1


def test_sign_ins_are_counted_by_result(server):
    before = metrics(server)
    server.log_in("patient@example.com")
    server.log_in("patient@example.com", "wrong password!")
    server.log_in("nobody@example.com")
    after = metrics(server)
    for result, count in (("accepted", 1), ("refused", 2)):
        name = f'clinic_sign_ins_total{{result="{result}"}}'
        assert after[name] - before[name] == count


def test_what_the_front_refuses_is_counted(server):
    server.client().request("GET", "/livez", headers={"Expect": "miracles"})
    server.client().request("GET", "/" + "x" * 9_000)
    samples = metrics(server)
    refused = {name: value for name, value in samples.items()
               if name.startswith("clinic_http_refusals_total{")}
    assert sum(refused.values()) == 2, refused
    assert any('status="other"' in name or 'status="4' in name for name in refused)


def test_commits_and_the_process_and_the_feed_are_told_of(server, patient):
    before = metrics(server)
    assert patient.book("2024-03-05T14:30:00").status == 201
    samples = metrics(server)
    commits = "clinic_store_commit_works"
    assert samples[f"{commits}_count"] > before[f"{commits}_count"]
    assert samples[f"{commits}_sum"] >= samples[f"{commits}_count"]
    assert samples[f'{commits}_bucket{{le="+Inf"}}'] == samples[f"{commits}_count"]
    assert 0 <= samples["clinic_feed_lag_seconds"] < 30
    assert samples["clinic_http_requests_in_flight"] == 1
    assert samples["clinic_http_connections"] >= 1
    assert samples["clinic_http_requests_queued"] == 0
    assert samples["clinic_log_dropped_lines_total"] == 0
    assert samples["process_resident_memory_bytes"] > 1 << 20
    assert 3 < samples["process_open_fds"] < samples["process_max_fds"]
    assert samples["process_start_time_seconds"] > 1_600_000_000
    assert samples["process_cpu_seconds_total"] > 0
    assert any(re.fullmatch(r'clinic_build_info\{version="\d+\.\d+\.\d+"\}', name)
               for name in samples)


@pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))
def test_the_pools_of_postgresql_are_told_of(tmp_path):
    database = Postgres().create().start()
    server = Server(tmp_path, url=database.url())
    try:
        database.sql("CREATE DATABASE clinic", database="postgres")
        server.start("--demo", "--secret-file", str(tmp_path / "secret"))
        assert server.sign_in("patient").book("2024-03-05T14:30:00").status == 201
        samples = metrics(server)
        for pool in ("read", "write"):
            states = [samples[f'clinic_store_connections{{pool="{pool}",state="{state}"}}']
                      for state in ("idle", "in_use")]
            limit = samples[f'clinic_store_connections_limit{{pool="{pool}"}}']
            assert 0 < sum(states) <= limit
            assert samples[f'clinic_store_connection_waits_total{{pool="{pool}"}}'] >= 0
        assert samples["clinic_store_commit_works_count"] > 0
    finally:
        server.kill()
        database.remove()


def test_promtool_finds_nothing_wrong(server, patient):
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("there is no promtool (Debian's package prometheus)")
    patient.book("2024-03-05T14:30:00")
    server.client().get("/nothing")
    text = server.client().get("/metrics").body
    checked = subprocess.run([tool, "check", "metrics"], input=text, capture_output=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
