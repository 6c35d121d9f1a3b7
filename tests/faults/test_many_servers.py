"""Three servers over one PostgreSQL, sixteen clients who ask any of them, and kill -9 on all sides:
nothing is booked twice, nothing that was acknowledged is lost, and every refusal had its reason.

CLINIC_CLUSTER_SECONDS says how long.
"""

import os
import random
import statistics
import threading
import time

import pytest

import history_check
from cluster import Chooser, Cluster, all_appointments, run_clients
from clinic_server import wait_until
from history_check import seconds
from postgres import reason_to_skip

SECONDS = float(os.environ.get("CLINIC_CLUSTER_SECONDS", "40"))

pytestmark = pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made.start()
    made.remove()


class Killer(threading.Thread):
    """Kills one server, or PostgreSQL, every few seconds, and starts it again."""

    def __init__(self, cluster, seed):
        super().__init__()
        self.cluster = cluster
        self.draw = random.Random(seed)
        self.stopping = threading.Event()
        self.kills = {"server": 0, "postgres": 0}

    def run(self):
        while not self.stopping.wait(self.draw.uniform(1.0, 3.0)):
            if self.draw.random() < 0.3:
                self.cluster.postgres.kill()
                time.sleep(self.draw.uniform(0.0, 0.5))
                self.cluster.postgres.start()
                self.kills["postgres"] += 1
            else:
                number = self.draw.randrange(len(self.cluster.nodes))
                assert self.cluster.nodes[number].is_alive(), self.cluster.nodes[number].stderr()
                self.cluster.nodes[number].kill()
                time.sleep(self.draw.uniform(0.0, 0.5))
                self.cluster.start_node(number)
                self.kills["server"] += 1


def test_servers_that_are_killed_over_a_database_that_is_killed_book_nothing_twice(cluster):
    killer = Killer(cluster, seed=4)
    killer.start()
    try:
        history = run_clients(cluster, lambda: time.sleep(SECONDS))
    finally:
        killer.stopping.set()
        killer.join(120)
    assert not killer.is_alive() and killer.kills["server"] > 0 and killer.kills["postgres"] > 0

    # Every node says the same, as soon as it has heard of the last change.
    lists = [all_appointments(cluster.client(number)) for number in range(3)]
    assert lists[0] == lists[1] == lists[2]
    assert history_check.findings(history, lists[0]) == []

    answers = {status: sum(operation.status == status for operation in history)
               for status in (200, 201, 409, 503, None)}
    assert answers[201] > SECONDS and answers[409] > 0, answers
    print(f"{len(history)} requests, {answers}, killed {killer.kills}")


def test_the_check_goes_red_without_the_constraint_and_the_engines_check(cluster):
    """The same clients over a database that refuses nothing, asking for the engine's check to be left
    out: were this green, the check would see nothing."""
    cluster.postgres.sql("ALTER TABLE allocation DROP CONSTRAINT allocation_is_free")
    history = run_clients(cluster, lambda: time.sleep(3), override=True)
    found = history_check.findings(history, all_appointments(cluster.client(0)))
    assert any("both had" in finding for finding in found)
    assert any("in the end" in finding for finding in found)


def visits(cluster, count):
    """Bodies that book a free time of five minutes with some doctor, each another time."""
    doctors, patient, times = cluster.doctors(), cluster.add_patient(), Chooser(random.Random(1))
    starts = times.draw.sample(range(times.starts), count)
    return [{"doctor_id": times.draw.choice(doctors), "patient_id": patient,
             "scheduled_time": times.at(start), "duration_minutes": 5, "reason": "seen by others"}
            for start in starts]


def test_what_one_node_booked_no_other_books_whatever_it_has_heard_of(cluster):
    first, *others = [cluster.client(number) for number in range(3)]
    somebody_else = cluster.add_patient()
    for visit in visits(cluster, 50):
        assert first.post("/api/appointments", visit).status == 201
        for other in others:
            refused = other.post("/api/appointments", {**visit, "patient_id": somebody_else})
            assert refused.status == 409 and refused["code"] == "conflict", refused
            [conflict] = refused["conflicts"]
            assert (conflict["resource"], conflict["id"]) == ("doctor", visit["doctor_id"])
            assert seconds(conflict["start"]) == seconds(visit["scheduled_time"])


def test_what_one_node_booked_the_others_offer_no_more_within_a_tenth_of_a_second(cluster):
    first, other = cluster.client(0), cluster.client(1)
    seen_after = []
    for visit in visits(cluster, 50):
        assert first.post("/api/appointments", visit).status == 201
        booked = time.monotonic()

        def is_gone():
            slots = other.get(f"/api/doctors/{visit['doctor_id']}/slots", limit=1,
                              from_=visit["scheduled_time"], duration_minutes=5)
            return seconds(slots["items"][0]["start"]) != seconds(visit["scheduled_time"])

        assert wait_until(is_gone, seconds=5)
        seen_after.append(time.monotonic() - booked)
    print(f"seen by find on another node after {1000 * statistics.median(seen_after):.1f} ms"
          f" (median), {1000 * max(seen_after):.1f} ms at most, of {len(seen_after)}")
    assert statistics.median(seen_after) < 0.1
